import { App, Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { MetricInput, PersistentQueue, TrafficPlan } from '../../src';
import { refusal, WHOLE_REFUSAL } from '../support/javascript';

function refused(cases: readonly (readonly [code: string, message: RegExp])[]): void {
  test.each(cases)('%s', (code, message) => {
    expect(refusal(code)).toMatch(message);
    expect(refusal(code)).toMatch(WHOLE_REFUSAL);
  });
}

describe('what a factory makes is asked for by the call that makes it', () => {
  refused([
    [`send({ placement: undefined })`, /placement: missing; allowed: BackendPlacement\.inMesh\(\), /],
    [`send({ placement: 'inCluster' })`, /placement: got "inCluster"; .* write BackendPlacement\.inCluster\(\)$/],
    [
      `send({ placement: BackendPlacement.external })`,
      /got "function external".* write BackendPlacement\.external\(\)$/,
    ],
    [`send({ persistentQueue: 'emptyDir' })`, /write PersistentQueue\.emptyDir\(size\)$/],
    [`Cluster.of({})`, /^Cluster: mesh: missing; .*a mesh is never assumed$/],
    [`Cluster.of({ mesh: 'sidecar' })`, /mesh: got "sidecar"; .* write IstioMesh\.sidecar\(\)$/],
    [`Cluster.of({ mesh, dns: 'coreDns' })`, /dns: got "coreDns"; .* write ClusterDns\.coreDns\(\)$/],
    [`stack({ cluster: { mesh } })`, /cluster: got \{"mesh":"object of class IstioMesh"\}; allowed: Cluster\.of/],
    [`agent({ inputs: ['runtime'] })`, /inputs\[0\]: got "runtime"; .* write MetricInput\.runtime\(\)$/],
    [`agent({ inputs: MetricInput.runtime() })`, /inputs: got "object of class MetricInput"; allowed: a list/],
    [`agent({ backends: undefined })`, /backends: missing; allowed: a list/],
    [`agent({ backends: [{ url: 'http://a.b' }] })`, /backends\[0\]: got .*; allowed: PipelineBackend\.otlpGrpc\(/],
    [`MetricInput.runtime({ kubeletTls: 'skipVerify' })`, /write KubeletTls\.skipVerify\(\)$/],
    [`MetricInput.prometheus({ tls: ScrapeTls.skipVerify })`, /write ScrapeTls\.skipVerify\(\)$/],
    [`prometheus({ readers: [{ namespace: 'a' }] })`, /readers\[0\]: got .*; allowed: Reader\.pods\(/],
    [`prometheus({ readers: [Reader.pods()] })`, /reader: missing; .* pass at least \{ namespace, podLabels \}$/],
    [`prometheus({ readers: [Reader.fromPeer({})] })`, /reader: got \{\}; allowed: a peer of cdk8s-plus/],
    [`prometheus({ storage: PersistentQueue.emptyDir(Size.gibibytes(2)) })`, /got "object of class PersistentQueue"/],
    [`prometheus({ tls: true })`, /tls: got true; allowed: PrometheusTls\.fromSecrets/],
    [`prometheus({ dashboard: true })`, /dashboard: got true; .* pass \{\} for the defaults$/],
    [`prometheus({ alertmanagers: [{ url: 'http://a.b' }] })`, /alertmanagers\[0\]\.placement: missing/],
    [`new TelemetryManager(chart, 'manager', { image: 'm' })`, /prometheus: missing; allowed: new PrometheusNoMesh/],
    [`stack({}).addBackend()`, /backend: missing; allowed: PipelineBackend\.otlpGrpc\(/],
    [`stack({}).addBackend({ url: 'http://a.b' })`, /backend: got \{"url":"http:\/\/a\.b"\}/],
    [`stack({}).prometheus.addReader()`, /reader: missing/],
    [`stack({}).prometheus.addAgent({})`, /agent: got \{\}; allowed: new MetricAgent/],
    [`stack({}).prometheus.addAlertmanager()`, /alertmanager: missing; .* pass at least \{ url, placement \}$/],
    [`stack({}).agent.addMetricsReader(chart)`, /reader: got "object of class Chart"/],
  ]);
});

describe('props that are missing altogether', () => {
  refused([
    [`Cluster.of()`, /^Cluster: props: missing; .* pass at least \{ mesh \}$/],
    [`new TelemetryChart(app, 'stack')`, /^stack: props: missing; .* pass at least \{ namespace, cluster \}$/],
    [`new TelemetryChart(app, 'stack', {})`, /^stack: namespace: missing/],
    [`stack({ cluster: undefined })`, /^stack: cluster: missing/],
    [`stack({ manager: {} })`, /^stack: manager\.image: missing; .*ships none$/],
    [`new MetricAgent(chart, 'agent')`, /^chart\/agent: props: missing/],
    [`new PrometheusNoMesh(chart, 'prometheus')`, /^chart\/prometheus: props: missing/],
    [`PipelineBackend.otlpGrpc(chart, 'backend')`, /^chart\/backend: props: missing; .* \{ url, placement \}$/],
    [`send({ url: undefined })`, /url: missing; allowed: a URL such as/],
    [`MetricInput.scrapeJob({ name: 'a' })`, /podLabels: missing/],
    [`PrometheusStorage.persistent()`, /pass at least \{ size \}$/],
    [`PrometheusTls.fromSecrets({ serverSecret: 'a', probeSecret: 'b' })`, /clientSans: missing/],
    [`SecretRef.of('a')`, /^SecretRef: key: missing/],
    [`SecretRef.fromSecretValue()`, /^SecretRef: secretName: missing/],
    [`PersistentQueue.hostPath()`, /path: missing; allowed: an absolute path/],
    [`KubeletTls.verifyWith('ca')`, /configMapName, key: got \["ca",null\]/],
  ]);
});

describe('durations, sizes and CPUs have units', () => {
  refused([
    [`MetricInput.runtime({ interval: '30s' })`, /interval: got "30s"; .*Duration\.seconds\(30\)$/],
    [`prometheus({ retention: 24 })`, /retention: got 24; .*Duration\.hours\(24\)$/],
    [`PrometheusStorage.ephemeral(2048)`, /size: got 2048; .*Size\.gibibytes\(2\)$/],
    [`PersistentQueue.emptyDir('1Gi')`, /size: got "1Gi"; .*Size\.gibibytes\(1\)$/],
    [
      `agent({ resources: { cpu: { request: '100m' } } })`,
      /resources\.cpu\.request: got "100m"; .*Cpu\.millis\(100\)$/,
    ],
    [`agent({ resources: { memory: { limit: 512 } } })`, /resources\.memory\.limit: got 512/],
    [`agent({ sidecarResources: { cpuRequest: Cpu.millis(10) } })`, /sidecarResources\.cpuLimit: missing/],
  ]);
});

describe('values of another copy of cdk8s or constructs are as good', () => {
  test('durations and sizes', () => {
    const copy = <T extends object>(value: T): T => Object.assign(Object.create(prototypeCopy(value)) as T, value);
    expect(() => MetricInput.runtime({ interval: copy(Duration.seconds(30)) })).not.toThrow();
    expect(() => PersistentQueue.emptyDir(copy(Size.gibibytes(1)))).not.toThrow();
  });

  test('an App', () => {
    const app = Object.defineProperties(Object.create(null), Object.getOwnPropertyDescriptors(new App())) as App;
    Object.defineProperty(app, Symbol.for('constructs.Construct'), { value: true });
    expect(app).not.toBeInstanceOf(Construct);
    expect(() => TrafficPlan.of(app)).toThrow(/a scope with a construct of this library/);
  });
});

function prototypeCopy(value: object): object {
  const prototype = Object.getPrototypeOf(value) as object;
  return Object.create(null, Object.getOwnPropertyDescriptors(prototype)) as object;
}

describe('an error does not repeat what might be a credential', () => {
  test.each([
    `send({ url: new URL('https://user:hunter2@b.example') })`,
    `send({ headers: ['authorization: hunter2'] })`,
    `send({ headers: 'hunter2' })`,
    `send({ headers: { 'api-key': { token: 'hunter2' } } })`,
    `send({ auth: 'hunter2' })`,
    `send({ auth: { bearer: 'hunter2' } })`,
    `send({ auth: BackendAuth.bearer('hunter2') })`,
    `send({ auth: BackendAuth.oauth2({ tokenUrl: 'https://i.example', tokenPlacement: placement, clientId: 'hunter2' }) })`,
    `send({ auth: BackendAuth.oauth2('hunter2') })`,
    `SecretRef.of('a', { token: 'hunter2' })`,
  ])('%s', (code) => {
    expect(refusal(code)).toMatch(WHOLE_REFUSAL);
    expect(refusal(code)).not.toMatch(/hunter2/);
  });
});
