import type { AgentModel } from '../agent/model';
import { AGENT_SCRAPE_HEALTH_PORT } from '../ports';
import { hostFromEnv, POD_IP_ENV } from './environment';

type Settings = Record<string, unknown>;

/** What Prometheus itself says about each scrape. A dead target shows nowhere else. */
export const DIAGNOSTIC_METRICS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];

export const HEALTH_PIPELINE = 'metrics/health';
export const HEALTH_EXPORTER = 'prometheus/health';

/** Names under which the self-monitor finds them; `up` itself would be taken for that of the agent. */
export const TARGET_UP = 'scrape_target_up';
export const DESIRED_AGENTS = 'k8s_daemonset_desired_scheduled_nodes';
export const READY_AGENTS = 'k8s_daemonset_ready_nodes';

/** How many agents there should be and are; the leader among them knows. */
export function ownDaemonSetCounts({ name, namespace }: AgentModel): string {
  const counts = ['k8s.daemonset.desired_scheduled_nodes', 'k8s.daemonset.ready_nodes'];
  const isCount = counts.map((count) => `metric.name == "${count}"`).join(' or ');
  return [
    `(${isCount})`,
    `resource.attributes["k8s.daemonset.name"] == "${name}"`,
    `resource.attributes["k8s.namespace.name"] == "${namespace}"`,
  ].join(' and ');
}

/** Only whether a target is up, by who it is: everything else would be one more series per target. */
export function healthProcessors(): Record<string, Settings> {
  return {
    'filter/health': {
      error_mode: 'ignore',
      metric_conditions: ['IsMatch(metric.name, "^scrape_")'],
    },
    'transform/health': {
      error_mode: 'ignore',
      metric_statements: [
        `set(metric.name, "${TARGET_UP}") where metric.name == "up"`,
        'set(resource.attributes["scrape.job"], resource.attributes["service.name"])',
        'set(resource.attributes["target"], resource.attributes["service.instance.id"])',
        'keep_keys(resource.attributes, ["scrape.job", "target", "k8s.namespace.name", "k8s.pod.name"])',
      ],
    },
  };
}

export function healthExporter(ipv6: boolean): Record<string, Settings> {
  return {
    [HEALTH_EXPORTER]: {
      endpoint: `${hostFromEnv(POD_IP_ENV, ipv6)}:${AGENT_SCRAPE_HEALTH_PORT}`,
      resource_to_telemetry_conversion: { enabled: true },
      metric_expiration: '3m',
    },
  };
}
