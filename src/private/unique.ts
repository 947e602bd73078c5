import { invalid } from './errors';

/** Of two entries about the same thing one would be ignored. */
export function checkUnique<T>(where: string, input: string, entries: readonly T[], id: (entry: T) => string): void {
  const ids = entries.map(id);
  const second = ids.findIndex((one, i) => ids.indexOf(one) !== i);
  if (second === -1) return;
  const got = ids[second] ?? '';
  throw invalid(where, {
    input: `${input}[${second}]`,
    got,
    allowed: 'each one once',
    fix: `remove it, or ${input}[${ids.indexOf(got)}], which is about the same`,
  });
}
