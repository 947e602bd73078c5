import type { ServiceSpec } from 'kubernetes-types/core/v1';
import { selectorLabels } from '../labels';
import { AGENT_METRICS_PORT, AGENT_SCRAPE_HEALTH_PORT } from '../ports';
import type { AgentModel } from './model';

/** HTTP by name, for Istio's protocol selection. */
const PORT_NAMES: Record<number, string> = {
  [AGENT_METRICS_PORT]: 'http-metrics',
  [AGENT_SCRAPE_HEALTH_PORT]: 'http-targets',
};

export function metricsPortName(port: number): string {
  return PORT_NAMES[port] ?? `http-${port}`;
}

export function metricsServiceName(agentName: string): string {
  return `${agentName}-metrics`;
}

/** Headless: it only names the pods to Prometheus, nobody dials it. */
export function metricsServiceSpec({ instance, metricsPorts }: AgentModel): ServiceSpec {
  return {
    clusterIP: 'None',
    publishNotReadyAddresses: true, // An agent that never becomes ready must show as down, not be absent.
    selector: selectorLabels('metric-agent', instance),
    ports: metricsPorts.map((port) => ({
      name: metricsPortName(port),
      port,
      targetPort: metricsPortName(port),
      protocol: 'TCP',
    })),
  };
}
