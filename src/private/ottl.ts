import { invalid } from './errors';

/** OTTL as far as it can be checked without its parser: quotes and brackets are balanced, nothing spans lines. */
export function checkOttl(where: string, input: string, statements: readonly string[]): string[] {
  return statements.map((statement, i) => {
    const problem = findProblem(statement);
    if (problem !== undefined) {
      throw invalid(where, {
        input: `${input}[${i}]`,
        got: statement,
        allowed: 'one OTTL expression on one line, with balanced quotes and brackets',
        fix: problem,
      });
    }
    return statement;
  });
}

const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

function findProblem(text: string): string | undefined {
  if (text.trim() === '') return 'remove the empty expression';
  if (/[\n\r]/.test(text)) return 'write it on one line';
  // Strings first, escapes included: brackets inside them do not count.
  const withoutStrings = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  if (withoutStrings.includes('"')) return 'close the string with a quote, and escape quotes inside it as \\"';
  const open: string[] = [];
  for (const character of withoutStrings) {
    const closing = CLOSING[character];
    if (closing !== undefined) open.push(closing);
    else if (')]}'.includes(character) && open.pop() !== character) return `remove or open the "${character}"`;
  }
  return open.length > 0 ? `close it with "${open.reverse().join('')}"` : undefined;
}

/** A list of names as an anchored pattern. Names are DNS labels, so nothing in them needs escaping. */
export function oneOf(names: readonly string[]): string {
  return `^(${names.join('|')})$`;
}
