import { PROMETHEUS_PORT } from '../ports';
import { METRICS_PORT_NAME } from '../agent/service';
import { toYaml } from '../yaml';
import { alertRules } from './alert-rules';
import type { AgentTarget, AlertReceiver, PrometheusModel } from './model';

export const PROMETHEUS_CONFIG_FILE = 'prometheus.yml';
const RULES_FILE = 'alerts.yml';
export const PROMETHEUS_CONFIG_PATH = '/etc/prometheus';

/** Jobs by which rules and dashboards tell the parts apart. */
export const AGENT_JOB = 'metric-agent';
export const SELF_JOB = 'prometheus';

export function prometheusConfigFiles(prometheus: PrometheusModel): Record<string, string> {
  return {
    [PROMETHEUS_CONFIG_FILE]: toYaml(prometheusConfig(prometheus)),
    [RULES_FILE]: toYaml(alertRules(prometheus)),
  };
}

function prometheusConfig({ agents, alertReceivers }: PrometheusModel): Record<string, unknown> {
  return {
    global: { scrape_interval: '30s', evaluation_interval: '30s' },
    rule_files: [`${PROMETHEUS_CONFIG_PATH}/${RULES_FILE}`],
    ...(alertReceivers.length > 0 && { alerting: { alertmanagers: alertReceivers.map(alertmanager) } }),
    scrape_configs: [
      { job_name: SELF_JOB, static_configs: [{ targets: [`localhost:${PROMETHEUS_PORT}`] }] },
      ...(agents.length > 0 ? [agentJob(agents)] : []),
    ],
  };
}

function alertmanager({ host, port, pathPrefix }: AlertReceiver): Record<string, unknown> {
  return {
    api_version: 'v2',
    scheme: 'http', // Behind NetworkPolicy; ADR 4 accepts plaintext between the parts outside the mesh.
    path_prefix: pathPrefix,
    static_configs: [{ targets: [`${host}:${port}`] }],
  };
}

/** Exactly our agents: discovered in their namespaces, kept by Service and port name. */
function agentJob(agents: readonly AgentTarget[]): Record<string, unknown> {
  const services = agents.map(({ namespace, metricsService }) => `${namespace};${metricsService}`);
  return {
    job_name: AGENT_JOB,
    kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: namespacesOf(agents) } }],
    relabel_configs: [
      {
        source_labels: ['__meta_kubernetes_namespace', '__meta_kubernetes_service_name'],
        regex: services.join('|'),
        action: 'keep',
      },
      { source_labels: ['__meta_kubernetes_endpointslice_port_name'], regex: METRICS_PORT_NAME, action: 'keep' },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_pod_node_name'], target_label: 'node' },
    ],
  };
}

export function namespacesOf(agents: readonly AgentTarget[]): string[] {
  return [...new Set(agents.map(({ namespace }) => namespace))].sort();
}
