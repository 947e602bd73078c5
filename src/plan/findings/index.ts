import type { Programs } from '../flows/programs';
import { type Finding, type Flow, SEVERITIES } from '../result';
import type { Judged } from '../verdicts/judged';
import type { World } from '../world';
import type { Found } from './finding';
import { connectionFindings } from './of-connections';
import { policyFindings } from './of-policies';
import { programFindings } from './of-programs';
import { workloadFindings } from './of-workloads';

/** What is wrong or dangerous, and the rows of the plan with the codes of what was found about them. */
export function findingsOf(
  world: World,
  programs: Programs,
  judged: readonly Judged[],
): { findings: Finding[]; flows: Flow[] } {
  const all = [
    ...workloadFindings(world, programs),
    ...policyFindings(world),
    ...programFindings(world, programs, judged),
    ...connectionFindings(world, judged),
  ];
  const codes = codesOf(all);
  return {
    findings: distinct(all.map(({ finding }) => finding)),
    flows: judged.map((one) => ({ ...one.flow, findings: [...(codes.get(one) ?? [])].sort() })),
  };
}

function codesOf(all: readonly Found[]): Map<Judged, Set<string>> {
  const codes = new Map<Judged, Set<string>>();
  for (const { finding, about } of all) {
    for (const one of about) codes.set(one, (codes.get(one) ?? new Set()).add(finding.code));
  }
  return codes;
}

/** Each once, the worst first; the order does not depend on that of files and documents. */
function distinct(findings: readonly Finding[]): Finding[] {
  const byKey = new Map(findings.map((finding) => [keyOf(finding), finding]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

function keyOf({ severity, code, object, field, message }: Finding): string {
  return [SEVERITIES.indexOf(severity), code, object, field, message].join('\0');
}
