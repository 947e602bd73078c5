import { type App, Chart } from 'cdk8s';
import { Cluster, IstioMesh } from 'cdk8s-telemetry';
import { ShopTelemetry } from './shop-telemetry';

/** A construct of one's own, made of the library's parts, in a chart of one's own. */
export function extend(app: App): void {
  const chart = new Chart(app, 'shop', { namespace: 'telemetry-system' });
  new ShopTelemetry(chart, 'telemetry', { cluster: Cluster.of({ mesh: IstioMesh.none() }), checkoutPort: 9102 });
}
