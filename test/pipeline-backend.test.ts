import { Size } from 'cdk8s';
import {
  BackendAuth,
  BackendPlacement,
  Cluster,
  Compression,
  IstioMesh,
  MetricAgent,
  MetricInput,
  OutboundTrafficPolicy,
  PersistentQueue,
  PipelineBackend,
  type PipelineBackendProps,
  SecretRef,
  Temporality,
} from '../src';
import { collectorConfig, type Manifest, manifest, newChart, policyOf, templateOf } from './support/manifests';

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

describe('authentication', () => {
  const secret = (key: string) => SecretRef.of('vendor', key);
  const rendered = (props: Partial<PipelineBackendProps>, mesh?: IstioMesh) =>
    render('otlpHttp', { url: 'https://b.example', placement: external, ...props }, mesh);
  const config = (props: Partial<PipelineBackendProps>) => collectorConfig(rendered(props));

  test('basic reads user and password from files', () => {
    const { extensions, exporters: found } = config({ auth: BackendAuth.basic(secret('u'), secret('p')) });
    expect(extensions['basicauth/backend']?.client_auth).toEqual({
      username_file: '/etc/backend-credentials/backend/auth/username',
      password_file: '/etc/backend-credentials/backend/auth/password',
    });
    expect(found['otlp_http/backend']?.auth).toEqual({ authenticator: 'basicauth/backend' });
  });

  test('fails over plaintext gRPC, where the collector would not even start', () => {
    const auth = BackendAuth.bearer(secret('t'));
    expect(() => render('otlpGrpc', { url: 'b.ns:4317', placement: inMesh, auth })).toThrow(
      /^chart\/backend: auth: got "credentials over plaintext gRPC".*use otlpHttp/,
    );
    expect(() => render('otlpGrpc', { url: 'b.example:4317', placement: external, auth })).not.toThrow();
  });

  test('fails together with an authorization header', () => {
    const props = { auth: BackendAuth.bearer(secret('t')), headers: { Authorization: secret('h') } };
    expect(() => config(props)).toThrow(/headers: got "Authorization"; allowed: auth or an authorization header/);
  });

  test.each<[string, () => unknown]>([
    ['auth', () => config({ auth: BackendAuth.bearer('hunter2' as unknown as SecretRef) })],
    ['headers', () => config({ headers: { 'api-key': 'hunter2' as unknown as SecretRef } })],
    ['tls', () => config({ tls: { ca: 'hunter2' as unknown as SecretRef } })],
  ])('fails on a literal credential in %s and does not repeat it', (_, act) => {
    expect(act).toThrow(/SecretRef\.of\(secretName, key\)/);
    expect(act).not.toThrow(/hunter2/);
  });

  test('bearer goes together with headers', () => {
    const {
      extensions,
      exporters: found,
      service,
    } = config({
      auth: BackendAuth.bearer(secret('t')),
      headers: { 'x-tenant': secret('tenant') },
    });
    expect(extensions['bearertokenauth/backend']).toEqual({ filename: '/etc/backend-credentials/backend/auth/token' });
    expect(extensions['headers_setter/backend']?.additional_auth).toBe('bearertokenauth/backend');
    expect(found['otlp_http/backend']?.auth).toEqual({ authenticator: 'headers_setter/backend' });
    expect(service.extensions).toEqual(expect.arrayContaining(['bearertokenauth/backend', 'headers_setter/backend']));
  });

  describe('OAuth2', () => {
    const auth = BackendAuth.oauth2({
      tokenUrl: 'http://idp.auth:8080/token',
      tokenPlacement: inMesh,
      clientId: secret('id'),
      clientSecret: secret('secret'),
      scopes: ['a', 'b'],
    });

    test('reads client id and secret from files', () => {
      expect(config({ auth }).extensions['oauth2client/backend']).toEqual({
        client_id_file: '/etc/backend-credentials/backend/auth/client-id',
        client_secret_file: '/etc/backend-credentials/backend/auth/client-secret',
        token_url: 'http://idp.auth:8080/token',
        scopes: ['a', 'b'],
      });
    });

    test('makes the token endpoint a destination: intercepted and allowed', () => {
      const manifests = rendered({ auth });
      const { annotations = {} } = templateOf(manifest(manifests, 'DaemonSet')).metadata;
      expect(annotations['traffic.sidecar.istio.io/includeOutboundPorts']).toBe('443,8080');
      expect(JSON.stringify(policyOf(manifest(manifests, 'NetworkPolicy')).egress.at(-1))).toContain('"port":8080');
    });

    test('gets a ServiceEntry of its own where the mesh needs one', () => {
      const outside = BackendAuth.oauth2({
        tokenUrl: 'https://idp.example/token',
        tokenPlacement: external,
        clientId: secret('id'),
        clientSecret: secret('secret'),
      });
      const mesh = IstioMesh.sidecar({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });
      const entries = rendered({ auth: outside }, mesh).filter(({ kind }) => kind === 'ServiceEntry');
      expect(entries.map(({ metadata, spec }) => [metadata.name, spec?.hosts])).toEqual([
        ['telemetry-backend-backend', ['b.example']],
        ['telemetry-backend-backend.token', ['idp.example']],
      ]);
    });

    test('fails on a bad token URL, naming it', () => {
      const bad = { tokenPlacement: external, clientId: secret('id'), clientSecret: secret('secret') };
      const make = (tokenUrl: string, scopes?: string[]) => () =>
        config({ auth: BackendAuth.oauth2({ ...bad, tokenUrl, ...(scopes && { scopes }) }) });
      expect(make('idp.example/token')).toThrow(/chart\/backend: auth\.tokenUrl: got "idp\.example\/token"/);
      expect(make('http://idp.example/token')).toThrow(/auth\.tokenUrl: got "http:\/\/"/);
      expect(make('https://idp.example/token', ['a b'])).toThrow(/auth\.scopes: got "a b"/);
    });
  });

  test('client certificates are files that are read again when they change', () => {
    const tls = { ca: secret('ca'), clientCertificate: secret('c'), clientKey: secret('k'), serverName: 'x.example' };
    expect(config({ tls }).exporters['otlp_http/backend']?.tls).toEqual({
      ca_file: '/etc/backend-credentials/backend/tls/ca.crt',
      cert_file: '/etc/backend-credentials/backend/tls/tls.crt',
      key_file: '/etc/backend-credentials/backend/tls/tls.key',
      reload_interval: '60s',
      server_name_override: 'x.example',
    });
  });

  test.each<[string, Partial<PipelineBackendProps>, RegExp]>([
    ['a key without certificate', { tls: { clientKey: secret('k') } }, /tls\.clientCertificate: missing/],
    ['a certificate without key', { tls: { clientCertificate: secret('c') } }, /tls\.clientKey: missing/],
    ['a server name that is none', { tls: { serverName: 'a b' } }, /tls\.serverName: got "a b"/],
    ['TLS for plaintext', { url: 'http://b.ns', placement: inCluster, tls: { ca: secret('c') } }, /tls: got \["ca"\]/],
  ])('fails on %s', (_, props, message) => {
    expect(() => config(props)).toThrow(message);
  });
});

