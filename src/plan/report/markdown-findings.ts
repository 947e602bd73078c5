import type { Finding, Severity } from '../result';
import { collapsed, place, prose } from './markdown-text';
import { bySeverity, isOpen } from './severity';
import { count } from './words';

/** A command, not a link: reports are read in comments and files far from this project's pages. */
const EXPLANATION = '`npx cdk8s-telemetry explain <code>` says what a code means and why it matters.';

const HEADINGS: Record<Severity, string> = { error: 'Errors', warning: 'Warnings', info: 'Notes' };

export function findingsSection(title: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const acknowledged = findings.filter((finding) => !isOpen(finding));
  return [
    `## ${title}`,
    '',
    EXPLANATION,
    ...bySeverity(findings.filter(isOpen)).flatMap(([severity, found]) => [
      '',
      `### ${HEADINGS[severity]}`,
      '',
      ...found.map(item),
    ]),
    ...folded(`${count(acknowledged.length, 'finding')} acknowledged`, acknowledged.map(acknowledgedItem)),
  ];
}

/** For reference, not for attention. */
export function resolvedFindings(findings: readonly Finding[]): string[] {
  return folded(`${count(findings.length, 'finding')} resolved`, findings.map(resolvedItem)).slice(1);
}

function folded(summary: string, items: readonly string[]): string[] {
  return items.length > 0 ? ['', ...collapsed(summary, items)] : [];
}

function item({ code: id, object, field, message, fix }: Finding): string {
  return [`- **${prose(id)}** ${place(object, field)}`, prose(message), `**Fix:** ${prose(fix)}`].join('<br>');
}

function resolvedItem({ code: id, object, field, message }: Finding): string {
  return `- **${prose(id)}** ${place(object, field)}<br>${prose(message)}`;
}

function acknowledgedItem({ code: id, severity, object, field, message, acknowledged }: Finding): string {
  const finding = `- **${prose(id)}** (${severity}) ${place(object, field)}`;
  return [finding, prose(message), `**Accepted:** ${prose(acknowledged ?? '')}`].join('<br>');
}
