import { configMap, deployment, flowsOf, programRows } from '../flows-of';

function running(container: object, ...others: object[]) {
  const flows = flowsOf([deployment('app', { container }), ...others]);
  return { rows: programRows(flows), unread: flows.unread };
}

const env = (name: string, value: string) => ({ env: [{ name, value }] });
const NOT_KNOWN = 'spec.template.spec.containers[0]: what this program connects to: not known (image example/app:1)';
const PARTLY_KNOWN =
  'spec.template.spec.containers[0]: what this program connects to: only what URLs in its environment and arguments name is known (image example/app:1)';

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
  [{ args: ['--prometheus.url=http://localhost:9090'] }, 'loopback app:9090 query none args.prometheus.url'],
  [
    { args: ['--remote-write-url', 'http://mimir.x:8080/push'] },
    'service x/mimir:8080 push none args.remote-write-url',
  ],
])('%j', (container, row) => {
  expect(running(container)).toEqual({ rows: [`app → ${row}`], unread: [PARTLY_KNOWN] });
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
