import type { AgentModel } from '../agent/model';
import { collectsObjectStates } from '../input';
import { AGENT_HEALTH_PORT, AGENT_METRICS_PORT } from '../ports';
import { toYaml } from '../yaml';
import { CONFIG_FILE, hostFromEnv, POD_IP_ENV } from './environment';
import { exporterExtensions, exporters } from './exporters';
import { HEALTH_PIPELINE, healthExporter } from './health';
import { pipelines } from './pipelines';
import { LEADER_ELECTOR, receivers } from './receivers';
import { queueExtensions } from './storage';

type Settings = Record<string, unknown>;

/** The agent's ConfigMap: the collector config, rendered for the collector version of this release. */
export function collectorConfigFiles(agent: AgentModel): Record<string, string> {
  return { [CONFIG_FILE]: toYaml(collectorConfig(agent)) };
}

function collectorConfig(agent: AgentModel): Settings {
  const { backends, cluster } = agent;
  const extensions = { ...agentExtensions(agent), ...exporterExtensions(backends), ...queueExtensions(backends) };
  const { processors, connectors, pipelines: flow } = pipelines(agent);
  return {
    extensions,
    receivers: receivers(agent),
    processors,
    ...(Object.keys(connectors).length > 0 && { connectors }),
    exporters: { ...exporters(agent), ...(HEALTH_PIPELINE in flow && healthExporter(cluster.ipv6)) },
    service: { extensions: Object.keys(extensions), telemetry: selfTelemetry(agent), pipelines: flow },
  };
}

function agentExtensions({ inputs, namespace, cluster, leaseName }: AgentModel): Record<string, Settings> {
  return {
    health_check: { endpoint: `${hostFromEnv(POD_IP_ENV, cluster.ipv6)}:${AGENT_HEALTH_PORT}` },
    ...(inputs.some(collectsObjectStates) && {
      [LEADER_ELECTOR]: { auth_type: 'serviceAccount', lease_name: leaseName, lease_namespace: namespace },
    }),
  };
}

function selfTelemetry({ cluster }: AgentModel): Settings {
  const prometheus = {
    host: hostFromEnv(POD_IP_ENV, cluster.ipv6),
    port: AGENT_METRICS_PORT,
    // The alert rules name metrics with type and unit suffixes and without scope labels.
    without_type_suffix: false,
    without_units: false,
    without_scope_info: true,
  };
  return {
    logs: { level: 'info', encoding: 'json' },
    // Failures say of which kind they are at this level only; Prometheus keeps what the rules read.
    metrics: { level: 'detailed', readers: [{ pull: { exporter: { prometheus } } }] },
  };
}
