import type { Finding, Severity } from '../result';
import type { Judged } from '../verdicts/judged';
import { CATALOGUE, type Code } from './catalogue';

/** The object to change, and the path inside it. */
export interface Place {
  readonly object: string;
  readonly field: string;
}

export interface Text {
  readonly message: string;
  /** One sentence that tells what to write, with the value. */
  readonly fix: string;
}

/** A finding, and the connections that it is about. */
export interface Found {
  readonly finding: Finding;
  readonly about: readonly Judged[];
}

export function found(
  code: Code,
  { object, field }: Place,
  { message, fix }: Text,
  about: readonly Judged[] = [],
): Found {
  const { severity } = CATALOGUE[code];
  return { finding: { code, severity, object, field, message, fix, acknowledged: null }, about };
}

const MILDER: Record<Severity, Severity> = { error: 'warning', warning: 'info', info: 'info' };

/** What holds only under a condition, which the message tells, is one severity milder. */
export function onlyIf(condition: string, { finding, about }: Found): Found {
  const clause = condition.replace(/^(?:only )?if /i, '').replace(/\.$/, '');
  return {
    finding: { ...finding, severity: MILDER[finding.severity], message: under(clause, finding.message) },
    about,
  };
}

const ONLY_IF = 'This holds only if';

/** A condition that the message tells already is not repeated, and a second one joins the first. */
function under(clause: string, message: string): string {
  if (message.includes(` if ${clause}.`)) return message;
  if (message.includes(ONLY_IF)) return message.replace(/\.$/, `, and if ${clause}.`);
  return `${message} ${ONLY_IF} ${clause}.`;
}
