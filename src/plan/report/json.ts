import type { Finding, Flow, FlowTarget, NotAnalysed, Plan, PlannedWorkload } from '../result';
import { inOrder } from './order';

/** The contract for other programs: the same plan is the same bytes. */
export function jsonOf(plan: Plan): string {
  const { version, workloads, flows, findings, notAnalysed } = inOrder(plan);
  return toJson({
    version,
    workloads: workloads.map(workloadRow),
    flows: flows.map(flowRow),
    findings: findings.map(findingRow),
    notAnalysed: notAnalysed.map(notAnalysedRow),
  });
}

export function toJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function workloadRow({ id, dataPlane }: PlannedWorkload): PlannedWorkload {
  return { id, dataPlane };
}

export function flowRow(flow: Flow): Flow {
  const { from, to, purpose, source, protocol, port, targetPort } = flow;
  const { path, encryption, verdict, networkPolicy, why, findings } = flow;
  return {
    from,
    to: targetRow(to),
    purpose,
    source,
    protocol,
    port,
    targetPort,
    path,
    encryption,
    verdict,
    networkPolicy,
    why,
    findings: [...findings].sort(),
  };
}

export function findingRow({ code, severity, object, field, message, fix, acknowledged }: Finding): Finding {
  return { code, severity, object, field, message, fix, acknowledged };
}

export function notAnalysedRow({ object, field, reason }: NotAnalysed): NotAnalysed {
  return { object, field, reason };
}

/** JSON leaves out what is undefined. */
function targetRow({ kind, name, namespace, workload, exceptNamespaces, dataPlane }: FlowTarget): FlowTarget {
  return { kind, name, namespace, workload, exceptNamespaces, dataPlane };
}
