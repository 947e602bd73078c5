import type { AgentModel } from '../agent/model';
import { literal, NODE_NAME_ENV } from './environment';

type Settings = Record<string, unknown>;

/** What describes the origin of data of the agent's own node. */
export function enrichingProcessors(agent: AgentModel): Record<string, Settings> {
  return { ...resourceProcessor(agent), k8s_attributes: K8S_ATTRIBUTES };
}

/**
 * `service.name` of a scrape is the name of the job; k8s_attributes sets the workload's by semantic conventions. The container
 * of a scrape is that of whichever target with the same address was discovered last, with istio-init for example istio-init.
 */
export function resourceProcessor({ cluster }: AgentModel): Record<string, Settings> {
  const ofScrapes = 'where resource.attributes["url.scheme"] != nil';
  const statements = [
    `delete_key(resource.attributes, "service.name") ${ofScrapes}`,
    `delete_key(resource.attributes, "k8s.container.name") ${ofScrapes}`,
    ...(cluster.name === ''
      ? []
      : [`set(resource.attributes["k8s.cluster.name"], ${literal(JSON.stringify(cluster.name))})`]),
  ];
  return { 'transform/resource': { error_mode: 'ignore', metric_statements: statements } };
}

/** Only attributes that come with the pod itself: the processor then watches nothing but the pods of its node. */
const K8S_ATTRIBUTES = {
  auth_type: 'serviceAccount',
  filter: { node_from_env_var: NODE_NAME_ENV },
  extract: {
    otel_annotations: true,
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
      'service.name',
      'service.namespace',
    ],
  },
  pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }],
};
