import { javascript, refusal, WHOLE_REFUSAL } from '../support/javascript';

/** Without a compiler, or with `!` and `as`, anything can be passed. */
function refused(cases: readonly (readonly [code: string, message: RegExp])[]): void {
  test.each(cases)('%s', (code, message) => {
    expect(refusal(code)).toMatch(message);
    expect(refusal(code)).toMatch(WHOLE_REFUSAL);
  });
}

describe('a word that is no member of the enum is refused, and the nearest member named', () => {
  refused([
    [`TrafficPlan.enforce(app, { failOn: 'warn' })`, /failOn: got "warn"; allowed: FindingSeverity\.ERROR, /],
    [`TrafficPlan.enforce(app, { failOn: 'WARNING' })`, /write FindingSeverity\.WARNING$/],
    [
      `send({ placement: BackendPlacement.inMesh({ service: 'headless' }) })`,
      /^chart\/backend: placement\.service: got "headless";.* write ServiceKind\.HEADLESS$/,
    ],
    [`send({ inputs: ['runtimes'] })`, /inputs\[0\]: got "runtimes".* write InputKind\.RUNTIME$/],
    [`send({ compression: 'GZIP' })`, /compression: got "GZIP".* write Compression\.GZIP$/],
    [`send({ temporality: 'cumulative' })`, /temporality: got "cumulative"; allowed: Temporality\.PRESERVE/],
    [`IstioMesh.sidecar({ mtls: 'strict' })`, /mtls: got "strict".* write MtlsMode\.STRICT$/],
    [`IstioMesh.sidecar({ namespaceMtls: { shop: 'off' } })`, /namespaceMtls\.shop: got "off"/],
    [`IstioMesh.sidecar({ outboundTrafficPolicy: 'registry_only' })`, /write OutboundTrafficPolicy\.REGISTRY_ONLY$/],
    [`Cluster.of({ mesh, cni: 'Cilium' })`, /^Cluster: cni: got "Cilium".* write Cni\.CILIUM$/],
    [`agent({ interception: 'every-backends' })`, /^chart\/agent: interception: .* write Interception\.EVERY_BACKEND$/],
    [`MetricInput.runtime({ resources: ['nodes'] })`, /resources\[0\]: got "nodes".* write RuntimeResource\.NODE$/],
  ]);
});

describe('a string is no boolean, though JavaScript takes it for true', () => {
  refused([
    [`IstioMesh.sidecar({ nativeSidecars: 'false' })`, /nativeSidecars: got "false"; .*without quotes/],
    [`stack({ createNamespace: 'false' })`, /^stack: createNamespace: got "false"/],
    [`MetricInput.runtime({ objectStates: 'false' })`, /objectStates: got "false"/],
    [`MetricInput.istio({ envoyMetrics: 'false' })`, /envoyMetrics: got "false"/],
    [`MetricInput.prometheus({ diagnosticMetrics: 0 })`, /diagnosticMetrics: got 0/],
    [`MetricInput.scrapeJob({ name: 'a', podLabels: { app: 'a' }, port: 1, https: 'false' })`, /https: got "false"/],
    [`send({ placement: BackendPlacement.external({ allowPlaintext: 'false' }) })`, /placement\.allowPlaintext: got/],
  ]);
});

describe('a misspelt prop is refused, wherever it stands, and the nearest one named', () => {
  refused([
    [`Cluster.of({ mesh, podCIDRs: [] })`, /^Cluster: props: got "podCIDRs"; .* write podCidrs$/],
    [`Cluster.of({ mesh, apiServer: { ports: 6443 } })`, /apiServer: got "ports"; .* write port$/],
    [`Cluster.of({ mesh, namespaces: [{ name: 'shop', label: {} }] })`, /namespaces\[0\]: got "label".* write labels$/],
    [`IstioMesh.sidecar({ nativeSidecar: true })`, /props: got "nativeSidecar".* write nativeSidecars$/],
    [
      `send({ placement: BackendPlacement.inCluster({ namspace: 'a' }) })`,
      /placement: got "namspace".* write namespace$/,
    ],
    [`send({ tls: { serverNames: 'a' } })`, /tls: got "serverNames".* write serverName$/],
    [`ScrapeTls.verifyWith('ca', 'ca.crt', { servername: 'a' })`, /props: got "servername".* write serverName$/],
    [`stack({ dashboard: {} })`, /^stack: props: got "dashboard"; .*nothing is ignored$/],
    [`stack({ agent: { cluster } })`, /^stack: agent: got "cluster"/],
    [`stack({ prometheus: { retentions: 1 } })`, /^stack: prometheus: got "retentions".* write retention$/],
    [`stack({ manager: { image: 'm', rule: [] } })`, /^stack: manager: got "rule".* write rules$/],
    [`agent({ resources: { limits: {} } })`, /resources: got "limits"; allowed: the keys cpu, memory/],
    [
      `MetricInput.prometheus({ excludedNamespaces: [] })`,
      /props: got "excludedNamespaces".* write excludeNamespaces$/,
    ],
    [`TrafficPlan.of(app, { acknowledge: [] })`, /^TrafficPlan\.of: props: got "acknowledge".* write acknowledged$/],
  ]);

  test('without its value, which might be a credential', () => {
    expect(refusal(`send({ header: { authorization: 'hunter2' } })`)).toMatch(/got "header"; .* write headers$/);
    expect(refusal(`send({ header: { authorization: 'hunter2' } })`)).not.toMatch(/hunter2/);
  });
});

