import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BackendPlacement,
  Cluster,
  FindingSeverity,
  IstioMesh,
  MetricInput,
  PipelineBackend,
  Reader,
  TelemetryChart,
  TrafficPlan,
} from '../src';

const folder = mkdtempSync(join(tmpdir(), 'traffic-plan-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const mesh = IstioMesh.sidecar();
const plain = Cluster.of({ mesh });
let outputs = 0;

function newApp(): App {
  return new App({ outdir: join(folder, String(outputs++)) });
}

function stack(app: App, id = 'telemetry', cluster = plain): TelemetryChart {
  const chart = new TelemetryChart(app, id, { namespace: 'telemetry-system', cluster });
  const placement = BackendPlacement.inMesh();
  chart.addBackend(PipelineBackend.otlpGrpc(chart, 'gateway', { url: 'http://gateway.obs:4317', placement }));
  return chart;
}

/** A pod whose sidecar is told to intercept something that is no port (CT101). */
function brokenPod(app: App): ApiObject {
  return new ApiObject(new Chart(app, 'foreign'), 'pod', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'broken',
      namespace: 'shop',
      labels: { 'sidecar.istio.io/inject': 'true' },
      annotations: { 'traffic.sidecar.istio.io/includeOutboundPorts': 'abc' },
    },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
  });
}

const written = (app: App, name = 'traffic.md'): string => readFileSync(join(app.outdir, name), 'utf8');
const codes = (plan: TrafficPlan): string[] => plan.findings.map(({ code }) => code);

describe('TrafficPlan.of', () => {
  test('plans what a chart renders, with the facts of its Cluster', () => {
    const plan = TrafficPlan.of(stack(newApp()));
    expect(plan.toMarkdown()).toMatch(/^\d+ connections: /);
    expect(plan.toMermaid()).toMatch(/^flowchart LR\n/);
    expect(JSON.parse(plan.toJson())).toMatchObject({
      version: 1,
      workloads: expect.arrayContaining([
        { id: 'DaemonSet/telemetry-system/telemetry-metric-agent', dataPlane: 'sidecar' },
      ]) as unknown,
    });
  });

  test('sees the objects and patches of users', () => {
    const app = newApp();
    stack(app);
    const pod = brokenPod(app);
    const [finding] = TrafficPlan.of(app).findings;
    expect(finding).toMatchObject({
      code: 'CT101',
      severity: FindingSeverity.ERROR,
      object: 'Pod/shop/broken',
      field: 'metadata.annotations[traffic.sidecar.istio.io/includeOutboundPorts]',
    });
    pod.addJsonPatch(JsonPatch.remove('/metadata/annotations'));
    expect(codes(TrafficPlan.of(app))).not.toContain('CT101');
  });

  test('reports images of other versions than the tested ones', () => {
    const chart = new TelemetryChart(newApp(), 'telemetry', {
      namespace: 'telemetry-system',
      cluster: plain,
      agent: { image: 'mirror.example/otelcol:0.149.0' },
      prometheus: { image: `mirror.example/prometheus@sha256:${'0'.repeat(64)}` },
    });
    const untested = TrafficPlan.of(chart).findings.filter(({ code }) => code === 'CT611');
    expect(untested.map(({ object, severity }) => `${severity} ${object}`)).toEqual([
      'info DaemonSet/telemetry-system/telemetry-metric-agent',
      'info StatefulSet/telemetry-system/telemetry-prometheus',
    ]);
  });

  test('marks what is accepted, and reports what accepts nothing', () => {
    const app = newApp();
    stack(app);
    brokenPod(app);
    const acknowledged = [
      { code: 'CT101', object: 'Pod/shop/broken', reason: 'a test' },
      { code: 'CT102', reason: 'nobody needs it' },
    ];
    const { findings } = TrafficPlan.of(app, { acknowledged });
    expect(findings.find(({ code }) => code === 'CT101')?.acknowledged).toBe('a test');
    expect(findings.map(({ code }) => code)).toContain('CT900');
  });

  test('asks which cluster is meant when there are several', () => {
    const app = newApp();
    for (const name of ['eu', 'us']) stack(app, name, Cluster.of({ name, mesh }));
    expect(() => TrafficPlan.of(app)).toThrow(/TrafficPlan\.of: cluster: missing; allowed: one of eu, us/);
    expect(() => TrafficPlan.of(app, { cluster: 'asia' })).toThrow(/cluster: got "asia"/);
    expect(TrafficPlan.of(app, { cluster: 'eu' }).findings).toEqual(TrafficPlan.of(app, { cluster: 'us' }).findings);
  });

  test('fails without a construct of the library, and on two descriptions of one cluster', () => {
    expect(() => TrafficPlan.of(new App())).toThrow(/allowed: a scope with a construct of this library/);
    const app = newApp();
    stack(app);
    const other = Cluster.of({ mesh: IstioMesh.none() });
    const inputs = [MetricInput.runtime({ objectStates: false })];
    const chart = new TelemetryChart(app, 'other', { namespace: 'elsewhere', cluster: other, inputs });
    const placement = BackendPlacement.inCluster();
    chart.addBackend(PipelineBackend.otlpGrpc(chart, 'b', { url: 'http://b.obs:4317', placement }));
    expect(() => TrafficPlan.of(app)).toThrow(/the same facts as for the other constructs of the cluster/);
  });
});

