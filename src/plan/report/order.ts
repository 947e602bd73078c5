import {
  type Finding,
  type Flow,
  type FlowTarget,
  type NotAnalysed,
  type Plan,
  type PlannedWorkload,
  SEVERITIES,
} from '../result';

/** The same plan in an order that does not depend on the order of files and documents. */
export function inOrder(plan: Plan): Plan {
  return {
    version: plan.version,
    workloads: sorted(plan.workloads, workloadKey),
    flows: sorted(plan.flows, flowKey),
    findings: sorted(plan.findings, findingKey),
    notAnalysed: sorted(plan.notAnalysed, notAnalysedKey),
  };
}

export function workloadKey({ id }: PlannedWorkload): string {
  return key(id);
}

/** What makes two rows of two plans the same connection; everything else about it can change. */
export function flowIdentity({ from, to, purpose, source, protocol, port }: Flow): string {
  return key(from, targetKey(to), padded(port), protocol, purpose, source);
}

export function targetKey({ kind, name, namespace, workload, dataPlane }: FlowTarget): string {
  return key(kind, namespace ?? '', name, workload ?? '', dataPlane ?? '');
}

export function notAnalysedKey({ object, field, reason }: NotAnalysed): string {
  return key(object, field, reason);
}

/** Parts in the order in which they count; no name in Kubernetes contains what is between them. */
export function key(...parts: string[]): string {
  return parts.join('\0');
}

function flowKey(flow: Flow): string {
  const { targetPort, path, encryption, verdict, networkPolicy, why, findings } = flow;
  return key(flowIdentity(flow), padded(targetPort), path, encryption, verdict, networkPolicy, why, ...findings);
}

function findingKey({ severity, code, object, field, message, fix, acknowledged }: Finding): string {
  return key(String(SEVERITIES.indexOf(severity)), code, object, field, message, fix, acknowledged ?? '');
}

/** Ports in the order of numbers; any port first. */
function padded(port: number | null): string {
  return port === null ? '' : String(port).padStart(5, '0');
}

/** By code unit: no locale of the machine has a say. */
function sorted<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
