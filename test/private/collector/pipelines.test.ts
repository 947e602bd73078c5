import {
  BackendPlacement,
  Cluster,
  InputKind,
  IstioMesh,
  MetricAgent,
  MetricInput,
  type OtlpBackendProps,
  PipelineBackend,
  Temporality,
} from '../../../src';
import {
  type CollectorConfig,
  collectorConfig,
  type Manifest,
  manifest,
  newChart,
  policyOf,
} from '../../support/manifests';

type Backends = Record<string, Partial<OtlpBackendProps>>;

function render(backends: Backends, inputs = [MetricInput.runtime(), MetricInput.prometheus()]): Manifest[] {
  const chart = newChart();
  new MetricAgent(chart, 'agent', {
    cluster: Cluster.of({ mesh: IstioMesh.none() }),
    inputs,
    backends: Object.entries(backends).map(([name, props]) =>
      PipelineBackend.otlpGrpc(chart, name, {
        url: `http://${name}.obs:4317`,
        placement: BackendPlacement.inCluster(),
        ...props,
      }),
    ),
  });
  return chart.toJson() as Manifest[];
}

const config = (backends: Backends, inputs?: MetricInput[]): CollectorConfig =>
  collectorConfig(render(backends, inputs));
const pipelines = (...args: Parameters<typeof config>) => config(...args).service.pipelines;

test('every component is used, and every one that is used is defined', () => {
  const { receivers, processors, exporters, connectors, extensions, service } = config({
    a: { namespaces: ['shop'], filters: ['metric.name == "x"'] },
    b: { inputs: [InputKind.RUNTIME] },
  });
  const used = (part: 'receivers' | 'processors' | 'exporters') =>
    new Set(Object.values(service.pipelines).flatMap((pipeline) => pipeline[part]));
  const links = Object.keys(connectors);
  expect(used('receivers')).toEqual(new Set([...Object.keys(receivers), ...links]));
  expect(used('processors')).toEqual(new Set(Object.keys(processors)));
  expect(used('exporters')).toEqual(new Set([...Object.keys(exporters), ...links]));
  expect(service.extensions).toEqual(Object.keys(extensions));
});

test('connectors are left out where nothing is connected', () => {
  expect(config({ a: {} }, [MetricInput.runtime({ objectStates: false })])).not.toHaveProperty('connectors');
});

test('inputs that go to the same backends are enriched once', () => {
  expect(Object.keys(pipelines({ a: {}, b: {} }))).toEqual([
    'metrics/collect-all',
    'metrics/enrich-all',
    'metrics/collect-objects',
    'metrics/objects',
    'metrics/health',
  ]);
});

test('object states are the same whoever leads: nothing that knows one node’s pods adds to them', () => {
  const found = pipelines({ a: {}, b: { inputs: [InputKind.RUNTIME] } });
  const of = (id: string) => found[`metrics/${id}`];
  expect(Object.keys(found).filter((id) => found[id]?.receivers.includes('k8s_cluster'))).toEqual([
    'metrics/collect-objects',
  ]);
  expect([of('collect-objects')?.processors, of('objects')?.processors]).toEqual([
    ['memory_limiter'],
    ['transform/resource'],
  ]);
  expect(of('objects')?.exporters).toEqual(['otlp_grpc/a', 'otlp_grpc/b']);
  expect(of('health')?.receivers).toEqual(['routing/prometheus', 'routing/objects']);
});

test('scrapes name no container: Prometheus only knows one that shares the pod’s address', () => {
  const statements = config({ a: {} }).processors['transform/resource']?.metric_statements;
  const scraped = 'where resource.attributes["url.scheme"] != nil';
  expect(statements).toContain(`delete_key(resource.attributes, "k8s.container.name") ${scraped}`);
});

test('a backend receives the inputs it wants', () => {
  const found = pipelines({ all: {}, runtime: { inputs: [InputKind.RUNTIME] } });
  expect(found['metrics/enrich-runtime']?.exporters).toEqual(['otlp_grpc/all', 'otlp_grpc/runtime']);
  expect(found['metrics/enrich-prometheus']?.exporters).toEqual(['otlp_grpc/all']);
});

test('what no backend wants is not collected, and needs no rights and no egress', () => {
  const manifests = render({ a: { inputs: [InputKind.PROMETHEUS] } });
  expect(Object.keys(collectorConfig(manifests).receivers)).toEqual(['prometheus/prometheus']);
  expect(JSON.stringify(manifest(manifests, 'ClusterRole').rules)).not.toContain('nodes');
  const ports = policyOf(manifest(manifests, 'NetworkPolicy')).egress.flatMap((rule) =>
    rule.ports.map(({ port }) => port),
  );
  expect(ports).not.toContain(10250);
});

test('synthesis fails for a backend that would receive nothing, instead of the agent at start', () => {
  const chart = newChart();
  const cluster = Cluster.of({ mesh: IstioMesh.none() });
  const backend = PipelineBackend.otlpGrpc(chart, 'lost', {
    url: 'http://lost.obs:4317',
    placement: BackendPlacement.inCluster(),
    inputs: [InputKind.PROMETHEUS],
    filters: ['metric.name == "x"'],
  });
  const agent = new MetricAgent(chart, 'agent', { cluster, backends: [backend] });
  expect(agent.node.validate()).toEqual([expect.stringMatching(/^backend lost receives nothing; fix: /)]);
});

