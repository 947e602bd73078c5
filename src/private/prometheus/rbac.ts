import type { PolicyRule } from 'kubernetes-types/rbac/v1';

/** Discovery by EndpointSlice watches these three kinds, in the agents' namespaces only. */
export const DISCOVERY_RULES: PolicyRule[] = [
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['pods', 'services'], verbs: ['list', 'watch'] },
];
