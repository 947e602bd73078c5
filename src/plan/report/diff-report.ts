import type { Flow } from '../result';
import { type Changed, type Changes, type FlowField, isEmpty, type PlanDiff } from './diff';
import { findingRow, flowRow, notAnalysedRow, toJson, workloadRow } from './json';
import { notAnalysedSection } from './markdown';
import { clientTable, changeTable, why } from './markdown-connections';
import { findingsSection, resolvedFindings } from './markdown-findings';
import { atAGlance, code, paragraphs, prose } from './markdown-text';
import { isOpen } from './severity';
import { count, dataPlaneWords, severities, withParts } from './words';

/** `Connections: 1 added, 2 changed, 9 unchanged. New findings: 1 error. 1 finding resolved.` */
export function diffSummaryOf(diff: PlanDiff): string {
  const { flows, findings, notAnalysed, workloads, unchangedFlows } = diff;
  if (isEmpty(diff)) return `No change: ${count(unchangedFlows, 'connection')}, all as before.`;
  const open = findings.appeared.filter(isOpen);
  const sentences = [
    withParts('connections', [...numbers(flows), `${unchangedFlows} unchanged`]),
    ...some(numbers(workloads).length, withParts('workloads', numbers(workloads))),
    open.length > 0 ? withParts('new findings', severities(open)) : 'No new findings',
    ...some(findings.appeared.length - open.length, `${findings.appeared.length - open.length} new but acknowledged`),
    ...some(findings.resolved.length, `${count(findings.resolved.length, 'finding')} resolved`),
    ...some(notAnalysed.appeared.length, `${count(notAnalysed.appeared.length, 'place')} newly not analysed`),
    ...some(notAnalysed.resolved.length, `${count(notAnalysed.resolved.length, 'place')} now analysed`),
  ];
  return sentences.map((sentence) => `${sentence}.`).join(' ');
}

export function diffMarkdownOf(diff: PlanDiff): string {
  const { flows, findings, notAnalysed, workloads } = diff;
  return paragraphs([
    [diffSummaryOf(diff)],
    findingsSection('New findings', findings.appeared),
    section('Changed connections', flows.changed.length, changedTable(flows.changed)),
    section('Added connections', flows.added.length, clientTable(flows.added)),
    section('Removed connections', flows.removed.length, clientTable(flows.removed)),
    section('Workloads', numbers(workloads).length, atAGlance('All', workloadItems(workloads))),
    notAnalysedSection('Newly not analysed', notAnalysed.appeared),
    resolvedFindings(findings.resolved),
  ]);
}

/** For other programs; rows as in the plan. */
export function diffJsonOf({ version, workloads, flows, findings, notAnalysed, unchangedFlows }: PlanDiff): string {
  return toJson({
    version,
    workloads: changesRow(workloads, workloadRow),
    flows: { ...changesRow(flows, flowRow), unchanged: unchangedFlows },
    findings: { appeared: findings.appeared.map(findingRow), resolved: findings.resolved.map(findingRow) },
    notAnalysed: {
      appeared: notAnalysed.appeared.map(notAnalysedRow),
      resolved: notAnalysed.resolved.map(notAnalysedRow),
    },
  });
}

function changesRow<T, F extends keyof T>({ added, removed, changed }: Changes<T, F>, row: (item: T) => T): object {
  return {
    added: added.map(row),
    removed: removed.map(row),
    changed: changed.map(({ fields, before, after }) => ({ fields, before: row(before), after: row(after) })),
  };
}

function numbers<T, F extends keyof T>({ added, removed, changed }: Changes<T, F>): string[] {
  return [
    ...some(added.length, `${added.length} added`),
    ...some(removed.length, `${removed.length} removed`),
    ...some(changed.length, `${changed.length} changed`),
  ];
}

function some(number: number, words: string): string[] {
  return number > 0 ? [words] : [];
}

function section(title: string, number: number, lines: readonly string[]): readonly string[] {
  return number > 0 ? [`## ${title}`, '', ...lines] : [];
}

function changedTable(changed: readonly Changed<Flow, FlowField>[]): string[] {
  return changeTable(
    ['Change', 'Why'],
    changed.map((change) => [change.after, changeWords(change), reasonWords(change)]),
  );
}

const FIELD_WORDS: Partial<Record<FlowField, string>> = {
  targetPort: 'target port',
  networkPolicy: 'NetworkPolicy',
};

function changeWords({ fields, before, after }: Changed<Flow, FlowField>): string {
  const values = fields.filter((field) => field !== 'why');
  if (values.length === 0) return 'reason';
  return values
    .map((field) => `${FIELD_WORDS[field] ?? field}: ${value(before[field])} → **${value(after[field])}**`)
    .join('<br>');
}

/** The old reason only where nothing else says what changed. */
function reasonWords({ fields, before, after }: Changed<Flow, FlowField>): string {
  return fields.every((field) => field === 'why') ? `${why(after)}<br>Before: ${prose(before.why)}` : why(after);
}

function value(field: string | number | null | readonly string[]): string {
  if (field === null) return 'unknown';
  if (typeof field === 'object') return field.length > 0 ? prose(field.join(', ')) : 'none';
  return prose(String(field));
}

function workloadItems({ added, removed, changed }: PlanDiff['workloads']): string[] {
  return [
    ...changed.map(
      ({ before, after }) =>
        `- ${code(after.id)}: ${dataPlaneWords(before.dataPlane)} → **${dataPlaneWords(after.dataPlane)}**`,
    ),
    ...added.map(({ id, dataPlane }) => `- ${code(id)} added (${dataPlaneWords(dataPlane)})`),
    ...removed.map(({ id, dataPlane }) => `- ${code(id)} removed (${dataPlaneWords(dataPlane)})`),
  ];
}
