import { nearest } from './nearest';

/** What to do about a value of the wrong type; most often it is quotes that are missing or too many. */
export const typeFix = {
  string: (got: unknown) => {
    if (typeof got === 'number' && !Number.isInteger(got)) return 'put it into quotes: YAML reads 1.30 as 1.3';
    return typeof got !== 'object' || got instanceof Date ? 'put it into quotes' : otherwise(got);
  },
  number: (got: unknown) => {
    const isQuoted = typeof got === 'string' && /^\d+$/.test(got);
    return isQuoted ? `write ${got} without quotes` : otherwise(got);
  },
  flag: () => 'write true or false, without quotes',
  texts: (got: unknown) => (typeof got === 'string' ? 'write it as a list: [a, b]' : otherwise(got)),
};

/** What to do where something else than a mapping, or a list of them, stands. */
export function exampleFix(got: unknown, example: string): string {
  return got === null ? `give it a value such as ${example}, or remove the key` : `write it as ${example}`;
}

/** What to do about a word that is not known. */
export function wordFix(got: unknown, known: readonly string[], unlike: string): string {
  const near = typeof got === 'string' ? nearest(got, known) : undefined;
  return near === undefined ? unlike : `did you mean ${near}?`;
}

function otherwise(got: unknown): string {
  return got === null ? 'give it a value, or remove the key' : 'correct the value in the file';
}
