import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  MetricAgent,
  MetricInput,
  OutboundTrafficPolicy,
  PipelineBackend,
  type PipelineBackendProps,
  SecretRef,
} from '../src';
import { collectorConfig, type Manifest, manifest, newChart, templateOf } from './support/manifests';

type Factory = 'otlpGrpc' | 'otlpHttp' | 'prometheusRemoteWrite';

function render(factory: Factory, props: PipelineBackendProps, mesh = IstioMesh.sidecar()): Manifest[] {
  const chart = newChart();
  const backend = PipelineBackend[factory](chart, 'backend', props);
  new MetricAgent(chart, 'agent', { cluster: Cluster.of({ mesh }), backends: [backend] });
  return chart.toJson() as Manifest[];
}

function exporters(factory: Factory, url: string, placement: BackendPlacement): unknown {
  return collectorConfig(render(factory, { url, placement })).exporters;
}

const inMesh = BackendPlacement.inMesh();
const inCluster = BackendPlacement.inCluster();
const external = BackendPlacement.external();

describe('the exporter dials what the URL says', () => {
  test.each<[string, Factory, string, BackendPlacement, object]>([
    ['in the mesh', 'otlpGrpc', 'b.ns:4317', inMesh, { endpoint: 'b.ns:4317', tls: { insecure: true } }],
    ['outside', 'otlpGrpc', 'b.example:4317', external, { endpoint: 'b.example:4317', tls: { insecure: false } }],
    ['in the cluster', 'otlpGrpc', 'b.ns:4317', inCluster, { endpoint: 'b.ns:4317', tls: { insecure: false } }],
    ['with http://', 'otlpGrpc', 'http://b.ns:4317', inCluster, { tls: { insecure: true } }],
    ['with https://', 'otlpGrpc', 'https://b.example', external, { endpoint: 'b.example:443' }],
    ['over HTTP', 'otlpHttp', 'https://b.example/x', external, { endpoint: 'https://b.example/x' }],
    ['on a port', 'otlpHttp', 'http://b.ns:4318', inMesh, { endpoint: 'http://b.ns:4318' }],
    ['remotely', 'prometheusRemoteWrite', 'http://p.ns:9090/w', inMesh, { endpoint: 'http://p.ns:9090/w' }],
  ])('%s (%s)', (_, factory, url, placement, expected) => {
    expect(Object.values(exporters(factory, url, placement) as object)[0]).toMatchObject(expected);
  });

  test('remote write keeps the series of different pods apart', () => {
    expect(exporters('prometheusRemoteWrite', 'http://p.ns:9090/w', inMesh)).toMatchObject({
      'prometheus_remote_write/backend': { resource_to_telemetry_conversion: { enabled: true } },
    });
  });
});

describe('headers', () => {
  const headers = { 'Api-Key': SecretRef.of('vendor', 'token'), 'x-tenant': SecretRef.of('vendor', 'tenant') };
  const manifests = render('otlpHttp', { url: 'https://b.example', placement: external, headers });

  test('are read from mounted Secrets', () => {
    const { extensions, exporters: found, service } = collectorConfig(manifests);
    expect(extensions['headers_setter/backend']).toEqual({
      headers: [
        { action: 'upsert', key: 'api-key', value_file: '/etc/backend-credentials/backend/headers/api-key' },
        { action: 'upsert', key: 'x-tenant', value_file: '/etc/backend-credentials/backend/headers/x-tenant' },
      ],
    });
    expect(found['otlp_http/backend']?.auth).toEqual({ authenticator: 'headers_setter/backend' });
    expect(service.extensions).toContain('headers_setter/backend');
  });

  test('mount only the keys they need', () => {
    const { volumes } = templateOf(manifest(manifests, 'DaemonSet')).spec;
    expect(volumes?.find(({ name }) => name === 'backend-credentials')?.projected).toEqual({
      defaultMode: 0o440,
      sources: [
        { secret: { name: 'vendor', items: [{ key: 'token', path: 'backend/headers/api-key' }] } },
        { secret: { name: 'vendor', items: [{ key: 'tenant', path: 'backend/headers/x-tenant' }] } },
      ],
    });
  });

  test.each([{ 'a:b': 'x' }, { 'a b': 'x' }, { '': 'x' }, { '../a': 'x' }, { 'X-A': 'x', 'x-a': 'x' }])(
    'fail on %p',
    (names) => {
      const bad = Object.fromEntries(Object.keys(names).map((name) => [name, SecretRef.of('s', 'k')]));
      expect(() =>
        PipelineBackend.otlpHttp(newChart(), 'b', { url: 'https://b.example', placement: external, headers: bad }),
      ).toThrow(/chart\/b: headers: got .*distinct header names/);
    },
  );
});

