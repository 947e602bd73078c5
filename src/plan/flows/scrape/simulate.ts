import type { Addresses, IsOpen, Target } from './discovery/target';
import type { World } from '../../world';
import { labelWords } from './label-words';
import { apply, sourceText } from './relabel/apply';
import { LabelSet, type Layer } from './relabel/label-set';
import { isFilter, type Rule } from './relabel/rule';
import { isUndecided, isUnknown } from './undecided';

export interface Simulated {
  readonly labels: LabelSet;
  /** Rules whose effect only a running cluster shows. The target counts as kept. */
  readonly undecided: readonly Rule[];
}

/** Relabels a target; undefined when it is dropped. */
export function simulate(
  { rules, defaults }: { readonly rules: readonly Rule[]; readonly defaults: Layer },
  target: Target,
  addresses: Addresses,
): Simulated | undefined {
  const labels = new LabelSet([...target.layers, defaults]);
  const undecided: Rule[] = [];
  const derived = new Set<string>();
  const open: IsOpen = (label) => target.isOpen?.(label) === true || derived.has(label);
  for (const rule of rules) {
    if (isUndecided(rule, labels, open, addresses)) {
      undecided.push(rule);
      if (isFilter(rule)) continue;
    }
    if (rule.action === 'hashmod' && isUnknown(sourceText(rule, labels), addresses)) derived.add(rule.target);
    if (!apply(rule, labels)) return undefined;
  }
  return { labels, undecided };
}

/** The condition that an undecided filter puts on a target, in words. */
export function conditionOf(world: World, { action, sources, separator, pattern, target }: Rule): string {
  const source = sources.map((label) => labelWords(world, label)).join(separator);
  switch (action) {
    case 'keepequal':
      return `relabelling keeps it: ${source} equals ${labelWords(world, target)}`;
    case 'dropequal':
      return `relabelling keeps it: ${source} differs from ${labelWords(world, target)}`;
    case 'drop':
      return `relabelling keeps it: ${source} does not match ${pattern.source}`;
    default:
      return `relabelling keeps it: ${source} matches ${pattern.source}`;
  }
}

/** What another undecided rule leaves open, in words. */
export function dependenceOf(world: World, { sources, target }: Rule): string {
  return `${target} depends on ${sources.map((label) => labelWords(world, label)).join(' and ')}`;
}
