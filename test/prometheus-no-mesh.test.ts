import { Duration, Size } from 'cdk8s';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  MetricAgent,
  MetricInput,
  PipelineBackend,
  PrometheusNoMesh,
  type PrometheusOptions,
  PrometheusStorage,
  Reader,
} from '../src';
import { fileOf, type Manifest, manifest, newChart, policyOf, templateOf } from './support/manifests';

const cluster = Cluster.of({ mesh: IstioMesh.sidecar() });

function prometheus(props: PrometheusOptions = {}, agentNamespaces: string[] = []): Manifest[] {
  const chart = newChart();
  const agents = agentNamespaces.map((namespace) => {
    const backend = PipelineBackend.otlpGrpc(chart, `to-${namespace}`, {
      url: 'http://b.ns:4317',
      placement: BackendPlacement.inMesh(),
    });
    const inputs = [MetricInput.istio()];
    return new MetricAgent(chart, `agent-${namespace}`, { cluster, namespace, inputs, backends: [backend] });
  });
  new PrometheusNoMesh(chart, 'prometheus', { cluster, agents, ...props });
  return chart.toJson() as Manifest[];
}

const big = { storage: PrometheusStorage.ephemeral(Size.gibibytes(10)) };
const statefulSet = (manifests: Manifest[]): Manifest => manifest(manifests, 'StatefulSet');
const args = (manifests: Manifest[]): string[] => templateOf(statefulSet(manifests)).spec.containers[0]?.args ?? [];

test('ADR 4: is outside the mesh, whatever the mesh', () => {
  expect(templateOf(statefulSet(prometheus())).metadata.labels).toMatchObject({
    'sidecar.istio.io/inject': 'false',
    'istio.io/dataplane-mode': 'none',
  });
});

test('ADR 4: nobody reaches it until a reader is named', () => {
  expect(policyOf(manifest(prometheus(), 'NetworkPolicy')).ingress).toEqual([]);
});

test('a reader is admitted by namespace and pod labels together', () => {
  const readers = [Reader.pods({ namespace: 'monitoring', podLabels: { app: 'grafana' } })];
  expect(policyOf(manifest(prometheus({ readers }), 'NetworkPolicy')).ingress).toEqual([
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
          podSelector: { matchLabels: { app: 'grafana' } },
        },
      ],
      ports: [{ port: 9090, protocol: 'TCP' }],
    },
  ]);
});

describe('watching agents', () => {
  const manifests = prometheus({}, ['ns', 'edge']);

  test('discovers exactly their metrics Services', () => {
    const config = parse(fileOf(manifest(manifests, 'ConfigMap', 'telemetry-prometheus'), 'prometheus.yml')) as unknown;
    expect(config).toMatchObject({
      scrape_configs: [
        { job_name: 'prometheus' },
        {
          job_name: 'metric-agent',
          kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: ['edge', 'ns'] } }],
          relabel_configs: expect.arrayContaining([
            expect.objectContaining({
              regex: 'ns;telemetry-metric-agent-metrics|edge;telemetry-metric-agent-metrics',
              action: 'keep',
            }),
          ]) as unknown,
        },
      ],
    });
  });

  test('needs a Role in each of their namespaces and no ClusterRole', () => {
    const roles = manifests.filter(({ kind, metadata }) => kind === 'Role' && metadata.name.includes('prometheus'));
    expect(roles.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ['ns', 'telemetry-prometheus'],
      ['edge', 'ns-telemetry-prometheus-edge'],
    ]);
  });

  test('is admitted by each agent', () => {
    for (const policy of manifests.filter(
      (m) => m.kind === 'NetworkPolicy' && m.metadata.name.includes('metric-agent'),
    )) {
      expect(policyOf(policy).ingress).toEqual([
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ns' } },
              podSelector: {
                matchLabels: { 'app.kubernetes.io/instance': 'telemetry', 'app.kubernetes.io/name': 'prometheus' },
              },
            },
          ],
          ports: [
            { port: 8888, protocol: 'TCP' },
            { port: 8889, protocol: 'TCP' },
          ],
        },
      ]);
    }
  });

  test('mounts a token only when there is something to discover', () => {
    expect(templateOf(statefulSet(manifests)).spec.automountServiceAccountToken).toBe(true);
    expect(templateOf(statefulSet(prometheus())).spec.automountServiceAccountToken).toBe(false);
  });
});

