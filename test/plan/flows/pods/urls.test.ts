import { configMap, deployment, flowsOf, programRows } from '../flows-of';

function running(container: object, ...others: object[]) {
  const flows = flowsOf([deployment('app', { container }), ...others]);
  return { rows: programRows(flows), unread: flows.unread };
}

const env = (name: string, value: string) => ({ env: [{ name, value }] });
const NOT_KNOWN = 'spec.template.spec.containers[0]: what this program connects to is not known (image example/app:1)';
const PARTLY_KNOWN =
  'spec.template.spec.containers[0]: this program may connect to more than its environment and arguments name (image example/app:1)';

test('a program of which nothing is known is reported once', () => {
  expect(running({})).toEqual({ rows: [], unread: [NOT_KNOWN] });
});

test.each([
  [
    env('PROMETHEUS_URL', 'http://telemetry-prometheus:9090'),
    'service here/telemetry-prometheus:9090 query none env.PROMETHEUS_URL',
  ],
  [env('DB', 'https://db.shop.svc:8443/x'), 'service shop/db:8443 query app env.DB'],
  [
    env('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://agent.o:4317'),
    'service o/agent:4317 push none env.OTEL_EXPORTER_OTLP_ENDPOINT',
  ],
  [
    env('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'https://vendor.example.com'),
    'vendor.example.com:443 push app env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  ],
  [env('OTEL_EXPORTER_OTLP_ENDPOINT', 'agent.o:4317'), 'service o/agent:4317 push app env.OTEL_EXPORTER_OTLP_ENDPOINT'],
  [
    env('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'vendor.example.com:4317'),
    'vendor.example.com:4317 push app env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  ],
  [{ args: ['--prometheus.url=http://localhost:9090'] }, 'loopback app:9090 query none args.prometheus.url'],
  [
    { args: ['--remote-write-url', 'http://mimir.x:8080/push'] },
    'service x/mimir:8080 push none args.remote-write-url',
  ],
])('%j', (container, row) => {
  expect(running(container)).toEqual({ rows: [`app → ${row}`], unread: [PARTLY_KNOWN] });
});

describe('OTLP without a scheme is sent without TLS', () => {
  const sent = (...variables: object[]) => {
    const endpoint = { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', value: 'agent.o:4317' };
    return running({ env: [endpoint, ...variables] }).rows.map((row) => row.split(' ').at(-2));
  };
  const insecure = (value: string, signal = '') => ({ name: `OTEL_EXPORTER_OTLP_${signal}INSECURE`, value });

  test('if a variable says so, that of the signal first', () => {
    expect(sent(insecure('true'))).toEqual(['none']);
    expect(sent(insecure('True', 'TRACES_'))).toEqual(['none']);
    expect(sent(insecure('true'), insecure('false', 'TRACES_'))).toEqual(['app']);
    expect(sent(insecure('true', 'LOGS_'))).toEqual(['app']);
  });

  test('and nobody knows if a Secret says so', () => {
    const valueFrom = { secretKeyRef: { name: 's', key: 'insecure' } };
    expect(sent({ name: 'OTEL_EXPORTER_OTLP_INSECURE', valueFrom })).toEqual(['unknown']);
  });
});

describe('host:port', () => {
  const service = (name: string, port: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { app: name }, ports: [port] },
  });
  const database = service('db', { port: 5432 });

  test.each(['db.shop:5432', 'db.shop.svc:5432', 'db.shop.svc.cluster.local:5432'])('%s is a Service', (value) => {
    const row = 'app → service shop/db:5432 query unknown';
    expect(running(env('DATABASE', value), database)).toEqual({
      rows: [`${row} env.DATABASE`],
      unread: [PARTLY_KNOWN],
    });
    expect(running({ args: [`--db-address=${value}`] }, database).rows).toEqual([`${row} args.db-address`]);
  });

  test('of the own namespace needs no namespace', () => {
    const cache = { ...service('cache', { port: 6379 }), metadata: { name: 'cache', namespace: 'here' } };
    expect(running(env('REDIS_ADDR', 'cache:6379'), cache).rows).toEqual([
      'app → service here/cache:6379 query unknown env.REDIS_ADDR',
    ]);
  });

  test('may be a Service that the facts describe', () => {
    const ports = [{ port: 5432, targetPort: 5432 }];
    const described = {
      namespace: 'data',
      name: 'db',
      ports,
      podLabels: {},
      clusterIps: [],
      headless: false,
      dataPlane: 'none' as const,
    };
    const { rows } = flowsOf([deployment('app', { container: env('DATABASE', 'db.data:5432') })], {
      services: [described],
    });
    expect(rows[0]).toBe('app → service data/db:5432 query unknown env.DATABASE');
  });

  test.each([
    ['a port that the Service does not have', env('DATABASE', 'db.shop:5433'), database],
    ['a port of UDP', env('DNS', 'db.shop:53'), service('db', { port: 53, protocol: 'UDP' })],
    ['a Service that nobody describes', env('DATABASE', 'other.shop:5432'), database],
    ['a server outside the cluster', env('DATABASE', 'db.example.com:5432'), database],
    ['an image', env('IMAGE', 'db.shop:5432/app'), database],
    ['no port', env('DATABASE', 'db.shop'), database],
    ['the address at which it listens', { args: ['--listen-address=db.shop:5432'] }, database],
  ])('%s is no connection', (_, container, other) => {
    expect(running(container, other)).toEqual({ rows: [], unread: [NOT_KNOWN] });
  });

  test('of the Service that the program is behind is no connection', () => {
    const own = { ...service('app', { port: 80 }), metadata: { name: 'web', namespace: 'here' } };
    expect(running(env('ADDRESS', 'web.here:80'), own).rows).toEqual([]);
  });
});

test('the node is an address that each pod is told', () => {
  const container = {
    env: [
      { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://$(HOST_IP):4318' },
    ],
  };
  expect(running(container).rows).toEqual(['app → kubelet:4318 push none env.OTEL_EXPORTER_OTLP_ENDPOINT']);
});

test('values of ConfigMaps count too', () => {
  const container = { envFrom: [{ configMapRef: { name: 'settings' } }] };
  expect(running(container, configMap('settings', { API_URL: 'http://api.shop' })).rows).toEqual([
    'app → service shop/api:80 query none env.API_URL',
  ]);
});

test.each([
  ['no URL', env('PROMETHEUS', 'telemetry-prometheus:9090')],
  ['a URL of a database', env('DB', 'postgres://db:5432')],
  ['the own address', { args: ['--web.external-url=http://app.here:80'] }],
  ['where it listens', env('ASPNETCORE_URLS', 'http://*:8080')],
  ['where it listens, as an address', env('SERVER_URL', 'http://0.0.0.0:8080')],
  ['text with a URL in it', env('HELP', 'see http://docs.here')],
])('%s is no connection', (_, container) => {
  expect(running(container)).toEqual({ rows: [], unread: [NOT_KNOWN] });
});

test('whether a URL outside the cluster is connected to is not known, and reported without its credentials', () => {
  const { rows, unread } = running(env('DOCS_URL', 'https://me:secret@docs.example.com/x'));
  expect(rows).toEqual([]);
  expect(unread).toEqual([
    'spec.template.spec.containers[0].env[0]: it names a URL of docs.example.com; whether the program connects to it is not known',
    NOT_KNOWN,
  ]);
});

test('a URL from an absent Secret is reported', () => {
  const container = { env: [{ name: 'API_URL', valueFrom: { secretKeyRef: { name: 's', key: 'url' } } }] };
  expect(running(container).unread).toEqual([
    'spec.template.spec.containers[0].env[0]: the value of env:API_URL from key url of Secret here/s is not known',
    NOT_KNOWN,
  ]);
});

test('the proxy and its init container are no programs of their own', () => {
  const containers = [{ name: 'istio-proxy', image: 'istio/proxyv2' }];
  const initContainers = [{ name: 'istio-init', image: 'istio/proxyv2' }];
  expect(flowsOf([deployment('app', { spec: { containers, initContainers } })]).unread).toEqual([]);
});
