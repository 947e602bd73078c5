import { apiServerFlow, destinationFlow, dnsFlows, type Flow, tcp } from '../flow';
import { podsOf } from '../network-peer';
import { PROMETHEUS_PORT } from '../ports';
import type { PrometheusModel } from './model';

/** ADR 4: the manager, the readers the user names, and nobody else. */
export function prometheusIngress({ readers }: PrometheusModel): Flow[] {
  return readers.length > 0 ? [{ peers: readers, ports: tcp(PROMETHEUS_PORT) }] : [];
}

export function prometheusEgress({ cluster, agents, alertReceivers }: PrometheusModel): Flow[] {
  return [
    ...dnsFlows(cluster),
    ...(agents.length > 0 ? [apiServerFlow(cluster)] : []),
    ...agents.map(({ namespace, podLabels, metricsPorts }) => ({
      peers: [podsOf(namespace, podLabels)],
      ports: tcp(...metricsPorts),
    })),
    ...alertReceivers.map((receiver) => destinationFlow(receiver, cluster)),
  ];
}
