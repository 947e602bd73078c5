import type { DataPlane, Finding, Flow, FlowTarget, Plan, TargetKind } from '../result';
import { capitalized } from '../words';
import { bySeverity, isOpen } from './severity';

/** What becomes of a connection when mesh and NetworkPolicy are taken together. */
export type Outcome = 'works' | 'refused' | 'broken' | 'denied' | 'unknown';

const OUTCOMES: Record<Outcome, string> = {
  works: 'work',
  refused: 'refused',
  broken: 'broken',
  denied: 'denied by NetworkPolicy',
  unknown: 'unknown',
};

export function outcomeOf({ verdict, networkPolicy }: Flow): Outcome {
  if (verdict === 'refused' || verdict === 'broken') return verdict;
  if (networkPolicy === 'denied') return 'denied';
  return networkPolicy === 'unknown' ? 'unknown' : verdict;
}

/** `12 connections: 10 work, 1 refused, 1 unknown. 2 findings: 1 error, 1 warning.` */
export function summaryOf({ flows, findings, notAnalysed }: Plan): string {
  const open = findings.filter(isOpen);
  const acknowledged = findings.length - open.length;
  return [
    withParts(count(flows.length, 'connection'), outcomes(flows)),
    withParts(count(open.length, 'finding'), severities(open)) + (acknowledged ? `, ${acknowledged} acknowledged` : ''),
    ...(notAnalysed.length > 0 ? [`${count(notAnalysed.length, 'place')} not analysed`] : []),
  ]
    .map((sentence) => `${sentence}.`)
    .join(' ');
}

export function severities(findings: readonly Finding[]): string[] {
  return bySeverity(findings).map(([severity, found]) =>
    severity === 'info' ? `${found.length} info` : count(found.length, severity),
  );
}

export function count(number: number, singular: string): string {
  return number === 0 ? `no ${singular}s` : `${number} ${singular}${number === 1 ? '' : 's'}`;
}

/** `12 connections: 10 work, 2 unknown`, and without parts no colon. */
export function withParts(whole: string, parts: readonly string[]): string {
  const sentence = parts.length > 0 ? `${whole}: ${parts.join(', ')}` : whole;
  return capitalized(sentence);
}

/** `80 → 8080` when NetworkPolicy sees another port than the client dials. */
export function portsOf({ port, targetPort, protocol }: Flow): string {
  const dialled = port === null ? 'any' : String(port);
  const seen = targetPort === null || targetPort === port ? '' : ` → ${targetPort}`;
  return dialled + seen + (protocol === 'UDP' ? '/UDP' : '');
}

/** Targets with a name of their own, and those that a cluster has one of. */
export const TARGETS: Record<TargetKind, { readonly words: string; readonly named: boolean }> = {
  service: { words: 'Service', named: true },
  pods: { words: 'pods', named: true },
  workload: { words: '', named: true },
  external: { words: '', named: true },
  'kubernetes-api': { words: 'Kubernetes API', named: false },
  kubelet: { words: 'kubelet', named: false },
  istiod: { words: 'istiod', named: false },
  dns: { words: 'DNS', named: false },
};

/** `Service` and `monitoring/prometheus`, or nothing and `DaemonSet/monitoring/agent`; words or name can be empty. */
export interface TargetWords {
  readonly words: string;
  readonly name: string;
  /** Where a namespace is no part of the name: `pods labelled`, `app=cart` and `shop`. */
  readonly namespace?: string;
}

export function targetWords({ kind, name, namespace, workload }: FlowTarget): TargetWords {
  const { words, named } = TARGETS[kind];
  if (!named) return { words, name: '' };
  if (workload !== undefined) return { words, name: workload };
  // Pods without a name of their own.
  const place = namespace !== undefined && { namespace };
  if (name === words) return { words, name: '', ...place };
  const [, described, by] = PODS_BY.exec(name) ?? [];
  if (described !== undefined && by !== undefined) return { words: described, name: by, ...place };
  return { words, name: namespace === undefined ? name : `${namespace}/${name}` };
}

/** What pods are called that no manifest describes: `pods labelled app=cart`, `pods of Service gateway`. */
const PODS_BY = /^(pods [a-z]+) (.+)$/s;

export function dataPlaneWords(dataPlane: DataPlane): string {
  return { sidecar: 'sidecar', ambient: 'ambient', none: 'not in the mesh', unknown: 'data plane unknown' }[dataPlane];
}

function outcomes(flows: readonly Flow[]): string[] {
  return (Object.keys(OUTCOMES) as Outcome[]).flatMap((outcome) => {
    const { length } = flows.filter((flow) => outcomeOf(flow) === outcome);
    return length > 0 ? [`${length} ${OUTCOMES[outcome]}`] : [];
  });
}
