import type { ServiceSpec } from 'kubernetes-types/core/v1';
import { selectorLabels } from '../labels';
import { AGENT_METRICS_PORT, AGENT_SCRAPE_HEALTH_PORT } from '../ports';
import type { AgentModel } from './model';

export const METRICS_PORT_NAME = 'http-metrics';
export const SCRAPE_HEALTH_PORT_NAME = 'http-targets';

export function metricsServiceName(agentName: string): string {
  return `${agentName}-metrics`;
}

/** Headless: it only names the pods to Prometheus, nobody dials it. */
export function metricsServiceSpec({ instance }: AgentModel): ServiceSpec {
  return {
    clusterIP: 'None',
    publishNotReadyAddresses: true, // An agent that never becomes ready must show as down, not be absent.
    selector: selectorLabels('metric-agent', instance),
    ports: [
      { name: METRICS_PORT_NAME, port: AGENT_METRICS_PORT, targetPort: METRICS_PORT_NAME, protocol: 'TCP' },
      {
        name: SCRAPE_HEALTH_PORT_NAME,
        port: AGENT_SCRAPE_HEALTH_PORT,
        targetPort: SCRAPE_HEALTH_PORT_NAME,
        protocol: 'TCP',
      },
    ],
  };
}
