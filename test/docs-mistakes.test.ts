import { readPage } from './docs-pages';
import { outcomeOf } from './docs-run';

/** A row of a page's "What can go wrong": what is written, and what is then seen. */
interface Mistake {
  readonly page: string;
  /** As the page says it. */
  readonly row: string;
  readonly written: string;
  readonly facts?: string;
  /** Parts of the error or of the plan. */
  readonly seen: readonly string[];
}

const MIMIR = `services: [{ name: mimir, namespace: monitoring, ports: [{ name: http-push, port: 80, targetPort: 9009 }],
  podLabels: { app: mimir }, mesh: sidecar }]`;

const mimir = (url: string, placement: string): string =>
  `chart.addBackend(PipelineBackend.otlpHttp(chart, 'mimir', { url: '${url}', placement: BackendPlacement.${placement} }));`;

const backend = (protocol: string, url: string, props: string): string =>
  `chart.addBackend(PipelineBackend.${protocol}(chart, 'b', { url: '${url}', placement: BackendPlacement.inCluster(), ${props} }));`;

const withOptions = (options: string): string =>
  `const chart = new TelemetryChart(app, 'telemetry', { namespace: 'telemetry-system', cluster, inputs, ${options} });`;

const gateway = (props: string): string =>
  `const gateway = PipelineBackend.otlpGrpc(chart, 'gateway', { url: 'http://gateway.observability:4317', placement, ${props} });`;

const inMesh = "inMesh({ podLabels: { app: 'mimir' }, targetPort: 9009 })";
const inCluster = "inCluster({ podLabels: { app: 'mimir' }, targetPort: 9009 })";
const meshBackends = withOptions('agent: { interception: Interception.MESH_BACKENDS }');

const mistakes: Mistake[] = [
  {
    page: 'add-a-backend',
    row: '`https://` for a backend `inMesh`',
    written: mimir('https://mimir.monitoring:80', inMesh),
    seen: ['its sidecar accepts mutual TLS by Istio only'],
  },
  {
    page: 'add-a-backend',
    row: '`inMesh({ service: ServiceKind.HEADLESS })` with known `podCidrs`',
    written: mimir('http://mimir.monitoring:80', 'inMesh({ service: ServiceKind.HEADLESS })'),
    seen: ['would bypass mutual TLS'],
  },
  {
    page: 'add-a-backend',
    row: 'no `targetPort`, or other labels than the pods have',
    written: mimir('http://mimir.monitoring:80', "inMesh({ podLabels: { app: 'mimir' } })"),
    facts: MIMIR,
    seen: ['CT401'],
  },
  {
    page: 'add-a-backend',
    row: 'the target port in `url`',
    written: mimir('http://mimir.monitoring:9009', inMesh),
    facts: MIMIR,
    seen: ['CT502', 'has no port 9009'],
  },
  {
    page: 'add-a-backend',
    row: '`inCluster` with `https://` for a Service whose pods are in the mesh',
    written: `${mimir('https://mimir.monitoring:80', inCluster)}\nTrafficPlan.enforce(app, { failOn: FindingSeverity.INFO });`,
    facts: MIMIR,
    seen: ['CT501', 'CT212'],
  },
  {
    page: 'add-a-backend',
    row: 'the same with `http://` and `Interception.MESH_BACKENDS`',
    written: `${meshBackends}\n${mimir('http://mimir.monitoring:80', inCluster)}\nTrafficPlan.enforce(app, { failOn: FindingSeverity.INFO });`,
    facts: MIMIR,
    seen: ['CT501', 'CT109'],
  },
  {
    page: 'add-a-backend',
    row: 'a backend and no `addBackend`',
    written:
      "PipelineBackend.otlpHttp(chart, 'b', { url: 'https://b.example', placement: BackendPlacement.external() });",
    seen: ['no agent uses this backend'],
  },
  {
    page: 'authenticate',
    row: '`auth` for plaintext gRPC',
    written: backend('otlpGrpc', 'http://b.c:4317', "auth: BackendAuth.bearer(SecretRef.of('b', 'token'))"),
    seen: ['gRPC does not send credentials over a plaintext connection'],
  },
  {
    page: 'authenticate',
    row: '`tls` for an `http://` URL, or a key without its certificate',
    written: backend('otlpHttp', 'http://b.c', "tls: { ca: SecretRef.of('b', 'ca.crt') }"),
    seen: ['nothing for a plaintext URL'],
  },
  {
    page: 'authenticate',
    row: '`tls` for an `http://` URL, or a key without its certificate',
    written: backend('otlpHttp', 'https://b.c', "tls: { clientKey: SecretRef.of('b', 'tls.key') }"),
    seen: ['certificate and key together'],
  },
  {
    page: 'survive-an-outage',
    row: 'a volume smaller than its queue',
    written: gateway('persistentQueue: PersistentQueue.emptyDir(Size.mebibytes(100))'),
    seen: ['enlarge the volume or set a smaller queueSize'],
  },
  {
    page: 'change-the-mesh',
    row: '`inMesh` where the mode is `none`',
    written: 'const unchanged = 1;',
    facts: 'mesh: { mode: none }',
    seen: ['the cluster is declared without a mesh'],
  },
  {
    page: 'change-the-mesh',
    row: '`mtls` beside `mode: ambient`',
    written: 'const unchanged = 1;',
    facts: 'mesh: { mode: ambient, mtls: STRICT }',
    seen: ['mesh.mtls'],
  },
  {
    page: 'run-several-clusters',
    row: 'two clusters of one name, or without names',
    written:
      "new TelemetryChart(app, 'other', { namespace: 'telemetry-system', cluster, inputs: [MetricInput.istio()] });",
    seen: ['one object of this name in a cluster'],
  },
  {
    page: 'read-prometheus',
    row: 'a dashboard without a reader',
    written: withOptions('prometheus: { dashboard: {} }'),
    seen: ['the dashboard has nobody to show it'],
  },
  {
    page: 'bring-a-manager',
    row: '`*` in a rule',
    written: withOptions("manager: { image: 'm:1', rules: [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }] }"),
    seen: ['list what the manager really uses'],
  },
  {
    page: 'bring-a-manager',
    row: 'two ports are the same',
    written: withOptions("manager: { image: 'm:1', webhookPort: 8081 }"),
    seen: ['different ports for alerts, health and admission'],
  },
  {
    page: 'remove',
    row: 'an input is removed that a backend asks for alone',
    written: gateway('inputs: [InputKind.ISTIO]'),
    seen: ['backend gateway receives nothing'],
  },
];

test.each(mistakes.map((mistake) => [`${mistake.page}: ${mistake.row}`, mistake] as const))(
  '%s',
  (_, { page, row, written, facts = '', seen }) => {
    expect(readPage(`docs/how-to/${page}.md`)).toContain(`| ${row} `);
    const outcome = outcomeOf(written, facts);
    for (const part of seen) expect(outcome).toContain(part);
  },
  120_000,
);
