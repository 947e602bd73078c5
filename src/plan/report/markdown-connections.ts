import { groupsBy } from '../group-by';
import type { Flow, FlowTarget, PolicyVerdict, Verdict } from '../result';
import { code, prose, table } from './markdown-text';
import { dataPlaneWords, portsOf, targetWords } from './words';

const CONNECTION = ['To', 'Port', 'Purpose'];
const JUDGEMENT = ['Path', 'Encryption', 'Verdict', 'NetworkPolicy', 'Why'];

/** Connections of one client. */
export function connectionTable(flows: readonly Flow[]): string[] {
  return compactTable([...CONNECTION, ...JUDGEMENT], flows.map(cells));
}

/** Connections of several clients. */
export function clientTable(flows: readonly Flow[]): string[] {
  const rows = flows.map((flow) => [code(flow.from), ...cells(flow)]);
  return compactTable(['From', ...CONNECTION, ...JUDGEMENT], rows);
}

/** Connections of several clients, each with cells of its own. */
export function changeTable(head: readonly string[], rows: readonly (readonly [Flow, ...string[]])[]): string[] {
  return compactTable(
    ['From', ...CONNECTION, ...head],
    rows.map(([flow, ...others]) => [code(flow.from), ...connectionCells(flow), ...others]),
  );
}

export function why({ why: reason, findings }: Flow): string {
  return [prose(reason), ...findings.map(prose)].join(' ');
}

function cells(flow: Flow): string[] {
  const { path, encryption, verdict, networkPolicy } = flow;
  return [...connectionCells(flow), path, encryption, loud(verdict), loud(networkPolicy), why(flow)];
}

function connectionCells(flow: Flow): string[] {
  return [target(flow.to), portsOf(flow), flow.purpose];
}

function target(to: FlowTarget): string {
  const { words, name, namespace } = targetWords(to);
  const place = namespace === undefined ? '' : `in ${code(namespace)}`;
  const parts = [words, name && code(name), place, to.dataPlane ? `(${dataPlaneWords(to.dataPlane)})` : ''];
  return parts.filter((part) => part !== '').join(' ');
}

/** What does not work is bold. */
function loud(word: Verdict | PolicyVerdict): string {
  return ['refused', 'broken', 'denied'].includes(word) ? `**${word}**` : word;
}

interface Row {
  readonly cells: readonly string[];
  /** Connections that it stands for. */
  readonly count: number;
}

/** Connections that differ only in the reason, or only in the port, are one row with their number. */
function compactTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const single = rows.map((cells) => ({ cells, count: 1 }));
  const byReason = merged(single, head.indexOf('Why'), reasons);
  const byPort = merged(byReason, head.indexOf('Port'), (ports) => ports.join(', '));
  const purpose = head.indexOf('Purpose');
  const numbered = byPort.map(({ cells: row, count }) =>
    row.map((cell, i) => (i === purpose && count > 1 ? `${cell} ×${count}` : cell)),
  );
  return table(head, numbered);
}

function merged(rows: readonly Row[], column: number, together: (cells: readonly string[]) => string): Row[] {
  const alike = groupsBy(rows, ({ cells: row }) => row.filter((_, i) => i !== column).join('|'));
  return alike.flatMap((same) => {
    const distinct = [...new Set(same.map((row) => row.cells[column] ?? ''))];
    const count = same.reduce((sum, row) => sum + row.count, 0);
    return same
      .slice(0, 1)
      .map((row) => ({ cells: row.cells.map((c, i) => (i === column ? together(distinct) : c)), count }));
  });
}

/** What all reasons begin with is said once; then a line for what each of them adds. */
function reasons(texts: readonly string[]): string {
  const all = texts.map((text) => text.split(/(?<=\.) /));
  const [first = [], ...others] = all;
  if (others.length === 0) return first.join(' ');
  const differs = first.findIndex((sentence, i) => others.some((other) => other[i] !== sentence));
  const shared = differs === -1 ? first.length : differs;
  const additions = all.map((sentences) => sentences.slice(shared).join(' ')).filter((text) => text !== '');
  return [...(shared > 0 ? [first.slice(0, shared).join(' ')] : []), ...additions.map((text) => `• ${text}`)].join(
    '<br>',
  );
}
