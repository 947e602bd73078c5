import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { collectsObjectStates } from '../collector/receivers';
import { byKind, type InputModel } from '../input';

const WATCH = ['list', 'watch'];

/**
 * Cluster-wide rules, by the collector components that are really configured. Never `nodes/proxy` (it allows exec into
 * every pod of a node, kubernetes/kubernetes#136550), never Secrets, never a write.
 */
export function agentClusterRules(inputs: readonly InputModel[]): PolicyRule[] {
  const runtime = byKind(inputs, 'runtime');
  return [
    // k8s_attributes, and pod discovery of the scrape jobs.
    { apiGroups: [''], resources: ['pods'], verbs: ['get', ...WATCH] },
    ...(byKind(inputs, 'prometheus').length > 0 ? ENDPOINT_DISCOVERY : []),
    ...(runtime.length > 0 ? KUBELET_STATS : []),
    ...(runtime.some(collectsObjectStates) ? K8S_CLUSTER : []),
  ];
}

/** Discovery by EndpointSlice watches Services for their annotations. */
const ENDPOINT_DISCOVERY: PolicyRule[] = [
  { apiGroups: [''], resources: ['services'], verbs: WATCH },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: WATCH },
];

/** kubelet_stats without utilization metrics and extra labels needs no more than this (its README, "RBAC"). */
const KUBELET_STATS: PolicyRule[] = [{ apiGroups: [''], resources: ['nodes/stats'], verbs: ['get'] }];

/** The kinds k8s_cluster watches (its README, "RBAC"); informers list and watch. */
const K8S_CLUSTER: PolicyRule[] = [
  {
    apiGroups: [''],
    resources: ['namespaces', 'nodes', 'replicationcontrollers', 'resourcequotas', 'services'],
    verbs: WATCH,
  },
  { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], verbs: WATCH },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: WATCH },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: WATCH },
];

/** Leader election on the one Lease that is rendered with the agent, so that `create` is not needed. */
export function leaseRules(leaseName: string): PolicyRule[] {
  return [
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [leaseName], verbs: ['get', 'update'] },
  ];
}
