import { ParseProblem } from './parse-guard';

const MERGE_KEY = '<<';
const MERGE_FIX = 'merge mappings with <<, and write it as the first key';

/**
 * Resolves merge keys in place. Refuses what YAML libraries read differently: a key before `<<` that the merged mapping has
 * too, wins in go-yaml v3 (kustomize) and loses in v2 (kubectl, Helm).
 */
export function resolveMergeKeys(document: unknown): void {
  resolve(document, new Set(), new Set());
}

/** Each shared value is looked at once; a value on the way to itself would never end. */
function resolve(value: unknown, onTheWay: Set<object>, done: Set<object>): void {
  if (typeof value !== 'object' || value === null || done.has(value)) return;
  if (onTheWay.has(value)) throw new ParseProblem('an alias stands inside the value it repeats', 'write the value out');
  onTheWay.add(value);
  for (const item of Object.values(value)) resolve(item, onTheWay, done);
  if (!Array.isArray(value) && Object.hasOwn(value, MERGE_KEY)) merge(value as Record<string, unknown>);
  onTheWay.delete(value);
  done.add(value);
}

function merge(mapping: Record<string, unknown>): void {
  const keys = Object.keys(mapping);
  const sources = sourcesOf(mapping[MERGE_KEY]);
  const before = new Set(keys.slice(0, keys.indexOf(MERGE_KEY)).filter((key) => !isInteger(key)));
  Reflect.deleteProperty(mapping, MERGE_KEY);
  for (const source of sources) {
    for (const [key, item] of Object.entries(source)) {
      if (before.has(key)) {
        throw new ParseProblem(`key ${key} stands before << and comes with it: readers disagree who wins`, MERGE_FIX);
      }
      // The first source wins, as does a key after `<<`.
      if (!Object.hasOwn(mapping, key)) mapping[key] = item;
    }
  }
}

/** JavaScript puts integer keys first, whatever their place in the text. */
function isInteger(key: string): boolean {
  return /^\d+$/.test(key);
}

function sourcesOf(value: unknown): object[] {
  const sources: unknown[] = Array.isArray(value) ? value : [value];
  return sources.map((source) => {
    if (typeof source === 'object' && source !== null && !Array.isArray(source)) return source;
    throw new ParseProblem('<< merges something that is no mapping', MERGE_FIX);
  });
}
