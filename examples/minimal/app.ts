import type { App } from 'cdk8s';
import { BackendPlacement, Cluster, IstioMesh, PipelineBackend, TelemetryChart } from 'cdk8s-telemetry';

/** Runtime metrics of every node to one OTLP gateway, in a cluster without a mesh. */
export function minimal(app: App): void {
  const cluster = Cluster.of({ mesh: IstioMesh.none() });
  const chart = new TelemetryChart(app, 'telemetry', { namespace: 'telemetry-system', cluster });

  const url = 'http://gateway.observability:4317';
  const placement = BackendPlacement.inCluster();
  chart.addBackend(PipelineBackend.otlpGrpc(chart, 'gateway', { url, placement }));
}