describe('TrafficPlan.enforce', () => {
  test('writes the plan beside the manifests', () => {
    const app = newApp();
    const chart = stack(app);
    TrafficPlan.enforce(app);
    app.synth();
    expect(written(app)).toBe(TrafficPlan.of(chart).toMarkdown());
  });

  test('fails synthesis on errors, and still writes the plan', () => {
    const app = newApp();
    stack(app);
    brokenPod(app);
    TrafficPlan.enforce(app, { fileName: 'plan.md' });
    expect(() => {
      app.synth();
    }).toThrow(/CT101 Pod\/shop\/broken: metadata\.annotations\[.*\]: .*; fix: /);
    expect(written(app, 'plan.md')).toContain('CT101');
  });

  test('lets accepted findings pass', () => {
    const app = newApp();
    stack(app);
    brokenPod(app);
    TrafficPlan.enforce(app, { acknowledged: [{ code: 'CT101', reason: 'a test' }] });
    expect(() => {
      app.synth();
    }).not.toThrow();
  });

  test('fails on milder findings if it is told to', () => {
    const enforced = (failOn?: FindingSeverity): App => {
      const app = newApp();
      stack(app);
      TrafficPlan.enforce(app, { acknowledged: [{ code: 'CT101', reason: 'nothing of the kind' }], failOn });
      return app;
    };
    expect(() => {
      enforced().synth();
    }).not.toThrow();
    expect(() => {
      enforced(FindingSeverity.WARNING).synth();
    }).toThrow(/CT900/);
  });

  test('has a part for each cluster', () => {
    const app = newApp();
    for (const name of ['eu', 'us']) stack(app, name, Cluster.of({ name, mesh }));
    TrafficPlan.enforce(app);
    app.synth();
    expect(written(app).match(/^# Cluster .+$/gm)).toEqual(['# Cluster `eu`', '# Cluster `us`']);
  });

  test('sees in the next synthesis what was added since', async () => {
    const app = newApp();
    const chart = stack(app);
    TrafficPlan.enforce(app);
    app.synth();
    const before = written(app);
    await Promise.resolve();
    chart.prometheus.addReader(Reader.pods({ namespace: 'monitoring', podLabels: { app: 'grafana' } }));
    brokenPod(app);
    expect(() => {
      app.synth();
    }).toThrow(/CT101/);
    expect(written(app)).not.toBe(before);
  });

  test('writes nothing where cdk8s does not', () => {
    const app = newApp();
    stack(app);
    TrafficPlan.enforce(app);
    app.synthYaml();
    expect(existsSync(app.outdir)).toBe(false);
  });
});