interface Rule {
  readonly alert: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

function rulesOf(manifests: Manifest[]): Rule[] {
  const text = fileOf(manifest(manifests, 'ConfigMap', 'telemetry-prometheus'), 'alerts.yml');
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
}

describe('alerts', () => {
  const rules = rulesOf(prometheus({}, ['ns']));

  test('all have a severity, a summary, a description and a runbook section', () => {
    const runbooks = readFileSync(join(__dirname, '../docs/alerts.md'), 'utf8');
    for (const { alert, labels, annotations } of rules) {
      expect(['critical', 'warning', 'none']).toContain(labels.severity);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
      expect(annotations.runbook_url).toMatch(new RegExp(`#${alert.toLowerCase()}$`));
      expect(runbooks).toContain(`\n## ${alert}\n`);
    }
  });

  test('lead to runbooks on a page of the user', () => {
    const runbooks = 'https://wiki.example/on-call/telemetry?version=1';
    for (const { alert, annotations } of rulesOf(prometheus({ runbooks }))) {
      expect(annotations.runbook_url).toBe(`${runbooks}#${alert.toLowerCase()}`);
    }
  });

  test.each([
    'wiki.example/alerts',
    'https://',
    'ftp://wiki.example',
    'https://wiki.example/#alerts',
    'https://a b',
    'https://wiki.example/{{ . }}',
  ])('fail on %j as the page of their runbooks', (runbooks) => {
    expect(() => prometheus({ runbooks })).toThrow('runbooks: got');
  });

  test('keep the password in the address of their runbooks out of the error', () => {
    const wrong = (): Manifest[] => prometheus({ runbooks: 'https://reader:secret@wiki.example/alerts' });
    expect(wrong).toThrow('got "https://***@wiki.example/alerts"; allowed: an http or https URL without user');
  });

  test('know each backend whose data never came', () => {
    const absent = rules.filter(({ alert }) => alert === 'TelemetryBackendMetricsAbsent');
    expect(absent.map(({ labels }) => labels.backend)).toEqual(['to-ns']);
  });

  test('do not expect a manager, a count or a receiver that is not there', () => {
    const names = rules.map(({ alert }) => alert);
    expect(names).not.toContain('TelemetryManagerNotReading');
    expect(names).not.toContain('MetricAgentMissingOnNodes');
    expect(names).not.toContain('TelemetryAlertsNotDelivered');
  });

  test('go to the Alertmanagers that are named, and the way there is open', () => {
    const alertmanagers = [
      {
        url: 'http://alertmanager.monitoring:9093/prefix',
        placement: BackendPlacement.inCluster({ podLabels: { app: 'alertmanager' } }),
      },
    ];
    const found = prometheus({ alertmanagers });
    const config = parse(fileOf(manifest(found, 'ConfigMap'), 'prometheus.yml')) as { alerting: unknown };
    expect(config.alerting).toEqual({
      alertmanagers: [
        {
          api_version: 'v2',
          scheme: 'http',
          path_prefix: '/prefix',
          static_configs: [{ targets: ['alertmanager.monitoring:9093'] }],
        },
      ],
    });
    expect(policyOf(manifest(found, 'NetworkPolicy')).egress.at(-1)?.ports).toEqual([{ port: 9093, protocol: 'TCP' }]);
  });

  test('fail to go into the mesh', () => {
    const alertmanagers = [{ url: 'http://alertmanager.monitoring:9093', placement: BackendPlacement.inMesh() }];
    expect(() => prometheus({ alertmanagers })).toThrow(/alertmanager\.placement: got "in the mesh".*ADR 4/);
  });
});

describe('storage', () => {
  test('by default is an emptyDir with a limit, of which retention leaves room to write a block', () => {
    expect(templateOf(statefulSet(prometheus())).spec.volumes).toContainEqual({
      name: 'data',
      emptyDir: { sizeLimit: '2048Mi' },
    });
    expect(args(prometheus())).toContain('--storage.tsdb.retention.size=1448MB');
  });

  test('can be a claim of the given size and class', () => {
    const storage = PrometheusStorage.persistent({ size: Size.gibibytes(20), storageClassName: 'fast' });
    expect(statefulSet(prometheus({ storage })).spec?.volumeClaimTemplates).toEqual([
      {
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'fast',
          resources: { requests: { storage: '20480Mi' } },
        },
      },
    ]);
  });

  test('fails below what the write-ahead log needs', () => {
    expect(() => PrometheusStorage.ephemeral(Size.mebibytes(500))).toThrow(
      /size: got "500 MiB"; allowed: at least 1000/,
    );
  });
});

describe('the expected number of nodes', () => {
  const memory = (props: PrometheusOptions) =>
    templateOf(statefulSet(prometheus(props))).spec.containers[0]?.resources.limits.memory;

  test('sizes the memory, never below the default', () => {
    expect(
      [undefined, 10, 100, 300, 1000].map((expectedNodes) => memory(expectedNodes ? { expectedNodes, ...big } : {})),
    ).toEqual(['512Mi', '512Mi', '512Mi', '928Mi', '2930Mi']);
  });

  test('fails with a volume, a retention or a limit that is too small for them', () => {
    expect(() => memory({ expectedNodes: 5000 })).toThrow(
      /storage: got "2048 MiB"; allowed: at least \d+ MiB for 5000 nodes/,
    );
    expect(() => memory({ expectedNodes: 300, retention: Duration.days(30) })).toThrow(/shorten the retention/);
    expect(() => memory({ resources: { ephemeralStorage: { limit: Size.gibibytes(2) } } })).toThrow(
      /resources\.ephemeralStorage\.limit: got "2048Mi"/,
    );
    expect(() => memory({ expectedNodes: 300, resources: { memory: { limit: Size.mebibytes(600) } } })).toThrow(
      /resources\.memory\.limit: got "600Mi"; allowed: at least 928Mi for 300 nodes/,
    );
    expect(() => memory({ expectedNodes: 0 })).toThrow(/expectedNodes: got 0/);
  });
});

test('retention is given in hours', () => {
  expect(args(prometheus({ retention: Duration.days(2) }))).toContain('--storage.tsdb.retention.time=48h');
  expect(() => prometheus({ retention: Duration.minutes(30) })).toThrow(/retention: got "0.5 h"/);
});

test('fails on an agent of another cluster', () => {
  const chart = newChart();
  const agent = new MetricAgent(chart, 'agent', {
    cluster: Cluster.of({ name: 'us', mesh: IstioMesh.none() }),
    backends: [],
  });
  expect(() => new PrometheusNoMesh(chart, 'prometheus', { cluster, agents: [agent] })).toThrow(
    /^chart\/prometheus: agent: got "chart\/agent"; allowed: an agent of the same cluster/,
  );
});
