import type { App } from 'cdk8s';
import {
  BackendAuth,
  BackendPlacement,
  Cluster,
  IstioMesh,
  MetricInput,
  PipelineBackend,
  PrometheusTls,
  SecretRef,
  TelemetryChart,
} from 'cdk8s-telemetry';

/** No mesh at all: the vendor gets TLS from the collector, and Prometheus has certificates of its own. */
export function noMesh(app: App): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    createNamespace: true,
    cluster: Cluster.of({
      name: 'plain',
      mesh: IstioMesh.none(),
      podCidrs: ['10.244.0.0/16'],
      nodeCidrs: ['10.10.0.0/16'],
      serviceCidrs: ['10.96.0.0/16'],
      apiServer: { endpointCidrs: ['10.10.0.4/32'], port: 6443 },
    }),
    inputs: [MetricInput.runtime(), MetricInput.prometheus({ namespaces: ['shop'], ports: [8080] })],
    manager: { image: 'registry.example/telemetry-manager:1.4.0' },
    prometheus: { tls: PrometheusTls.certManager({ issuer: 'internal-ca', issuerKind: 'ClusterIssuer' }) },
  });
  chart.addBackend(
    PipelineBackend.otlpHttp(chart, 'vendor', {
      url: 'https://otlp.vendor.example',
      placement: BackendPlacement.external(),
      auth: BackendAuth.bearer(SecretRef.of('vendor', 'token')),
    }),
  );
}
