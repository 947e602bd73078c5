import type { App } from 'cdk8s';
import { join } from 'node:path';
import { BackendPlacement, Cluster, MetricInput, PipelineBackend, SecretRef, TelemetryChart } from 'cdk8s-telemetry';

/** A platform's telemetry: three inputs, three backends, an Istio mesh in STRICT mode. */
export function platform(app: App): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    createNamespace: true,
    cluster: Cluster.fromFile(join(__dirname, 'cluster.yaml')),
    inputs: [
      MetricInput.runtime(),
      MetricInput.prometheus({ namespaces: ['shop', 'legacy'], ports: [8080, 9090, 9102] }),
      MetricInput.istio({ namespaces: ['shop'] }),
    ],
    manager: { image: 'registry.example/telemetry-manager:1.4.0' },
  });

  // ADR 26's example: a Prometheus in the mesh. Applications are scraped on the same port, and those scrapes go direct.
  chart.addBackend(
    PipelineBackend.prometheusRemoteWrite(chart, 'local', {
      url: 'http://prometheus.monitoring:9090/api/v1/write',
      placement: BackendPlacement.inMesh({ podLabels: { 'app.kubernetes.io/name': 'prometheus' } }),
    }),
  );
  chart.addBackend(
    PipelineBackend.otlpGrpc(chart, 'gateway', {
      url: 'gateway.observability:4317',
      placement: BackendPlacement.inMesh({ podLabels: { app: 'otlp-gateway' } }),
    }),
  );
  chart.addBackend(
    PipelineBackend.otlpHttp(chart, 'vendor', {
      url: 'https://otlp.vendor.example',
      placement: BackendPlacement.external(),
      headers: { 'api-key': SecretRef.of('vendor-key', 'token') },
    }),
  );
}
