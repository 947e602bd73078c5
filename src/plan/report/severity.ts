import { type Finding, type Plan, SEVERITIES, type Severity } from '../result';

/** Findings that nobody accepted. */
export function isOpen({ acknowledged }: Finding): boolean {
  return acknowledged === null;
}

/** Open findings that are as bad as the mildest severity that fails, or worse. */
export function failures({ findings }: Pick<Plan, 'findings'>, failOn: Severity): Finding[] {
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.filter((finding) => isOpen(finding) && failing.includes(finding.severity));
}

/** Groups of findings, the worst first. */
export function bySeverity(findings: readonly Finding[]): [Severity, Finding[]][] {
  return SEVERITIES.map((severity): [Severity, Finding[]] => [
    severity,
    findings.filter((finding) => finding.severity === severity),
  ]).filter(([, found]) => found.length > 0);
}
