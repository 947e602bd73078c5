import { App, Size } from 'cdk8s';
import { parse } from 'yaml';
import {
  BackendPlacement,
  Cluster,
  type GrafanaDashboardProps,
  IstioMesh,
  MetricAgent,
  type MetricAgentProps,
  MetricInput,
  PipelineBackend,
  PrometheusNoMesh,
  type PrometheusNoMeshProps,
  Reader,
  TelemetryChart,
} from '../../../src';
import { dashboardMap, dashboardOf, keptMetrics, queries, selectors, titles } from '../../support/dashboard';
import { fileOf, type Manifest, manifest, manifestsOf, newChart } from '../../support/manifests';
import { scenarios } from '../../scenarios';

const cluster = Cluster.of({ mesh: IstioMesh.none() });
const grafana = Reader.pods({ namespace: 'monitoring', podLabels: { app: 'grafana' } });
const withTargets = [MetricInput.runtime(), MetricInput.prometheus()];

type AgentShape = Pick<MetricAgentProps, 'namespace' | 'inputs' | 'resources'>;

/** Prometheus with a dashboard over agents of the given shapes. */
function rendered(shapes: AgentShape[] = [{}], props: Partial<PrometheusNoMeshProps> = {}): Manifest[] {
  const chart = newChart();
  const agents = shapes.map((shape, i) => {
    const backend = PipelineBackend.otlpGrpc(chart, `backend-${i}`, {
      url: 'http://b.ns:4317',
      placement: BackendPlacement.inCluster(),
    });
    return new MetricAgent(chart, `agent-${i}`, { cluster, backends: [backend], ...shape });
  });
  new PrometheusNoMesh(chart, 'prometheus', { cluster, agents, dashboard: {}, readers: [grafana], ...props });
  return chart.toJson() as Manifest[];
}

const withProps = (dashboard: GrafanaDashboardProps): Manifest[] => rendered([{}], { dashboard });

/** The scenario with everything a dashboard can show. */
function whole(): Manifest[] {
  const app = new App();
  scenarios['prometheus-dashboard']?.(app);
  return manifestsOf(app);
}
const everything = whole();
const dashboard = dashboardOf(everything);
const configMap = manifest(everything, 'ConfigMap', 'telemetry-prometheus');

test('there is no dashboard unless it is asked for', () => {
  const names = rendered([{}], { dashboard: undefined }).map(({ metadata }) => metadata.name);
  expect(names).not.toContain('telemetry-prometheus-dashboard');
});

describe('the ConfigMap', () => {
  test('is found by the label that the Grafana Helm chart looks for, and is one of ours', () => {
    const { metadata } = dashboardMap(rendered());
    expect(metadata).toMatchObject({ name: 'telemetry-prometheus-dashboard', namespace: 'ns' });
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1', 'app.kubernetes.io/name': 'prometheus' });
    expect(metadata.annotations).toBeUndefined();
  });

  test('can be found by other labels and name a folder', () => {
    const { metadata } = dashboardMap(withProps({ labels: { dashboards: 'platform' }, folder: 'Platform/Telemetry' }));
    expect(metadata.labels).toMatchObject({ dashboards: 'platform' });
    expect(metadata.labels).not.toHaveProperty('grafana_dashboard');
    expect(metadata.annotations).toEqual({ grafana_folder: 'Platform/Telemetry' });
  });

  test('says in a foreign namespace whose it is', () => {
    expect(dashboardMap(withProps({ namespace: 'monitoring' })).metadata).toMatchObject({
      name: 'ns-telemetry-prometheus-dashboard',
      namespace: 'monitoring',
    });
  });

  test('holds one file, called like the dashboard, because the sidecar writes all files into one folder', () => {
    const { uid } = dashboardOf(rendered());
    expect(uid).toBe('ns-telemetry-prometheus');
    expect(Object.keys(dashboardMap(rendered()).data ?? {})).toEqual([`${uid}.json`]);
  });

  test('keeps the uid of the dashboard short, stable and different', () => {
    const uid = (instance: string): string => dashboardOf(rendered([], { namespace: 'n'.repeat(63), instance })).uid;
    expect(uid('a')).toMatch(/^n{31}-[0-9a-f]{8}$/);
    expect(uid('a')).toBe(uid('a'));
    expect(uid('a')).not.toBe(uid('b'));
  });
});

