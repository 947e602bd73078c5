import { NODE_NAME } from '../../../../src/plan/flows/placeholders';
import type { PlanFacts } from '../../../../src/plan/world';
import { sidecarMeshFacts } from '../../support/mesh';
import { pod, scrape, service, SIDECAR_MESH } from './jobs';

const POD = '__meta_kubernetes_pod';
const SERVICE = '__meta_kubernetes_service';

function job(role: string, relabel_configs: object[] = [], sd: object = {}): object {
  return { job_name: role, kubernetes_sd_configs: [{ role, namespaces: { names: ['shop'] }, ...sd }], relabel_configs };
}

function keep(label: string, regex: string): object {
  return { source_labels: [label], regex, action: 'keep' };
}

/** Rows about workloads and Services of the manifests. */
function known(rows: readonly string[]): string[] {
  return rows.filter((row) => !row.startsWith('pods '));
}

const ports = [
  { containerPort: 8080, name: 'http' },
  { containerPort: 9102, name: 'metrics' },
];
const cart = pod('cart', 'shop', { ports, annotations: { 'prometheus.io/scrape': 'true', 'example.com/a-b': 'c' } });
const cartService = service('cart', 'shop', [{ port: 80, name: 'web', targetPort: 'http' }]);

describe('role pod', () => {
  test('finds every declared port, in the namespaces that the job names', () => {
    const manifests = [cart, pod('other', 'bank', { ports })];
    expect(known(scrape(job('pod'), { manifests }).rows)).toEqual([
      'workload shop/cart:8080 none',
      'workload shop/cart:9102 none',
    ]);
  });

  test('own_namespace is the namespace of the client', () => {
    const own = job('pod', [], { namespaces: { own_namespace: true } });
    expect(known(scrape(own, { manifests: [cart] }).rows)).toEqual(['workload monitoring/prometheus:9090 none']);
  });

  test('a container without ports is reached on the port of the scheme', () => {
    expect(known(scrape(job('pod'), { manifests: [pod('cart', 'shop')] }).rows)).toEqual([
      'workload shop/cart:80 none',
    ]);
  });

  test.each([
    [`${POD}_name`, 'cart'],
    [`${POD}_label_app`, 'cart'],
    [`${POD}_labelpresent_app`, 'true'],
    [`${POD}_annotation_prometheus_io_scrape`, 'true'],
    [`${POD}_annotation_example_com_a_b`, 'c'],
    [`${POD}_annotationpresent_example_com_a_b`, 'true'],
    [`${POD}_container_name`, 'app'],
    [`${POD}_container_init`, 'false'],
    [`${POD}_container_image`, 'example/app:1'],
    [`${POD}_container_port_name`, 'metrics|http'],
    [`${POD}_container_port_number`, '8080|9102'],
    [`${POD}_container_port_protocol`, 'TCP'],
    [`${POD}_phase`, 'Running'],
    [`${POD}_ready`, 'true'],
    ['__meta_kubernetes_namespace', 'shop'],
  ])('%s is %s', (label, value) => {
    const rows = (regex: string) => known(scrape(job('pod', [keep(label, regex)]), { manifests: [cart] }).rows);
    expect(rows(value)).toEqual(['workload shop/cart:8080 none', 'workload shop/cart:9102 none']);
    expect(rows('something-else')).toEqual([]);
  });

  test.each([
    ['app=cart', true],
    ['app!=cart', false],
    ['app in (cart,other),!absent', true],
    ['app notin (cart)', false],
    ['absent', false],
  ])('with the selector %s: %s', (label, found) => {
    const rows = scrape(job('pod', [], { selectors: [{ role: 'pod', label }] }), { manifests: [cart] }).rows;
    expect(known(rows).length > 0).toBe(found);
  });

  test('a field selector for the own node is said in words', () => {
    const selectors = [{ role: 'pod', field: `spec.nodeName=${NODE_NAME}` }];
    const { connections } = scrape(job('pod', [], { selectors }), { manifests: [cart] });
    expect(connections.map(({ note }) => note)).toContain('only on the node of the client');
  });

  test('another API server is not analysed', () => {
    const { rows, unread } = scrape(job('pod', [], { api_server: 'https://far.example' }), { manifests: [cart] });
    expect(rows).toEqual([]);
    expect(unread[0]?.reason).toBe('the targets of another API server are not analysed');
  });
});

