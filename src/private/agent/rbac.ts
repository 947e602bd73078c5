import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { byKind, collectsObjectStates, type InputModel } from '../input';

const WATCH = ['list', 'watch'];

/**
 * Cluster-wide rules, by the collector components that are really configured. Backends may narrow the namespaces of an
 * input later; then the rules stay as wide as the input was declared. Never `nodes/proxy` (it allows exec into
 * every pod of a node, kubernetes/kubernetes#136550), never Secrets, never a write but that of the Lease.
 */
export function agentClusterRules(inputs: readonly InputModel[], declared: readonly InputModel[]): PolicyRule[] {
  const discovers = byKind(inputs, 'prometheus').length > 0;
  const everywhere = discovers && byKind(declared, 'prometheus').some(({ namespaces }) => 'allExcept' in namespaces);
  return [
    // k8s_attributes, and pod discovery of the scrape jobs.
    { apiGroups: [''], resources: ['pods'], verbs: WATCH },
    ...(everywhere ? ENDPOINT_DISCOVERY : []),
    ...(byKind(inputs, 'runtime').length > 0 ? KUBELET_STATS : []),
    ...(inputs.some(collectsObjectStates) ? K8S_CLUSTER : []),
  ];
}

/** Where a Role is enough, because the namespaces with annotated Services are declared. */
export function discoveryNamespaces(inputs: readonly InputModel[]): readonly string[] {
  return byKind(inputs, 'prometheus').flatMap(({ namespaces }) => ('only' in namespaces ? namespaces.only : []));
}

/** Discovery by EndpointSlice watches Services for their annotations. */
export const ENDPOINT_DISCOVERY: PolicyRule[] = [
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

/**
 * Leader election. The Lease is not rendered, because Argo CD never applies one (its `util/settings/resources_filter.go`), and
 * `create` cannot be narrowed to a name.
 */
export function leaseRules(leaseName: string): PolicyRule[] {
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    { ...leases, verbs: ['create'] },
    { ...leases, resourceNames: [leaseName], verbs: ['get', 'update'] },
  ];
}