describe('every query', () => {
  const all = queries(dashboard).flatMap(selectors);
  const kept = keptMetrics(configMap);

  test('asks for metrics that Prometheus keeps of that job', () => {
    expect(all.length).toBeGreaterThan(30);
    for (const { metric, job } of all.filter(({ metric }) => metric !== 'ALERTS')) {
      expect(metric === 'up' ? Object.keys(kept) : kept[job ?? '']).toContain(metric === 'up' ? job : metric);
    }
  });

  test('names no metric outside braces', () => {
    const words = queries(dashboard).flatMap((expr) =>
      expr.match(/\b(?:otelcol|prometheus|process|k8s|scrape)_\w+(?!["\w{])/g),
    );
    expect(words.filter((word) => !['scrape_job', 'k8s_namespace_name', null].includes(word))).toEqual([]);
  });

  test('selects and groups by labels that exist', () => {
    const existing = ['job', 'namespace', 'agent', 'pod', 'node', 'backend'];
    const ofMetrics = ['error_permanent', 'error_type', 'k8s_namespace_name', 'scrape_job', 'alertmanager'];
    const ofAlerts = ['alertname', 'alertstate', 'severity'];
    const grouped = queries(dashboard).flatMap((expr) =>
      [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', ')),
    );
    const used = new Set([...all.flatMap(({ labels }) => labels), ...grouped]);
    expect([...used].filter((label) => ![...existing, ...ofMetrics, ...ofAlerts].includes(label))).toEqual([]);
  });

  test('shows only labels that it groups by', () => {
    for (const { title, targets = [] } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          expect([title, expr]).toEqual([title, expect.stringMatching(new RegExp(`by \\([^)]*\\b${label}\\b`))]);
        }
      }
    }
  });

  test('takes rates over four scrapes at least, whatever the data source is told', () => {
    const intervals = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ interval }) => interval));
    expect(new Set(intervals)).toEqual(new Set([dashboard.refresh]));
    expect(parse(fileOf(configMap, 'prometheus.yml'))).toMatchObject({
      global: { scrape_interval: dashboard.refresh },
    });
  });

  test('asks the data source that is chosen, and no data source by its uid', () => {
    const asked = dashboard.panels.flatMap(({ datasource, targets = [] }) => [
      datasource,
      ...targets.map((t) => t.datasource),
    ]);
    const variables = dashboard.templating.list.filter(({ type }) => type === 'query').map((v) => v.datasource);
    const found = [...asked, ...variables].filter((source) => source !== undefined);
    expect(new Set(found.map(({ uid }) => uid))).toEqual(new Set(['${datasource}']));
  });
});

test('what neither a rule nor the dashboard reads is not kept', () => {
  const rules = fileOf(configMap, 'alerts.yml');
  const read = new Set([...queries(dashboard), rules].flatMap(selectors).map(({ metric }) => metric));
  expect(
    Object.values(keptMetrics(configMap))
      .flat()
      .filter((metric) => !read.has(metric)),
  ).toEqual([]);
});

test('every alert that a panel names exists', () => {
  const rules = parse(fileOf(configMap, 'alerts.yml')) as { groups: { rules: { alert: string }[] }[] };
  const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  const named = dashboard.panels.flatMap(
    ({ description = '' }) => description.match(/\b(?:MetricAgent|Telemetry)[A-Z]\w+/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !alerts.includes(name))).toEqual([]);
});

test('every panel says what it tells, and every id is used once', () => {
  for (const { type, description } of dashboard.panels) if (type !== 'row') expect(description).toMatch(/\.$/);
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('no panel lies on another or beyond the edge', () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of dashboard.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect([title, taken.get(`${x},${y}`)]).toEqual([title, undefined]);
        taken.set(`${x},${y}`, title);
      }
    }
  }
});

