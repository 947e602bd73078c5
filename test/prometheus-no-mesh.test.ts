import { Duration, Size } from 'cdk8s';
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
  const readers = [{ namespace: 'monitoring', podLabels: { app: 'grafana' } }];
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
      ['edge', 'ns-telemetry-prometheus'],
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

describe('storage', () => {
  test('by default is an emptyDir with a limit, of which blocks may take three fifths', () => {
    expect(templateOf(statefulSet(prometheus())).spec.volumes).toContainEqual({
      name: 'data',
      emptyDir: { sizeLimit: '2048Mi' },
    });
    expect(args(prometheus())).toContain('--storage.tsdb.retention.size=1228MB');
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

test.each([{}, { app: '' }])('a reader fails unless its labels are real: %p', (podLabels) => {
  const act = () =>
    prometheus({ readers: [{ namespace: 'monitoring', podLabels: podLabels as Record<string, string> }] });
  if (Object.keys(podLabels).length === 0) expect(act).toThrow(/reader\.podLabels: got {}/);
  else expect(JSON.stringify(act())).toContain('"podSelector":{"matchLabels":{"app":""}}');
});
