import { BackendPlacement, Cluster, IstioMesh, MetricAgent, MetricInput, PipelineBackend } from '../../../src';
import { deployment, flowsOf } from '../../plan/flows/flows-of';
import { type Manifest, newChart } from '../../support/manifests';

/** The manifests of an agent without a mesh. */
function agent(...inputs: MetricInput[]): Manifest[] {
  const chart = newChart();
  const placement = BackendPlacement.inCluster();
  const backends = [PipelineBackend.otlpGrpc(chart, 'gateway', { url: 'http://gateway.obs:4317', placement })];
  new MetricAgent(chart, 'agent', { cluster: Cluster.of({ mesh: IstioMesh.none() }), backends, inputs });
  return chart.toJson() as Manifest[];
}

const port = (containerPort: number, protocol = 'TCP') => ({ containerPort, protocol });
const annotations = (more: Record<string, string> = {}) => ({ 'prometheus.io/scrape': 'true', ...more });
const annotated = annotations({ 'prometheus.io/port': '9102' });

/** `job:port` of every scrape of a pod, relabelled by the rendered rules. */
function scrapes(inputs: MetricInput, ports: object[], metadata: object = {}, others: object[] = []): string[] {
  const pods = deployment('statsd', { container: { ports }, metadata });
  return flowsOf([...agent(inputs), pods, ...others], { mesh: { mode: 'none' } }).rows.flatMap((row) => {
    const match = /→ workload statsd:(\d+) scrape .*jobs\.(\S+)$/.exec(row);
    return match ? `${match[2]}:${match[1]}` : [];
  });
}

describe('a pod that declares UDP ports only is scraped', () => {
  const udp = [port(8125, 'UDP')];

  test('on the port of its annotation', () => {
    expect(scrapes(MetricInput.prometheus(), udp, { annotations: annotated })).toEqual(['pods:9102']);
  });

  test('on the port of its Service’s annotation', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'statsd', namespace: 'here', annotations: annotated },
      spec: { selector: { app: 'statsd' }, ports: [{ name: 'statsd', protocol: 'UDP', port: 8125 }] },
    };
    expect(scrapes(MetricInput.prometheus(), udp, {}, [service])).toEqual(['services:9102']);
  });

  test('on the port of a job', () => {
    const job = MetricInput.scrapeJob({ name: 'statsd', podLabels: { app: 'statsd' }, port: 9102 });
    expect(scrapes(job, udp)).toEqual(['job-statsd:9102']);
  });
});

test('declared UDP ports are no targets', () => {
  const ports = [port(8125, 'UDP'), port(9102)];
  expect(scrapes(MetricInput.prometheus(), ports, { annotations: annotations() })).toEqual(['pods:9102']);
});