describe('there is no panel without data:', () => {
  const scrapePanels = ['Targets down', 'Targets by node', 'Targets down by job'];

  test('no targets where nothing is scraped', () => {
    expect(titles(dashboardOf(rendered([{ inputs: [MetricInput.runtime()] }])))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^Targets/)]),
    );
    expect(titles(dashboardOf(rendered([{ inputs: withTargets }])))).toEqual(expect.arrayContaining(scrapePanels));
  });

  test('no expected number of agents where nobody counts them', () => {
    const agents = (inputs: MetricInput[]): string[] => queries(dashboardOf(rendered([{ inputs }])), 'Agents');
    expect(agents([MetricInput.runtime()])).toHaveLength(2);
    expect(agents([MetricInput.runtime({ objectStates: false })])).toHaveLength(1);
  });

  test('no notifications where nobody is notified', () => {
    expect(titles(dashboardOf(rendered()))).not.toContain('Alerts not delivered');
    expect(titles(dashboard)).toContain('Alerts not delivered');
  });

  test('only alerts and Prometheus itself where no agent is watched', () => {
    const empty = dashboardOf(rendered([]));
    expect(empty.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Overview',
      'Prometheus',
    ]);
    expect(empty.templating.list.map(({ name }) => name)).toEqual(['datasource']);
    expect(queries(empty).join()).not.toContain('metric-agent');
  });
});

test('several agents are named, and each is measured by its own limit', () => {
  const small = { memory: { limit: Size.mebibytes(512) } };
  const shapes = [
    { namespace: 'a', resources: small },
    { namespace: 'b', inputs: [MetricInput.prometheus()] },
  ];
  const both = dashboardOf(rendered(shapes));
  expect(queries(both, 'Memory by node')).toEqual([
    expect.stringMatching(/namespace="a",.* \/ 536870912$/),
    expect.stringMatching(/namespace="b",.* \/ 1073741824$/),
  ]);
  const legends = both.panels.flatMap(({ targets = [] }) => targets.map(({ legendFormat }) => legendFormat));
  expect(legends).toContain('{{namespace}}/{{agent}} {{node}}');
});

test('a data source is chosen in Grafana, or by its exact name', () => {
  const regex = (props: GrafanaDashboardProps): string | undefined =>
    dashboardOf(withProps(props)).templating.list.find(({ name }) => name === 'datasource')?.regex;
  expect(regex({})).toBe('');
  expect(regex({ dataSource: 'Telemetry (eu/1)' })).toBe('/^Telemetry \\(eu\\/1\\)$/');
});

describe('a dashboard needs somebody to show it:', () => {
  const missing = [expect.stringMatching(/nobody to show it; fix: name Grafana’s pods in readers/)];

  test('a reader, also one that is added later', () => {
    const chart = newChart();
    const prometheus = new PrometheusNoMesh(chart, 'prometheus', { cluster, dashboard: {} });
    expect(prometheus.node.validate()).toEqual(missing);
    prometheus.addReader(grafana);
    expect(prometheus.node.validate()).toEqual([]);
  });

  test('the manager is no Grafana', () => {
    const { prometheus } = new TelemetryChart(new App(), 'chart', {
      namespace: 'ns',
      cluster,
      manager: { image: 'registry.example/manager:1' },
      prometheus: { dashboard: {} },
    });
    expect(prometheus.node.validate()).toEqual(missing);
  });
});

test.each<[GrafanaDashboardProps, RegExp]>([
  [{ namespace: 'Not A Namespace' }, /^chart\/prometheus: dashboard\.namespace: got "Not A Namespace"/],
  [{ labels: {} }, /dashboard\.labels: got \{\}; allowed: at least one Kubernetes label/],
  [{ labels: { grafana_dashboard: 'not a value' } }, /dashboard\.labels: got/],
  [{ labels: { 'app.kubernetes.io/name': 'x' } }, /dashboard\.labels: .*app\.kubernetes\.io\/name is/],
  [{ folder: '' }, /dashboard\.folder: got ""/],
  [{ folder: '../etc' }, /dashboard\.folder: got "\.\.\/etc"; allowed: the name of a folder/],
  [{ folder: '/Telemetry' }, /dashboard\.folder: got/],
  [{ dataSource: ' ' }, /dashboard\.dataSource: got " "; allowed: the name of a data source/],
])('fails on %j', (props, message) => {
  expect(() => withProps(props)).toThrow(message);
});
