import { ApiObject, App, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  MetricAgent,
  MetricInput,
  PipelineBackend,
  Reader,
  TelemetryChart,
  type TelemetryChartProps,
  TelemetryManager,
} from '../src';
import { collectorConfig, type Manifest, manifest, templateOf } from './support/manifests';

const cluster = Cluster.of({ mesh: IstioMesh.none() });

function newStack(app: Construct, id = 'telemetry', props: Partial<TelemetryChartProps> = {}): TelemetryChart {
  return new TelemetryChart(app, id, { namespace: 'telemetry-system', cluster, ...props });
}

function backend(chart: TelemetryChart, id = 'gateway'): PipelineBackend {
  return PipelineBackend.otlpGrpc(chart, id, { url: `http://${id}.obs:4317`, placement: BackendPlacement.inCluster() });
}

function render(chart: TelemetryChart): Manifest[] {
  return chart.toJson() as Manifest[];
}

test('backends can be added until synthesis, also after the chart was rendered once', () => {
  const chart = newStack(new App());
  chart.addBackend(backend(chart, 'one'));
  render(chart);
  chart.addBackend(backend(chart, 'two'));
  expect(Object.keys(collectorConfig(render(chart)).exporters)).toEqual([
    'otlp_grpc/one',
    'otlp_grpc/two',
    'prometheus/health',
  ]);
});

describe('what is added after the chart was rendered shows as if it had been there before', () => {
  const reader = Reader.pods({ namespace: 'obs', podLabels: { app: 'grafana' } });
  const placement = BackendPlacement.inCluster();

  const additions: Record<string, (chart: TelemetryChart) => void> = {
    'a backend': (chart) => {
      chart.addBackend(backend(chart, 'two'));
    },
    'a reader of the agent': ({ agent }) => {
      agent.addMetricsReader(reader);
    },
    'a reader of Prometheus': ({ prometheus }) => {
      prometheus.addReader(reader);
    },
    'an Alertmanager': ({ prometheus }) => {
      prometheus.addAlertmanager({ url: 'http://alerts.obs:9093', placement });
    },
    'a manager': (chart) => {
      new TelemetryManager(chart, 'manager', { prometheus: chart.prometheus, image: 'm:1' });
    },
    'an agent': (chart) => {
      chart.prometheus.addAgent(secondAgent(chart));
    },
  };
  test.each(Object.entries(additions))('%s', (_, add) => {
    const stack = (before: (chart: TelemetryChart) => unknown): Manifest[] => {
      const chart = newStack(new App());
      chart.addBackend(backend(chart, 'one'));
      before(chart);
      add(chart);
      return render(chart);
    };
    expect(stack(render)).toEqual(stack(() => undefined));
  });

  function secondAgent(chart: TelemetryChart): MetricAgent {
    const backends = [backend(chart, 'two')];
    return new MetricAgent(chart, 'second', {
      cluster,
      instance: 'second',
      inputs: [MetricInput.prometheus()],
      backends,
    });
  }
});

test('ids of users cannot collide with those of the chart', () => {
  const chart = newStack(new App());
  for (const id of ['metric-agent', 'prometheus', 'manager', 'namespace', 'Resource']) {
    chart.addBackend(backend(chart, id.toLowerCase()));
  }
  expect(() => render(chart)).not.toThrow();
});

test('synthesis fails without a backend, naming the agent', () => {
  const app = new App();
  newStack(app);
  expect(() => app.synthYaml()).toThrow(
    /\[telemetry\/cdk8s-telemetry\/metric-agent\] the agent has no backend; fix: add one with addBackend\(\)/,
  );
});

test('synthesis fails on a backend that was never added', () => {
  const app = new App();
  const chart = newStack(app);
  chart.addBackend(backend(chart));
  backend(chart, 'forgotten');
  expect(() => app.synthYaml()).toThrow(/\[telemetry\/forgotten\] no agent uses this backend/);
});

test('without a manager Prometheus alerts nobody', () => {
  const chart = newStack(new App());
  chart.addBackend(backend(chart));
  const manifests = render(chart);
  expect(chart.manager).toBeUndefined();
  expect(manifests.map(({ kind }) => kind)).not.toContain('Deployment');
  expect(JSON.stringify(manifests)).not.toContain('alertmanagers');
});

test('labels of the chart stay out of pods and selectors', () => {
  const chart = newStack(new App(), 'telemetry', { labels: { team: 'platform' } });
  chart.addBackend(backend(chart));
  const daemonSet = manifest(render(chart), 'DaemonSet');
  expect(daemonSet.metadata.labels).toMatchObject({ team: 'platform' });
  expect(JSON.stringify(daemonSet.spec)).not.toContain('platform');
});

test('a JSON patch of the user does exactly what it says', () => {
  const chart = newStack(new App());
  chart.addBackend(backend(chart));
  const daemonSet = ApiObject.of(chart.agent.node.findChild('DaemonSet'));
  daemonSet.addJsonPatch(JsonPatch.add('/spec/template/spec/priorityClassName', 'system-node-critical'));
  expect(templateOf(manifest(render(chart), 'DaemonSet')).spec).toMatchObject({
    priorityClassName: 'system-node-critical',
  });
});

describe('the Namespace', () => {
  const labels = (mesh: IstioMesh) => {
    const chart = newStack(new App(), 'telemetry', { createNamespace: true, cluster: Cluster.of({ mesh }) });
    chart.addBackend(backend(chart));
    return manifest(render(chart), 'Namespace').metadata.labels;
  };
  const enforced = (level: string) => ({
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/audit': 'restricted',
  });

  test('enforces Pod Security restricted', () => {
    expect(labels(IstioMesh.none())).toMatchObject(enforced('restricted'));
    expect(labels(IstioMesh.ambient())).toMatchObject(enforced('restricted'));
    expect(labels(IstioMesh.sidecar({ istioCni: true }))).toMatchObject(enforced('restricted'));
  });

  test('only warns where istio-init needs root', () => {
    expect(labels(IstioMesh.sidecar())).toMatchObject(enforced('privileged'));
  });
});

describe('several stacks in one App', () => {
  test('fail when they would render the same object', () => {
    const app = new App();
    newStack(app, 'one');
    expect(() => newStack(app, 'two')).toThrow(
      /^two\/cdk8s-telemetry\/metric-agent: instance: got "ServiceAccount telemetry-system\/telemetry-metric-agent"; .*one\/cdk8s-telemetry\/metric-agent renders it already/,
    );
  });

  test('fail when names of cluster-scoped objects meet, though namespaces differ', () => {
    const app = new App();
    newStack(app, 'one', { namespace: 'a', instance: 'b-c' });
    expect(() => newStack(app, 'two', { namespace: 'a-b', instance: 'c' })).toThrow(/ClusterRole a-b-c-metric-agent/);
  });

  test.each<[string, Partial<TelemetryChartProps>]>([
    ['by instance', { instance: 'edge' }],
    ['by namespace', { namespace: 'other' }],
    ['by cluster', { cluster: Cluster.of({ name: 'us', mesh: IstioMesh.none() }) }],
  ])('can be told apart %s', (_, props) => {
    const app = new App();
    const inputs = [MetricInput.runtime({ objectStates: false })];
    for (const chart of [newStack(app, 'one'), newStack(app, 'two', { inputs, ...props })])
      chart.addBackend(backend(chart));
    expect(() => app.synthYaml()).not.toThrow();
  });
});

test('a stack can live in a construct of the user', () => {
  const app = new App();
  const chart = newStack(new Construct(app, 'platform'));
  chart.addBackend(backend(chart));
  expect(() => app.synthYaml()).not.toThrow();
});
