import type { AgentModel } from '../agent/model';
import { exporterId } from '../backend';
import { AGENT_HEALTH_PORT, AGENT_METRICS_PORT } from '../ports';
import { toYaml } from '../yaml';
import { CONFIG_FILE, hostFromEnv, literal, NODE_NAME_ENV, POD_IP_ENV } from './environment';
import { exporterExtensions, exporters } from './exporters';
import { LEADER_ELECTOR, receivers } from './receivers';

type Settings = Record<string, unknown>;

/** The agent's ConfigMap: the collector config, rendered for the collector version of this release. */
export function collectorConfigFiles(agent: AgentModel, leaseName: string): Record<string, string> {
  return { [CONFIG_FILE]: toYaml(collectorConfig(agent, leaseName)) };
}

function collectorConfig(agent: AgentModel, leaseName: string): Settings {
  const { backends } = agent;
  const extensions = { ...agentExtensions(agent, leaseName), ...exporterExtensions(backends) };
  const parts = { receivers: receivers(agent), processors: processors(agent), exporters: exporters(backends) };
  return {
    extensions,
    ...parts,
    service: {
      extensions: Object.keys(extensions),
      telemetry: selfTelemetry(agent),
      pipelines: {
        metrics: {
          receivers: Object.keys(parts.receivers),
          processors: Object.keys(parts.processors),
          exporters: backends.map(exporterId),
        },
      },
    },
  };
}

function agentExtensions({ inputs, namespace, cluster }: AgentModel, leaseName: string): Record<string, Settings> {
  return {
    health_check: { endpoint: `${hostFromEnv(POD_IP_ENV, cluster.ipv6)}:${AGENT_HEALTH_PORT}` },
    ...(inputs.runtime && {
      [LEADER_ELECTOR]: { auth_type: 'serviceAccount', lease_name: leaseName, lease_namespace: namespace },
    }),
  };
}

/** In this order in the pipeline. */
function processors({ cluster }: AgentModel): Record<string, Settings> {
  return {
    memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
    k8s_attributes: K8S_ATTRIBUTES,
    ...(cluster.name !== '' && {
      'transform/cluster': {
        error_mode: 'ignore',
        metric_statements: [`set(resource.attributes["k8s.cluster.name"], ${literal(JSON.stringify(cluster.name))})`],
      },
    }),
  };
}

/** Only attributes that come with the pod itself: the processor then watches nothing but the pods of its node. */
const K8S_ATTRIBUTES = {
  auth_type: 'serviceAccount',
  filter: { node_from_env_var: NODE_NAME_ENV },
  extract: {
    metadata: [
      'k8s.namespace.name',
      'k8s.pod.name',
      'k8s.pod.uid',
      'k8s.node.name',
      'k8s.deployment.name',
      'k8s.statefulset.name',
      'k8s.daemonset.name',
      'k8s.cronjob.name',
      'k8s.job.name',
    ],
  },
  pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }],
};

function selfTelemetry({ cluster }: AgentModel): Settings {
  return {
    logs: { level: 'info', encoding: 'json' },
    metrics: {
      level: 'normal',
      readers: [
        {
          pull: {
            exporter: {
              prometheus: {
                host: hostFromEnv(POD_IP_ENV, cluster.ipv6),
                port: AGENT_METRICS_PORT,
                // The alert rules name metrics with type and unit suffixes and without scope labels.
                without_type_suffix: false,
                without_units: false,
                without_scope_info: true,
              },
            },
          },
        },
      ],
    },
  };
}
