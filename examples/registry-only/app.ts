import type { App } from 'cdk8s';
import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  MtlsMode,
  OutboundTrafficPolicy,
  PipelineBackend,
  SecretRef,
  TelemetryChart,
} from 'cdk8s-telemetry';

/** A mesh that lets nothing out that it does not know: the vendor gets a ServiceEntry, for the agent's namespace alone. */
export function registryOnly(app: App): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.of({
      name: 'closed',
      mesh: IstioMesh.sidecar({
        mtls: MtlsMode.STRICT,
        outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
      }),
      podCidrs: ['10.244.0.0/16'],
      nodeCidrs: ['10.10.0.0/16'],
      serviceCidrs: ['10.96.0.0/16'],
      apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: ['10.10.0.4/32'], port: 6443 },
    }),
  });
  chart.addBackend(
    PipelineBackend.otlpHttp(chart, 'vendor', {
      url: 'https://otlp.vendor.example',
      placement: BackendPlacement.external(),
      headers: { 'api-key': SecretRef.of('vendor-key', 'token') },
    }),
  );
}
