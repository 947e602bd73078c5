import { groupBy } from '../group-by';
import type { Finding, Flow, NotAnalysed, Plan, PlannedWorkload } from '../result';
import { flowIdentity, inOrder, key, notAnalysedKey, workloadKey } from './order';

/** What a change does to the traffic: the same rows of two plans, matched. */
export interface PlanDiff {
  readonly version: 1;
  readonly workloads: Changes<PlannedWorkload, WorkloadField>;
  readonly flows: Changes<Flow, FlowField>;
  readonly findings: Comings<Finding>;
  readonly notAnalysed: Comings<NotAnalysed>;
  /** Connections that both plans have alike. */
  readonly unchangedFlows: number;
}

export interface Changes<T, F extends keyof T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly Changed<T, F>[];
}

export interface Changed<T, F extends keyof T> {
  readonly before: T;
  readonly after: T;
  /** Names of the fields that differ. */
  readonly fields: readonly F[];
}

export interface Comings<T> {
  readonly appeared: readonly T[];
  readonly resolved: readonly T[];
}

const WORKLOAD_FIELDS = ['dataPlane'] as const;
const FLOW_FIELDS = ['targetPort', 'path', 'encryption', 'verdict', 'networkPolicy', 'why', 'findings'] as const;
type WorkloadField = (typeof WORKLOAD_FIELDS)[number];
export type FlowField = (typeof FLOW_FIELDS)[number];

export function diffOf(before: Plan, after: Plan): PlanDiff {
  const [old, now] = [inOrder(before), inOrder(after)];
  const flows = changes(old.flows, now.flows, flowIdentity, FLOW_FIELDS);
  return {
    version: 1,
    workloads: changes(old.workloads, now.workloads, workloadKey, WORKLOAD_FIELDS),
    flows,
    findings: comings(old.findings, now.findings, findingIdentity),
    notAnalysed: comings(old.notAnalysed, now.notAnalysed, notAnalysedKey),
    unchangedFlows: now.flows.length - flows.added.length - flows.changed.length,
  };
}

export function isEmpty({ workloads, flows, findings, notAnalysed }: PlanDiff): boolean {
  const changed = [workloads, flows].flatMap((part) => [part.added, part.removed, part.changed]);
  const came = [findings, notAnalysed].flatMap((part) => [part.appeared, part.resolved]);
  return [...changed, ...came].every(({ length }) => length === 0);
}

/** Other words about the same field are the same finding; it counts as new when it becomes worse or is no longer accepted. */
function findingIdentity({ code, severity, object, field, acknowledged }: Finding): string {
  return key(code, severity, object, field, acknowledged === null ? 'open' : 'acknowledged');
}

function changes<T, F extends keyof T>(
  before: readonly T[],
  after: readonly T[],
  identity: (row: T) => string,
  fields: readonly F[],
): Changes<T, F> {
  const { pairs, removed, added } = matched(before, after, identity);
  const changed = pairs.map(([old, now]) => ({ before: old, after: now, fields: differing(old, now, fields) }));
  return { added, removed, changed: changed.filter(({ fields: names }) => names.length > 0) };
}

function comings<T>(before: readonly T[], after: readonly T[], identity: (row: T) => string): Comings<T> {
  const { added, removed } = matched(before, after, identity);
  return { appeared: added, resolved: removed };
}

function differing<T, F extends keyof T>(before: T, after: T, fields: readonly F[]): F[] {
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

interface Matched<T> {
  readonly pairs: [T, T][];
  readonly removed: T[];
  readonly added: T[];
}

/** Several rows can have one identity: those that are equal in everything belong together first. */
function matched<T>(before: readonly T[], after: readonly T[], identity: (row: T) => string): Matched<T> {
  const equal = paired(before, after, (row) => JSON.stringify(row));
  const same = paired(equal.removed, equal.added, identity);
  return { ...same, pairs: [...equal.pairs, ...same.pairs] };
}

function paired<T>(before: readonly T[], after: readonly T[], keyOf: (row: T) => string): Matched<T> {
  const waiting: Map<string, T[]> = groupBy(before, keyOf);
  const pairs: [T, T][] = [];
  const added: T[] = [];
  for (const now of after) {
    const old = waiting.get(keyOf(now))?.shift();
    if (old === undefined) added.push(now);
    else pairs.push([old, now]);
  }
  const left = new Set([...waiting.values()].flat());
  return { pairs, added, removed: before.filter((row) => left.has(row)) };
}
