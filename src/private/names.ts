import { checkDnsLabel } from './checks';

/** Longest name we append to an instance: `<instance>-metric-agent-metrics` must stay a DNS label. */
const MAX_INSTANCE_LENGTH = 40;
const DEFAULT_INSTANCE = 'telemetry';

/** The parts of a telemetry stack; each is the `app.kubernetes.io/name` of its pods. */
export type Part = 'metric-agent' | 'prometheus' | 'telemetry-manager';

export function checkInstance(where: string, instance: string | undefined): string {
  return checkDnsLabel(where, 'instance', instance ?? DEFAULT_INSTANCE, MAX_INSTANCE_LENGTH);
}

/** `telemetry-metric-agent`, `telemetry-prometheus`, `telemetry-manager`: the name of all objects of a part. */
export function partName(instance: string, part: Part): string {
  return `${instance}-${part.replace(/^telemetry-/, '')}`;
}

/** Cluster-scoped names carry namespace and instance, so that two stacks in a cluster do not share a ClusterRole. */
export function clusterScopedName(namespace: string, name: string): string {
  return `${namespace}-${name}`;
}