describe('remote write', () => {
  const url = 'http://p.ns:9090/w';

  test('retries as long as OTLP does, because its timeout includes the retries', () => {
    expect(exporters('prometheusRemoteWrite', url, inMesh)).toMatchObject({
      'prometheus_remote_write/backend': { timeout: '300s', retry_on_failure: { max_elapsed_time: '300s' } },
    });
  });

  test('sends large requests, because its queue counts them', () => {
    const config = collectorConfig(render('prometheusRemoteWrite', { url, placement: inMesh }));
    expect(config.processors['batch/backend']).toMatchObject({ send_batch_max_size: 8192 });
    expect(config.exporters['prometheus_remote_write/backend']?.remote_write_queue).toMatchObject({ queue_size: 40 });
  });

  test.each([
    { temporality: Temporality.DELTA },
    { compression: Compression.ZSTD },
    { queueSize: 20_000 },
    { persistentQueue: PersistentQueue.emptyDir(Size.gibibytes(1)) },
  ])('fails on %j, which types keep away', (props) => {
    const given = { url, placement: inMesh, ...props } as PipelineBackendProps;
    expect(() => render('prometheusRemoteWrite', given)).toThrow(
      /remote write is snappy, cumulative and queued in memory/,
    );
  });
});

describe('a persistent queue', () => {
  const volumes = (persistentQueue: PersistentQueue) => {
    const manifests = render('otlpGrpc', {
      url: 'b.ns:4317',
      placement: inMesh,
      persistentQueue,
    } as PipelineBackendProps);
    const { spec } = templateOf(manifest(manifests, 'DaemonSet'));
    const config = collectorConfig(manifests);
    expect(config.extensions['file_storage/backend']).toEqual({ directory: '/var/lib/metric-agent/queues/backend' });
    expect(config.exporters['otlp_grpc/backend']?.sending_queue).toMatchObject({ storage: 'file_storage/backend' });
    expect(spec.containers[0]?.volumeMounts).toContainEqual({
      name: 'queue-backend',
      mountPath: '/var/lib/metric-agent/queues/backend',
    });
    return spec.volumes;
  };

  test('lives in an emptyDir', () => {
    expect(volumes(PersistentQueue.emptyDir(Size.gibibytes(1)))).toContainEqual({
      name: 'queue-backend',
      emptyDir: { sizeLimit: '1024Mi' },
    });
  });

  test('or in a directory of the node', () => {
    expect(volumes(PersistentQueue.hostPath('/var/lib/queues'))).toContainEqual({
      name: 'queue-backend',
      hostPath: { path: '/var/lib/queues/ns/telemetry/backend', type: 'Directory' },
    });
  });

  test.each(['var/lib', '/var/../etc', '/', '/a b'])('fails on path %p', (path) => {
    expect(() => PersistentQueue.hostPath(path)).toThrow(/PersistentQueue\.hostPath: path: got/);
  });

  test('fails on a volume that is smaller than the queue', () => {
    expect(() => volumes(PersistentQueue.emptyDir(Size.mebibytes(50)))).toThrow(
      /^chart\/backend: persistentQueue\.size: got "50 MiB"; allowed: at least \d+ MiB/,
    );
  });

  test('fails on a volume too small to hold a request', () => {
    expect(() => PersistentQueue.emptyDir(Size.mebibytes(1))).toThrow(/at least 16 MiB/);
  });
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
    [
      'a Service name placed outside',
      () => make('https://vendor', external),
      /a single label or \.svc resolves to a Service/,
    ],
    ['a host without namespace', () => make('http://gateway:4318', inCluster), /write <service>\.<namespace>/],
    ['an address without namespace', () => make('http://10.96.0.9:4318', inMesh), /placement\.namespace: missing/],
    ['a name that is no DNS label', () => make('http://b.ns', inCluster, 'My_Backend'), /name: got "My_Backend"/],
    [
      'a Service of the cluster placed outside',
      () => make('https://gw.obs.svc.cluster.local', external),
      /\.svc resolves/,
    ],
    [
      'a name that does not say its namespace',
      () => make('http://otlp.vendor.example', inCluster),
      /placement\.namespace/,
    ],
    [
      'no inputs',
      () => PipelineBackend.otlpHttp(newChart(), 'b', { url: 'https://b.example', placement: external, inputs: [] }),
      /inputs: got \[\]/,
    ],
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
