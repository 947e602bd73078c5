import { ADDRESS, SCHEME } from '../discovery/meta-labels';
import type { Rule } from '../relabel/rule';

/** Labels from which relabelling derives others: the given ones and, backwards, whatever they are made of. */
export function derivedFrom(rules: readonly Rule[], roots: readonly string[]): ReadonlySet<string> {
  const found = new Set(roots);
  for (const rule of [...rules].reverse()) {
    if (WRITING.includes(rule.action) && (found.has(rule.target) || rule.target.includes('$'))) {
      for (const source of rule.sources) found.add(source);
    }
    if (rule.action === 'labelmap')
      for (const name of [...found]) for (const source of mappedFrom(rule, name)) found.add(source);
  }
  return found;
}

/** The label whose value another one repeats, followed through rules that only copy. */
export function originOf(rules: readonly Rule[], label: string): string {
  let origin = label;
  for (const rule of [...rules].reverse()) {
    const [copied] = rule.action === 'labelmap' ? mappedFrom(rule, origin) : [];
    if (copied !== undefined) origin = copied;
    if (isCopy(rule) && rule.target === origin) origin = rule.sources[0]!;
  }
  return origin;
}

function isCopy({ action, sources, pattern, replacement }: Rule): boolean {
  return (
    action === 'replace' &&
    sources.length === 1 &&
    pattern.expand(replacement, 'x') === 'x' &&
    !/[a-z]/i.test(replacement)
  );
}

const WRITING: readonly string[] = ['replace', 'lowercase', 'uppercase', 'hashmod'];

/** The label that a `labelmap` copies to this name, where the expression has one place for the name. */
function mappedFrom({ pattern, replacement }: Rule, name: string): string[] {
  // Keys of labels and annotations start with a letter or digit.
  if (name.startsWith('_')) return [];
  const source = pattern.source.replace(/\(\.[+*]\)/, () => name);
  return source !== pattern.source && pattern.expand(replacement, source) === name ? [source] : [];
}

/** Labels that decide whether there is a target. */
export function filteredBy(rules: readonly Rule[], actions: readonly Rule['action'][]): string[] {
  return rules
    .filter(({ action }) => actions.includes(action))
    .flatMap(({ sources, target }) => (target === '' ? sources : [...sources, target]));
}

/** Everything that decides whether there is a target, which address it has and how it is spoken to. */
export function decisiveLabels(rules: readonly Rule[]): ReadonlySet<string> {
  const filters = filteredBy(rules, ['keep', 'drop', 'keepequal', 'dropequal']);
  return derivedFrom(rules, [...filters, ADDRESS, SCHEME]);
}
