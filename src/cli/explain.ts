import { type Code, CODES } from '../plan/findings/catalogue';
import { explanationOf, overviewLine } from '../plan/findings/explanation';
import { InputError } from '../plan/input-error';

/** What these codes mean; all codes with their titles if none is named. */
export function explain(names: readonly string[]): string {
  if (names.length === 0) return `${CODES.map((code) => overviewLine(code, code)).join('\n')}\n`;
  const explanations = names.map(codeOf).map((code) => explanationOf(code).join('\n\n'));
  return `${explanations.join('\n\n\n')}\n`;
}

function codeOf(name: string): Code {
  const code = CODES.find((known) => known === name.toUpperCase());
  if (code !== undefined) return code;
  throw new InputError(`explain ${name.slice(0, 60)}`, 'no such code', 'cdk8s-telemetry explain lists all codes');
}
