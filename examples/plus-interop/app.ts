import { type App, Chart } from 'cdk8s';
import { Namespaces, Pods, Secret } from 'cdk8s-plus-28';
import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  PipelineBackend,
  Reader,
  SecretRef,
  TelemetryChart,
} from 'cdk8s-telemetry';

/** Credentials and readers are what cdk8s-plus calls them elsewhere in the App. */
export function plusInterop(app: App): void {
  const monitoring = new Chart(app, 'monitoring');
  const grafana = Pods.select(monitoring, 'grafana', {
    labels: { app: 'grafana' },
    namespaces: Namespaces.select(monitoring, 'namespaces', { names: ['monitoring'] }),
  });

  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.of({ mesh: IstioMesh.none() }),
    prometheus: { readers: [Reader.fromPeer(grafana)] },
  });

  const key = Secret.fromSecretName(chart, 'vendor-key', 'vendor-key');
  chart.addBackend(
    PipelineBackend.otlpHttp(chart, 'vendor', {
      url: 'https://otlp.vendor.example',
      placement: BackendPlacement.external(),
      headers: { 'api-key': SecretRef.fromSecretValue({ secret: key, key: 'token' }) },
    }),
  );
}
