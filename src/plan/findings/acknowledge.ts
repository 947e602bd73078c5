import { groupBy } from '../group-by';
import type { Finding } from '../result';
import { found } from './finding';

/** A finding that somebody accepts, and why. */
export interface Acknowledgement {
  readonly code: string;
  /** Id of the object; undefined: whatever the object. */
  readonly object?: string;
  /** Path inside the object; undefined: whatever the path. */
  readonly field?: string;
  readonly reason: string;
  /** File or construct that contains it, to find it again when it is no longer needed. */
  readonly source?: string;
}

/** Code of an acknowledgement that fits no finding: it would hide the next one. */
const UNUSED_ACKNOWLEDGEMENT = 'CT900';

/** Marks the findings that are accepted; of several acknowledgements for a finding the first gives the reason. */
export function acknowledge(findings: readonly Finding[], entries: readonly Acknowledgement[]): Finding[] {
  const byCode = groupBy(entries, ({ code }) => code);
  const used = new Set<Acknowledgement>();
  const marked = findings.map((finding) => {
    const fitting = (byCode.get(finding.code) ?? []).filter((entry) => fits(entry, finding));
    for (const entry of fitting) used.add(entry);
    return { ...finding, acknowledged: finding.acknowledged ?? fitting[0]?.reason ?? null };
  });
  const unused = entries.flatMap((entry, i) => (used.has(entry) ? [] : [unusedFinding(entry, i)]));
  return [...marked, ...unused];
}

function fits({ object, field }: Acknowledgement, finding: Finding): boolean {
  return (object === undefined || object === finding.object) && (field === undefined || field === finding.field);
}

function unusedFinding({ code, object, field, source = 'acknowledgements' }: Acknowledgement, i: number): Finding {
  const about = [code, ...[object, field].filter((part) => part !== undefined)].join(' ');
  const text = {
    message: `The acknowledgement of ${about} fits no finding.`,
    fix: 'Remove it, or correct it: otherwise it hides the next finding that it fits.',
  };
  return found(UNUSED_ACKNOWLEDGEMENT, { object: source, field: `[${i}]` }, text).finding;
}