describe('pods with a sidecar', () => {
  const injected = (annotations: Record<string, string>) =>
    pod('cart', 'shop', { ports, annotations, labels: { 'sidecar.istio.io/inject': 'true' } });
  const annotated = [
    keep(`${POD}_annotation_prometheus_io_scrape`, 'true'),
    {
      source_labels: [`${POD}_annotation_prometheus_io_port`, `${POD}_ip`],
      regex: '(\\d+);(.+)',
      target_label: '__address__',
      replacement: '$2:$1',
    },
  ];
  const rowsOf = (relabel: object[], annotations: Record<string, string> = {}, facts: Partial<PlanFacts> = {}) =>
    known(
      scrape(job('pod', relabel), { manifests: [injected(annotations)], facts: { mesh: SIDECAR_MESH!, ...facts } })
        .rows,
    );

  test('have the port of Envoy', () => {
    expect(rowsOf([keep(`${POD}_container_name`, 'istio-proxy')])).toEqual(['workload shop/cart:15090 none']);
    expect(rowsOf([keep(`${POD}_container_port_name`, 'http-envoy-prom')])).toEqual(['workload shop/cart:15090 none']);
  });

  test('have it in an init container where sidecars are native', () => {
    const byInit = (init: string, facts?: Partial<PlanFacts>) =>
      rowsOf([keep(`${POD}_container_name`, 'istio-proxy'), keep(`${POD}_container_init`, init)], {}, facts);
    const native = { mesh: sidecarMeshFacts({ istioVersion: '1.27' }), kubernetesVersion: '1.33' };
    expect(byInit('true', native)).toEqual(['workload shop/cart:15090 none']);
    expect(byInit('false', native)).toEqual([]);
    expect(byInit('false')).toEqual(['workload shop/cart:15090 none']);
  });

  test('have the mark that auto-mTLS reads', () => {
    const strict = {
      source_labels: [`${POD}_label_security_istio_io_tlsMode`],
      regex: 'istio',
      target_label: '__scheme__',
      replacement: 'https',
    };
    expect(rowsOf([keep(`${POD}_container_port_number`, '8080'), strict])).toEqual(['workload shop/cart:8080 app']);
  });

  test('announce the merged metrics of Istio, whatever they are annotated', () => {
    expect(rowsOf(annotated)).toEqual(['workload shop/cart:15020 none']);
    expect(rowsOf(annotated, { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102' })).toEqual([
      'workload shop/cart:15020 none',
    ]);
  });

  test('keep their annotations when they refuse merging or scraping', () => {
    const own = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102' };
    expect(rowsOf(annotated, { ...own, 'prometheus.istio.io/merge-metrics': 'false' })).toEqual([
      'workload shop/cart:9102 none',
    ]);
    expect(rowsOf(annotated, { ...own, 'prometheus.io/scrape': 'false' })).toEqual([]);
  });

  test('that may or may not have one are looked at both ways', () => {
    const { connections } = scrape(job('pod', annotated), { manifests: [cart], facts: { mesh: SIDECAR_MESH! } });
    const ofCart = connections.filter(({ to }) => to.kind === 'workload');
    expect(ofCart.map(({ port, condition }) => [port, condition])).toEqual([
      [8080, 'the pods have no sidecar'],
      [9102, 'the pods have no sidecar'],
      [15020, 'the pods have a sidecar'],
    ]);
  });
});

describe.each(['endpoints', 'endpointslice'])('role %s', (role) => {
  const portName =
    role === 'endpoints' ? '__meta_kubernetes_endpoint_port_name' : '__meta_kubernetes_endpointslice_port_name';

  test('finds the target port of a Service, and the other ports of the same pods', () => {
    const manifests = [cart, cartService];
    expect(known(scrape(job(role), { manifests }).rows)).toEqual([
      'workload shop/cart:8080 none',
      'workload shop/cart:9102 none',
    ]);
    expect(known(scrape(job(role, [keep(portName, 'web')]), { manifests }).rows)).toEqual([
      'workload shop/cart:8080 none',
    ]);
  });

  test('shows labels and annotations of the Service', () => {
    const relabel = [keep(`${SERVICE}_annotation_prometheus_io_scrape`, 'true'), keep(`${SERVICE}_label_team`, 'a')];
    const services = { 'shop/cart': { labels: { team: 'a' }, annotations: { 'prometheus.io/scrape': 'true' } } };
    const manifests = [cart, cartService];
    expect(known(scrape(job(role, relabel), { manifests, services }).rows)).toHaveLength(2);
    expect(known(scrape(job(role, relabel), { manifests }).rows)).toEqual([]);
  });

  test('finds pods of other nodes too, without a label of a pod, even if it searches its own node', () => {
    const selectors = [{ role: 'pod', field: `spec.nodeName=${NODE_NAME}` }];
    const manifests = [cart, cartService];
    const strict = {
      source_labels: [`${POD}_label_app`],
      regex: 'cart',
      target_label: '__scheme__',
      replacement: 'https',
    };
    const everywhere = scrape(job(role, [keep(portName, 'web'), strict], { selectors }), { manifests });
    expect(known(everywhere.rows)).toEqual(['workload shop/cart:8080 unknown']);
    expect(everywhere.connections[0]?.note).toBe(
      'depending on the target TLS without an Istio certificate or plain HTTP',
    );
    const near = [keep(portName, 'web'), strict, keep(`${POD}_node_name`, NODE_NAME)];
    const { rows, connections } = scrape(job(role, near, { selectors }), { manifests });
    expect(known(rows)).toEqual(['workload shop/cart:8080 app']);
    expect(connections[0]?.note).toBe('only on the node of the client');
    expect(connections[0]?.condition).toBeUndefined();
    const ofEndpoint = role === 'endpoints' ? 'endpoint_node_name' : 'endpointslice_endpoint_node_name';
    const byEndpoint = [keep(portName, 'web'), strict, keep(`__meta_kubernetes_${ofEndpoint}`, NODE_NAME)];
    expect(known(scrape(job(role, byEndpoint, { selectors }), { manifests }).rows)).toEqual([
      'workload shop/cart:8080 app',
    ]);
  });

  test('pods of a Service whose workload nobody described are known by its selector and ports', () => {
    const { connections } = scrape(job(role, [keep(`${SERVICE}_name`, 'cart')]), { manifests: [cartService] });
    expect(connections.map(({ to, port }) => [to, port])).toEqual([
      [
        {
          kind: 'pods',
          pods: { namespace: 'shop', name: 'pods of Service cart', labels: { app: 'cart' }, dataPlane: 'none' },
        },
        null,
      ],
    ]);
  });

  test('what a Service does not tell about its pods is a condition', () => {
    const relabel = [keep(`${POD}_label_app`, 'cart'), keep(`${POD}_label_tier`, 'web')];
    const { connections } = scrape(job(role, relabel), { manifests: [cartService] });
    expect(connections[0]).toMatchObject({ condition: `relabelling keeps it: pod label tier matches web` });
    const dotted = service('cart', 'shop', [{ port: 80 }], { selector: { 'app.kubernetes.io/name': 'cart' } });
    const byName = job(role, [keep(`${POD}_label_app_kubernetes_io_name`, 'cart')]);
    expect(scrape(byName, { manifests: [dotted] }).connections[0]?.condition).toBeUndefined();
  });

  test('the API server is behind the Service kubernetes', () => {
    const relabel = [
      {
        source_labels: ['__meta_kubernetes_namespace', `${SERVICE}_name`, portName],
        regex: 'default;kubernetes;https',
        action: 'keep',
      },
    ];
    const anywhere = { ...job(role, relabel, { namespaces: undefined }), scheme: 'https' };
    const apiServer = { serviceIps: [], endpointCidrs: [], ports: [6443] };
    expect(scrape(anywhere, { facts: { apiServer } }).rows).toEqual(['kubernetes-api:6443 app']);
    expect(scrape(anywhere).rows).toEqual(['kubernetes-api:* app']);
  });

  test('istiod is behind its Service in a mesh with sidecars', () => {
    const relabel = [keep(`${SERVICE}_name`, 'istiod'), keep(portName, 'http-monitoring')];
    const inMesh = job(role, relabel, { namespaces: { names: ['istio-system'] } });
    expect(scrape(inMesh, { facts: { mesh: SIDECAR_MESH! } }).rows).toEqual(['istiod istio-system:15014 none']);
  });
});

test('two discoveries that find the same are one connection', () => {
  const sd = { role: 'pod', namespaces: { names: ['shop'] } };
  const twice = { job_name: 'twice', kubernetes_sd_configs: [sd, { ...sd }] };
  expect(scrape(twice, { manifests: [cart] }).rows).toEqual([
    'workload shop/cart:8080 none',
    'workload shop/cart:9102 none',
    'pods shop:* none none',
  ]);
});

test('a Service can be selected by its name', () => {
  const selectors = [{ role: 'service', field: 'metadata.name=cart' }];
  const other = service('other', 'shop', [{ port: 80 }]);
  const { rows } = scrape(job('service', [], { selectors }), { manifests: [cartService, other] });
  expect(rows).toContain('service shop/cart:80 none');
  expect(rows).not.toContain('service shop/other:80 none');
});

describe('other roles', () => {
  test('role service dials Services by name', () => {
    const manifests = [cartService, { ...service('vendor', 'shop', [{ port: 443 }]), spec: vendor }];
    expect(known(scrape(job('service'), { manifests }).rows)).toEqual([
      'service shop/cart:80 none',
      'vendor.example:443 none',
      'service shop/any Service:* none',
    ]);
  });

  test('the type of a Service is only known as far as ExternalName', () => {
    const conditions = (regex: string) =>
      scrape(job('service', [keep(`${SERVICE}_type`, regex)]), {
        manifests: [cartService, { ...service('vendor', 'shop', [{ port: 443 }]), spec: vendor }],
      }).connections.map((one) => `${one.to.kind}: ${one.condition ?? 'always'}`);
    expect(conditions('ExternalName')).toEqual(['external: always']);
    expect(conditions('LoadBalancer')[0]).toBe(`service: relabelling keeps it: ${SERVICE}_type matches LoadBalancer`);
    expect(conditions('.*')[0]).toBe('service: always');
  });

  const vendor = { type: 'ExternalName', externalName: 'vendor.example', ports: [{ port: 443 }] };

  test('role node dials the kubelet, or what relabelling makes of it', () => {
    const other = {
      source_labels: ['__address__'],
      regex: '(.*):10250',
      target_label: '__address__',
      replacement: '$1:9100',
    };
    const byName = {
      source_labels: ['__meta_kubernetes_node_name'],
      target_label: '__address__',
      replacement: '$1:9101',
    };
    const proxied = { target_label: '__address__', replacement: 'kubernetes.default.svc:443' };
    expect(scrape(job('node')).rows).toEqual(['kubelet:10250 none']);
    expect(scrape(job('node', [other])).rows).toEqual(['kubelet:9100 none']);
    expect(scrape(job('node', [byName])).rows).toEqual(['kubelet:9101 none']);
    expect(scrape(job('node', [proxied])).rows).toEqual(['kubernetes-api:443 none']);
  });

  test('labels of nodes are conditions', () => {
    const [connection] = scrape(job('node', [keep('__meta_kubernetes_node_label_pool', 'gpu')])).connections;
    expect(connection?.condition).toBe('relabelling keeps it: node label pool matches gpu');
  });

  test('an address made of a label of a node is not guessed', () => {
    const byLabel = {
      source_labels: ['__meta_kubernetes_node_label_ip'],
      target_label: '__address__',
      replacement: '$1:9100',
    };
    expect(scrape(job('node', [byLabel])).rows).toEqual(['kubelet:* none']);
  });

  test('nor is a scheme', () => {
    const byLabel = {
      source_labels: ['__meta_kubernetes_node_label_tls'],
      regex: 'yes',
      target_label: '__scheme__',
      replacement: 'https',
    };
    const { rows, connections } = scrape(job('node', [byLabel]));
    expect(rows).toEqual(['kubelet:10250 unknown']);
    expect(connections[0]?.note).toBe('__scheme__ depends on node label tls');
  });

  test('role ingress ends outside, or at the exporter that probes', () => {
    const probe = { target_label: '__address__', replacement: 'blackbox:9115' };
    expect(scrape(job('ingress')).rows).toEqual(['hosts of Ingresses:80 none']);
    expect(scrape(job('ingress', [probe])).rows).toEqual(['service monitoring/blackbox:9115 none']);
  });

  test('an unknown role is reported', () => {
    expect(scrape(job('deployment')).unread[0]?.reason).toBe('Prometheus knows no such role');
  });
});

describe('what only a running cluster knows', () => {
  test.each([
    [`${POD}_ip`, '10\\.0\\..*'],
    [`${POD}_ip`, '.*2'],
    [`${POD}_node_name`, 'worker-1'],
    ['__address__', '10\\.1\\.2\\.3:8080'],
  ])('%s against %s is a condition, not a no', (label, regex) => {
    const { connections } = scrape(job('pod', [keep(label, regex)]), { manifests: [cart] });
    const conditions = connections.filter(({ to }) => to.kind === 'workload').map(({ condition }) => condition);
    expect(conditions).toContain(`relabelling keeps it: ${label} matches ${regex}`);
  });

  test.each([
    [`${POD}_ip`, '[0-9.]+'],
    ['__address__', '.+:(8080|9102)'],
    [`${POD}_node_name`, '.+'],
  ])('%s against %s decides by what every cluster has in common', (label, regex) => {
    const { connections } = scrape(job('pod', [keep(label, regex)]), { manifests: [cart] });
    expect(connections.filter(({ to }) => to.kind === 'workload').map(({ condition }) => condition)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('what is scraped under a condition and anyway needs none', () => {
    const fixed = { source_labels: [`${POD}_ip`], target_label: '__address__', replacement: '$1:9102' };
    const byContainer = {
      source_labels: [`${POD}_container_port_name`, `${POD}_ip`],
      regex: 'http;10\\..*|metrics;.*',
      action: 'keep',
    };
    const { connections } = scrape(job('pod', [byContainer, fixed]), { manifests: [cart] });
    expect(connections[0]).toMatchObject({ port: 9102 });
    expect(connections[0]?.condition).toBeUndefined();
  });

  test('a sidecar that changes nothing is no condition', () => {
    const { connections } = scrape(job('pod', [keep(`${POD}_container_port_name`, 'metrics')]), {
      manifests: [cart],
      facts: { mesh: SIDECAR_MESH! },
    });
    expect(connections[0]).toMatchObject({ port: 9102 });
    expect(connections[0]?.condition).toBeUndefined();
  });

  test('shards of a hash of addresses are conditions', () => {
    const shard = [
      { source_labels: ['__address__'], target_label: '__tmp_hash', modulus: 4, action: 'hashmod' },
      keep('__tmp_hash', '1'),
    ];
    const { connections } = scrape(job('pod', shard), { manifests: [cart] });
    expect(connections[0]?.condition).toBe('relabelling keeps it: __tmp_hash matches 1');
  });
});
