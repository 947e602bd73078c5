import type { App } from 'cdk8s';
import { BackendPlacement, Cluster, MetricInput, PipelineBackend, TelemetryChart } from 'cdk8s-telemetry';
import { join } from 'node:path';

/** ADR 26's own case: a Prometheus in the mesh takes the metrics on 9090, the port on which applications are scraped. */
export function adr26LocalPrometheus(app: App): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.fromFile(join(__dirname, 'cluster.yaml')),
    inputs: [MetricInput.prometheus({ namespaces: ['shop'], ports: [9090] })],
  });
  chart.addBackend(
    PipelineBackend.prometheusRemoteWrite(chart, 'local', {
      url: 'http://prometheus.monitoring:9090/api/v1/write',
      placement: BackendPlacement.inMesh({ podLabels: { 'app.kubernetes.io/name': 'prometheus' } }),
    }),
  );
}
