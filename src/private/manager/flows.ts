import { apiServerFlow, apiServerPeers, dnsFlows, type Flow, tcp } from '../flow';
import { podsOf } from '../network-peer';
import { PROMETHEUS_PORT } from '../ports';
import { type ManagerModel, usesApi } from './model';

/** Alerts come from Prometheus, admission requests from the API server, and nothing from anybody else. */
export function managerIngress({ cluster, prometheus, webhookPort, admissionPort }: ManagerModel): Flow[] {
  return [
    { peers: [podsOf(prometheus.namespace, prometheus.podLabels)], ports: tcp(webhookPort) },
    ...(admissionPort === undefined ? [] : [{ peers: apiServerPeers(cluster), ports: tcp(admissionPort) }]),
  ];
}

export function managerEgress(manager: ManagerModel): Flow[] {
  const { cluster, prometheus } = manager;
  return [
    ...dnsFlows(cluster),
    ...(usesApi(manager) ? [apiServerFlow(cluster)] : []),
    { peers: [podsOf(prometheus.namespace, prometheus.podLabels)], ports: tcp(PROMETHEUS_PORT) },
  ];
}
