import {
  BackendPlacement,
  type Cluster,
  MetricAgent,
  MetricInput,
  PipelineBackend,
  PrometheusNoMesh,
  Reader,
} from 'cdk8s-telemetry';
import { Construct } from 'constructs';

/** What a team may say; the rest is the platform's decision. */
export interface ShopTelemetryProps {
  readonly cluster: Cluster;
  /** Port on which the checkout serves its metrics. */
  readonly checkoutPort: number;
}

/** A platform's own construct: agent and self-monitor of one shop, with a scrape job and a reader that every shop has. */
export class ShopTelemetry extends Construct {
  public constructor(scope: Construct, id: string, { cluster, checkoutPort }: ShopTelemetryProps) {
    super(scope, id);
    const gateway = PipelineBackend.otlpGrpc(this, 'gateway', {
      url: 'http://gateway.observability:4317',
      placement: BackendPlacement.inCluster({ podLabels: { app: 'otlp-gateway' } }),
    });
    const checkout = MetricInput.scrapeJob({
      name: 'checkout',
      namespaces: ['shop'],
      podLabels: { app: 'checkout' },
      port: checkoutPort,
    });
    const agent = new MetricAgent(this, 'agent', {
      cluster,
      inputs: [MetricInput.runtime(), checkout],
      backends: [gateway],
    });
    const prometheus = new PrometheusNoMesh(this, 'prometheus', { cluster, agents: [agent] });
    prometheus.addReader(Reader.pods({ namespace: 'monitoring', podLabels: { app: 'grafana' } }));
  }
}
