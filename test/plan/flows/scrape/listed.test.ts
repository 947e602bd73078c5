import { scrape, service } from './jobs';

function targets(...addresses: string[]): object {
  return { job_name: 'static', static_configs: [{ targets: addresses }] };
}

test('static targets are the pod itself, Services, or something outside', () => {
  const { rows } = scrape(
    targets('localhost:9090', 'cart.shop:8080', 'cart.shop.svc:8080', 'metrics.vendor.example:443'),
    {
      manifests: [service('cart', 'shop', [{ port: 8080 }])],
    },
  );
  expect(rows).toEqual([
    'loopback monitoring/prometheus:9090 none',
    'service shop/cart:8080 none',
    'metrics.vendor.example:443 none',
  ]);
});

test('without a port the scheme decides', () => {
  expect(scrape(targets('a.example', '[2001:db8::9]')).rows).toEqual(['a.example:80 none', '2001:db8::9:80 none']);
  expect(scrape({ ...targets('a.example'), scheme: 'https' }).rows).toEqual(['a.example:443 app']);
});

test('labels of a static target may set scheme and path', () => {
  const job = {
    job_name: 'labelled',
    static_configs: [{ targets: ['a.example:8443'], labels: { __scheme__: 'https', __metrics_path__: '/federate' } }],
  };
  const { rows, connections } = scrape(job);
  expect(rows).toEqual(['a.example:8443 app']);
  expect(connections[0]?.note).toBe('path /federate');
});

test('what is probed through an exporter is not dialled', () => {
  const job = {
    ...targets('https://shop.example', 'https://bank.example'),
    metrics_path: '/probe',
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { target_label: '__address__', replacement: 'blackbox.monitoring:9115' },
    ],
  };
  expect(scrape(job).rows).toEqual(['service monitoring/blackbox:9115 none']);
});

test('a target without host is reported', () => {
  const { rows, unread } = scrape(targets('a b', 'x.example:80'));
  expect(rows).toEqual(['x.example:80 none']);
  expect(unread).toEqual([
    {
      object: 'ConfigMap/monitoring/prometheus',
      field: 'scrape_configs.static_configs',
      reason: 'a b is no host:port',
    },
  ]);
});

test('a value that is not known is reported where the configuration is read, not here', () => {
  expect(scrape(targets('<unknown env:TARGET>:80'))).toMatchObject({ rows: [], unread: [] });
});

test('DNS names lead to Services, with the port that a service record names', () => {
  const job = {
    job_name: 'dns',
    dns_sd_configs: [
      { names: ['_web._tcp.cart.shop.svc.cluster.local', '_other._tcp.cart.shop.svc', '_web._tcp.db.shop.svc'] },
      { names: ['cart.shop.svc', 'node.vendor.example'], type: 'A', port: 9100 },
    ],
  };
  const { rows } = scrape(job, {
    manifests: [
      service('cart', 'shop', [{ port: 80, name: 'web', targetPort: 8080 }]),
      service('db', 'shop', [{ port: 80, name: 'web', targetPort: 8080 }], { clusterIP: 'None' }),
    ],
  });
  expect(rows).toEqual([
    'service shop/cart:80 none',
    'service shop/cart:* none',
    'service shop/db:8080 none',
    'service shop/cart:9100 none',
    'node.vendor.example:9100 none',
  ]);
});

test('discovery that only works while it runs is reported', () => {
  const { rows, unread } = scrape({
    job_name: 'others',
    consul_sd_configs: [{ server: 'consul:8500' }],
    http_sd_configs: [{ url: 'http://targets.shop/list' }],
    file_sd_configs: [],
  });
  expect(rows).toEqual([]);
  expect(unread.map(({ field, reason }) => `${field}: ${reason}`)).toEqual([
    'scrape_configs.consul_sd_configs: which targets consul_sd_configs finds is only known while it runs',
    'scrape_configs.http_sd_configs: which targets http_sd_configs finds is only known while it runs',
  ]);
});

test('a job with a proxy connects to the proxy alone', () => {
  const { rows, unread } = scrape({ ...targets('a.example:80'), proxy_url: 'http://proxy.corp.example:3128' });
  expect(rows).toEqual(['proxy.corp.example:3128 none']);
  expect(unread).toHaveLength(1);
});

test('sources name the job and, in a collector, its receiver', () => {
  const [connection] = scrape(targets('a.example:80')).connections;
  expect(connection).toMatchObject({
    source: 'scrape_configs.static',
    purpose: 'scrape',
    application: 'http',
    dialler: 'application',
    protocol: 'TCP',
  });
});
