import type { App } from 'cdk8s';
import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  MeshMembership,
  MetricInput,
  PipelineBackend,
  TelemetryChart,
} from 'cdk8s-telemetry';

/** An ambient mesh: ztunnel encrypts, so there are no sidecars, no certificates and no traffic annotations. */
export function ambient(app: App): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.of({
      name: 'ambient-1',
      mesh: IstioMesh.ambient(),
      namespaces: [{ name: 'shop', labels: { 'istio.io/dataplane-mode': 'ambient' } }],
      services: [
        {
          name: 'gateway',
          namespace: 'observability',
          ports: [{ port: 4317, name: 'grpc-otlp' }],
          podLabels: { app: 'otlp-gateway' },
          mesh: MeshMembership.AMBIENT,
        },
      ],
    }),
    inputs: [MetricInput.runtime(), MetricInput.prometheus({ namespaces: ['shop'], ports: [8080] })],
  });
  chart.addBackend(
    PipelineBackend.otlpGrpc(chart, 'gateway', {
      url: 'http://gateway.observability:4317',
      placement: BackendPlacement.inMesh({ podLabels: { app: 'otlp-gateway' } }),
    }),
  );
}
