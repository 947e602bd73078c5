import { metricsPortName, metricsServiceName } from '../agent/service';
import { EXPORTER_TYPE } from '../backend';
import { hostPort } from '../endpoint';
import { PROMETHEUS_PORT } from '../ports';
import { toYaml } from '../yaml';
import { alertRules } from './alert-rules';
import { AGENT_JOB, AGENT_METRICS, SCRAPE_INTERVAL, SELF_JOB, SELF_METRICS } from './metrics';
import type { AgentTarget, AlertReceiver, PrometheusModel } from './model';
import { clientTlsConfig, webConfig } from './tls';
import type { PrometheusTlsModel } from './tls-model';

export const PROMETHEUS_CONFIG_FILE = 'prometheus.yml';
const RULES_FILE = 'alerts.yml';
export const WEB_CONFIG_FILE = 'web.yml';
export const PROBE_CONFIG_FILE = 'probe.yml';
export const PROMETHEUS_CONFIG_PATH = '/etc/prometheus';

export function prometheusConfigFiles(prometheus: PrometheusModel): Record<string, string> {
  return {
    [PROMETHEUS_CONFIG_FILE]: toYaml(prometheusConfig(prometheus)),
    [RULES_FILE]: toYaml(alertRules(prometheus)),
    ...(prometheus.tls && {
      [WEB_CONFIG_FILE]: toYaml(webConfig(prometheus.tls)),
      [PROBE_CONFIG_FILE]: toYaml({ tls_config: clientTlsConfig(prometheus.tls) }),
    }),
  };
}

function prometheusConfig({ agents, alertReceivers, tls }: PrometheusModel): Record<string, unknown> {
  return {
    global: { scrape_interval: SCRAPE_INTERVAL, evaluation_interval: SCRAPE_INTERVAL },
    rule_files: [`${PROMETHEUS_CONFIG_PATH}/${RULES_FILE}`],
    ...(alertReceivers.length > 0 && { alerting: { alertmanagers: alertReceivers.map(alertmanager) } }),
    scrape_configs: [selfJob(tls), ...(agents.length > 0 ? [agentJob(agents)] : [])],
  };
}

function alertmanager({ endpoint }: AlertReceiver): Record<string, unknown> {
  return {
    api_version: 'v2',
    scheme: endpoint.scheme,
    path_prefix: endpoint.path === '' ? '/' : endpoint.path,
    static_configs: [{ targets: [hostPort(endpoint)] }],
  };
}

function selfJob(tls: PrometheusTlsModel | undefined): Record<string, unknown> {
  return {
    job_name: SELF_JOB,
    ...(tls && { scheme: 'https', tls_config: clientTlsConfig(tls) }),
    static_configs: [{ targets: [`localhost:${PROMETHEUS_PORT}`] }],
    metric_relabel_configs: [keepMetrics(SELF_METRICS)],
  };
}

/** Exactly our agents: discovered in their namespaces, kept by Service and port name. */
function agentJob(agents: readonly AgentTarget[]): Record<string, unknown> {
  const services = agents.map(({ namespace, name }) => `${namespace};${metricsServiceName(name)}`);
  return {
    job_name: AGENT_JOB,
    // Labels with dots, such as error.type, then read error_type as in every rule below.
    metric_name_escaping_scheme: 'underscores',
    kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: namespacesOf(agents) } }],
    relabel_configs: [
      {
        source_labels: ['__meta_kubernetes_namespace', '__meta_kubernetes_service_name'],
        regex: services.join('|'),
        action: 'keep',
      },
      {
        source_labels: ['__meta_kubernetes_endpointslice_port_name'],
        regex: [...new Set(agents.flatMap(({ metricsPorts }) => metricsPorts.map(metricsPortName)))].join('|'),
        action: 'keep',
      },
      copyLabel('__meta_kubernetes_namespace', 'namespace'),
      copyLabel('__meta_kubernetes_service_name', 'agent', metricsServiceName('(.+)')),
      copyLabel('__meta_kubernetes_pod_name', 'pod'),
      copyLabel('__meta_kubernetes_pod_node_name', 'node'),
    ],
    metric_relabel_configs: [
      keepMetrics(AGENT_METRICS),
      copyLabel('exporter', 'backend', `(?:${Object.values(EXPORTER_TYPE).join('|')})/(.+)`),
    ],
  };
}

function copyLabel(from: string, to: string, regex?: string): Record<string, unknown> {
  return { source_labels: [from], ...(regex !== undefined && { regex }), target_label: to };
}

/** What no rule and no dashboard reads is not stored. */
function keepMetrics(names: readonly string[]): Record<string, unknown> {
  return { source_labels: ['__name__'], regex: names.join('|'), action: 'keep' };
}

function namespacesOf(agents: readonly AgentTarget[]): string[] {
  return [...new Set(agents.map(({ namespace }) => namespace))].sort();
}