test('pipelines of groups keep apart, whatever scrape jobs are called', () => {
  const job = (name: string, namespace: string) =>
    MetricInput.scrapeJob({ name, podLabels: { app: name }, port: 1, namespaces: [namespace] });
  const inputs = [job('a', 'x'), job('b', 'x'), job('a-job-b', 'y')];
  const found = pipelines({ one: { namespaces: ['x'] }, two: { namespaces: ['y'] } }, inputs);
  expect(Object.keys(found).filter((id) => id.startsWith('metrics/enrich'))).toHaveLength(2);
});

describe('namespaces', () => {
  const discovered = (backends: Backends) =>
    config(backends, [MetricInput.prometheus()]).receivers['prometheus/prometheus']?.config?.scrape_configs.map(
      (job) => job.kubernetes_sd_configs[0]?.namespaces?.names,
    );

  test('are those that some backend wants, in discovery itself', () => {
    const found = discovered({ a: { namespaces: ['shop'] }, b: { namespaces: ['bank'] } });
    expect(new Set(found?.map((names) => names?.join()))).toEqual(new Set(['bank,shop']));
  });

  test('are all when one backend wants all', () => {
    expect(discovered({ a: { namespaces: ['shop'] }, b: {} })).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('that only another backend wants are filtered out', () => {
    const { processors, service } = config({ a: { namespaces: ['shop'] }, b: {} }, [MetricInput.prometheus()]);
    expect(processors['filter/namespaces-a']?.metric_conditions).toEqual([
      'resource.attributes["k8s.namespace.name"] != nil and not IsMatch(resource.attributes["k8s.namespace.name"], "^(shop)$$")',
    ]);
    expect(service.pipelines['metrics/backend-a']?.receivers).toEqual(['forward/a']);
    expect(service.pipelines).not.toHaveProperty('metrics/backend-b');
  });

  test('need no filter when nobody else wants more', () => {
    const props = { namespaces: ['shop'] };
    expect(pipelines({ a: props, b: props }, [MetricInput.prometheus()])).not.toHaveProperty('metrics/backend-a');
  });
});

test('a backend’s own processing: namespaces, transforms, filters, differences', () => {
  const found = pipelines({
    a: {
      excludeNamespaces: ['legacy'],
      transforms: ['set(resource.attributes["price"], "5$")'],
      filters: ['metric.name == "x"'],
      temporality: Temporality.DELTA,
    },
    b: {},
  });
  expect(found['metrics/backend-a']?.processors).toEqual([
    'filter/namespaces-a',
    'transform/backend-a',
    'filter/backend-a',
    'cumulative_to_delta/a',
  ]);
});

test('a dollar sign of the user survives the collector’s expansion', () => {
  const { processors } = config({ a: { transforms: ['set(resource.attributes["price"], "5$")'] } });
  expect(processors['transform/backend-a']?.metric_statements).toEqual(['set(resource.attributes["price"], "5$$")']);
});

test('diagnostic metrics go to the self-monitor, and to backends on demand', () => {
  const table = (diagnosticMetrics: boolean) => {
    const routing = config({ a: {} }, [MetricInput.prometheus({ diagnosticMetrics })]).connectors['routing/all'];
    return (routing?.table as { pipelines: string[] }[]).map((route) => route.pipelines);
  };
  expect(table(false)).toEqual([['metrics/health']]);
  expect(table(true)).toEqual([['metrics/health', 'metrics/enrich-all']]);
});

test('names of backends cannot meet each other or our own components', () => {
  const names = ['resource', 'health', 'all', 'namespaces-a', 'backend-a', 'a', 'a-a', 'memory-limiter'];
  const own = { namespaces: ['shop'], transforms: ['set(a, "b")'], filters: ['a == "b"'] };
  const { processors, service } = config({ ...Object.fromEntries(names.map((name) => [name, own])), other: {} });
  expect(Object.keys(processors)).toHaveLength(3 + 2 + 3 * names.length);
  expect(Object.keys(service.pipelines).filter((id) => id.startsWith('metrics/backend-'))).toHaveLength(names.length);
});

describe('queues', () => {
  const sizes = (backends: Backends) =>
    Object.values(config(backends).exporters).flatMap(({ sending_queue }) =>
      sending_queue ? [(sending_queue as { queue_size: number }).queue_size] : [],
    );

  test('share the memory', () => {
    const [one = 0] = sizes({ a: {} });
    const two = sizes({ a: {}, b: {} });
    expect(two).toHaveLength(2);
    expect(two[0]).toBeLessThanOrEqual(one / 2);
  });

  test('take an explicit size', () => {
    expect(sizes({ a: { queueSize: 50_000 } })).toEqual([50_000]);
  });

  test('fail when they could take more than half of the memory', () => {
    expect(() => sizes({ a: { queueSize: 100_000_000 } })).toThrow(
      /^chart\/a: queueSize: got 100000000; allowed: queues/,
    );
  });
});