describe('a finding is accepted with its code and a reason only', () => {
  refused([
    [`TrafficPlan.enforce(app, { acknowledged: 'CT318' })`, /acknowledged: got "CT318"; allowed: a list/],
    [`TrafficPlan.enforce(app, { acknowledged: ['CT318'] })`, /acknowledged\[0\]: got "CT318"; .* \{ code, reason \}/],
    [`TrafficPlan.enforce(app, { acknowledged: [{ code: 'CT318' }] })`, /acknowledged\[0\]\.reason: missing/],
    [`TrafficPlan.of(app, { acknowledged: [{ code: 'CT318', reason: ' ' }] })`, /acknowledged\[0\]\.reason: got " "/],
    [`TrafficPlan.of(app, { acknowledged: [{ code: 'ct318', reason: 'a' }] })`, /acknowledged\[0\]\.code: got "ct318"/],
    [`TrafficPlan.of(app, { acknowledged: [{ code: 'CT318', reson: 'a' }] })`, /got "reson".* write reason$/],
    [`TrafficPlan.enforce()`, /scope: missing; allowed: a chart or the App/],
  ]);
});

describe('numbers, strings and lists are not converted', () => {
  refused([
    [`Cluster.of({ mesh, kubernetesVersion: 1.3 })`, /kubernetesVersion: got 1\.3; .*quotes$/],
    [
      `Cluster.of({ mesh, podCidrs: '10.244.0.0/16' })`,
      /podCidrs: got "10.*"; allowed: a list; fix: write podCidrs: \[/,
    ],
    [`Cluster.of({ mesh, apiServer: { serviceIps: [10] } })`, /apiServer\.serviceIps\[0\]: got 10; .*quotes$/],
    [`Cluster.of({ mesh, services: [{ name: 'db', namespace: 'shop' }] })`, /services\[0\]\.ports: missing/],
    [`IstioMesh.sidecar({ portMtls: [{ port: 1 }] })`, /portMtls\[0\]\.namespace: missing/],
    [`ClusterDns.nodeLocal(10)`, /serviceIp: got 10/],
    [`send({ namespaces: 'shop' })`, /namespaces: got "shop"; allowed: a list/],
    [`send({ queueSize: '10000' })`, /queueSize: got "10000"; allowed: a number/],
    [`MetricInput.prometheus({ ports: 8080 })`, /ports: got 8080; allowed: a list/],
    [`MetricInput.prometheus({ ports: ['8080'] })`, /ports\[0\]: got "8080"/],
    [`MetricInput.scrapeJob({ name: 'a', podLabels: ['app=a'], port: 1 })`, /podLabels: got \["app=a"\]/],
    [`stack({ labels: new Map() })`, /labels: got .*Map/],
    [`stack({ labels: { app: 'a b' } })`, /fix: write keys and values of letters/],
    [`stack({ manager: { image: 'm', args: '--verbose' } })`, /manager\.args: got "--verbose"/],
  ]);
});

test('remote write has no queue size, not even 0', () => {
  const code = `PipelineBackend.prometheusRemoteWrite(chart, 'p', { url: 'http://p.ns/w', placement, queueSize: 0 })`;
  expect(refusal(code)).toMatch(/queueSize: got 0; allowed: nothing/);
});

test('props that are undefined are left out', () => {
  expect(() =>
    javascript(`stack({ manager: undefined, agent: { image: undefined }, inputs: undefined })`),
  ).not.toThrow();
});
