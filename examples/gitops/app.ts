import type { App } from 'cdk8s';
import { BackendPlacement, PipelineBackend, SecretRef, TelemetryChart } from 'cdk8s-telemetry';
import { clusters } from './clusters';

/** One chart per cluster, named like the cluster: Argo CD or Flux then takes each file or folder to its cluster. */
export function gitops(app: App): void {
  for (const { name, cluster, gateway } of clusters) {
    const chart = new TelemetryChart(app, name, { namespace: 'telemetry-system', createNamespace: true, cluster });
    chart.addBackend(
      PipelineBackend.otlpHttp(chart, 'central', {
        url: gateway,
        placement: BackendPlacement.external(),
        headers: { 'api-key': SecretRef.of('central-key', 'token') },
      }),
    );
  }
}
