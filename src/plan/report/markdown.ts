import { groupBy } from '../group-by';
import type { Flow, NotAnalysed, Plan, PlannedWorkload } from '../result';
import { findingsSection } from './markdown-findings';
import { atAGlance, code, paragraphs, place, prose } from './markdown-text';
import { connectionTable } from './markdown-connections';
import { inOrder } from './order';
import { count, dataPlaneWords, summaryOf } from './words';

/** The plan as a reviewer reads it in a pull request: what needs attention first, then every connection by its client. */
export function markdownOf(plan: Plan): string {
  const ordered = inOrder(plan);
  const sections = [
    [summaryOf(ordered)],
    findingsSection('Findings', ordered.findings),
    connectionsSection(ordered),
    notAnalysedSection('Not analysed', ordered.notAnalysed),
  ];
  return paragraphs(sections);
}

export function notAnalysedSection(title: string, notAnalysed: readonly NotAnalysed[]): string[] {
  if (notAnalysed.length === 0) return [];
  const lines = notAnalysed.map(({ object, field, reason }) => `- ${place(object, field)}: ${prose(reason)}`);
  const explained = 'The plan did not understand these; connections that are configured there can be missing.';
  return [`## ${title}`, '', explained, '', ...atAGlance(count(lines.length, 'place'), lines)];
}

/** One part for each cluster; a single one needs no heading. */
export function markdownOfClusters(plans: ReadonlyMap<string, Plan>): string {
  if (plans.size === 1) return [...plans.values()].map(markdownOf).join('');
  const title = (name: string): string => (name === '' ? '# Cluster without a name' : `# Cluster ${code(name)}`);
  return [...plans].map(([name, plan]) => `${title(name)}\n\n${markdownOf(plan)}`).join('\n');
}

/** Workloads first; then clients that are none: the kubelet with its probes and the API server with its webhooks. */
function connectionsSection({ workloads, flows }: Plan): string[] {
  if (workloads.length + flows.length === 0) return [];
  const byClient = groupBy(flows, ({ from }) => from);
  const known = new Set(workloads.map(({ id }) => id));
  const clients = workloads.filter(({ id }) => byClient.has(id));
  const others = [...byClient.keys()].filter((from) => !known.has(from));
  return [
    '## Connections',
    ...clients.flatMap(({ id, dataPlane }) => [
      '',
      `### ${code(id)} (${dataPlaneWords(dataPlane)})`,
      '',
      ...connectionTable(byClient.get(id) ?? []),
    ]),
    ...others.flatMap((from) => ['', `### ${code(from)}`, '', ...incoming(byClient.get(from) ?? [])]),
    ...silent(workloads.filter(({ id }) => !byClient.has(id))),
  ];
}

function incoming(flows: readonly Flow[]): readonly string[] {
  const lines = connectionTable(flows);
  return atAGlance(count(flows.length, 'connection'), lines);
}

function silent(workloads: readonly PlannedWorkload[]): readonly string[] {
  if (workloads.length === 0) return [];
  const lines = workloads.map(({ id, dataPlane }) => `- ${code(id)} (${dataPlaneWords(dataPlane)})`);
  return ['', '### Without connections', '', ...atAGlance(count(lines.length, 'workload'), lines)];
}