describe('a ServiceEntry is rendered', () => {
  const registryOnly = IstioMesh.sidecar({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });
  const vendor = { url: 'https://otlp.vendor.example', placement: external };

  test('as a child of an external backend in a REGISTRY_ONLY mesh, visible to our namespace only', () => {
    expect(manifest(render('otlpHttp', vendor, registryOnly), 'ServiceEntry').spec).toEqual({
      hosts: ['otlp.vendor.example'],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      exportTo: ['.'],
      ports: [{ number: 443, name: 'tls-443', protocol: 'TLS' }],
    });
  });

  test('by address when the backend has no name', () => {
    const byAddress = { url: 'https://203.0.113.7:8443/write', placement: external };
    expect(manifest(render('prometheusRemoteWrite', byAddress, registryOnly), 'ServiceEntry').spec).toMatchObject({
      addresses: ['203.0.113.7/32'],
      resolution: 'NONE',
      ports: [{ number: 8443, protocol: 'TCP' }],
    });
  });

  test.each<[string, PipelineBackendProps, IstioMesh]>([
    ['where unknown hosts are allowed', vendor, IstioMesh.sidecar()],
    ['without a mesh', vendor, IstioMesh.none()],
    ['for a backend in the cluster', { url: 'http://b.ns:4318', placement: inMesh }, registryOnly],
  ])('but not %s', (_, props, mesh) => {
    expect(render('otlpHttp', props, mesh).map(({ kind }) => kind)).not.toContain('ServiceEntry');
  });
});

describe('fails on', () => {
  const make = (url: string, placement: BackendPlacement, id = 'b') =>
    PipelineBackend.otlpHttp(newChart(), id, { url, placement });

  test.each<[string, () => unknown, RegExp]>([
    [
      'TLS towards a sidecar',
      () => make('https://b.ns', inMesh),
      /chart\/b: url: got "https:\/\/".*the sidecar encrypts/,
    ],
    ['plaintext to the outside', () => make('http://b.example', external), /allowPlaintext/],
    ['a Service name placed outside', () => make('https://vendor', external), /a single label resolves to a Service/],
    ['a host without namespace', () => make('http://gateway:4318', inCluster), /write <service>\.<namespace>/],
    ['an address without namespace', () => make('http://10.96.0.9:4318', inMesh), /placement\.namespace: missing/],
    ['a name that is no DNS label', () => make('http://b.ns', inCluster, 'My_Backend'), /name: got "My_Backend"/],
    ['no pod labels', () => make('http://b.ns', BackendPlacement.inMesh({ podLabels: {} })), /at least one/],
    ['a bad label', () => make('http://b.ns', BackendPlacement.inMesh({ podLabels: { a: 'b c' } })), /podLabels: got/],
    ['target port 0', () => make('http://b.ns', BackendPlacement.inMesh({ targetPort: 0 })), /targetPort: got 0/],
    [
      'a bad range',
      () => make('https://b.example', BackendPlacement.external({ cidrs: ['x'] })),
      /cidrs\[0\]: got "x"/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message);
  });

  test('nothing once plaintext to the outside is accepted', () => {
    expect(() => make('http://b.example', BackendPlacement.external({ allowPlaintext: true }))).not.toThrow();
  });

  test('a backend that no agent uses, at synthesis', () => {
    const backend = make('http://b.ns', inCluster);
    expect(backend.node.validate()).toEqual([expect.stringMatching(/no agent uses this backend/)]);
  });
});

test('two agents can share a backend', () => {
  const chart = newChart();
  const backend = PipelineBackend.otlpHttp(chart, 'vendor', {
    url: 'https://otlp.vendor.example',
    placement: external,
  });
  const mesh = IstioMesh.sidecar({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });
  for (const instance of ['a', 'b']) {
    const inputs = [MetricInput.istio()];
    new MetricAgent(chart, instance, { cluster: Cluster.of({ mesh }), instance, inputs, backends: [backend] });
  }
  const names = (chart.toJson() as Manifest[])
    .filter(({ kind }) => kind === 'ServiceEntry')
    .map((m) => m.metadata.name);
  expect(names).toEqual(['a-backend-vendor', 'b-backend-vendor']);
});
