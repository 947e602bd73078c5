import { createHash } from 'node:crypto';
import type { LabelSet } from './label-set';
import type { Rule } from './rule';

/** What a rule is about: the values of its source labels. */
export function sourceText({ sources, separator }: Rule, labels: LabelSet): string {
  return limited(sources.map((name) => labels.get(name)).join(separator));
}

/** Rules that repeat a label would otherwise double it each time, until memory ends. */
const MAX_LENGTH = 16_384;

function limited(text: string): string {
  return text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
}

/** One step of relabelling as Prometheus does it (`model/relabel`); false when it drops the target. */
export function apply(rule: Rule, labels: LabelSet): boolean {
  const { action, pattern, target } = rule;
  const text = sourceText(rule, labels);
  switch (action) {
    case 'keep':
      return pattern.matches(text);
    case 'drop':
      return !pattern.matches(text);
    case 'keepequal':
      return labels.get(target) === text;
    case 'dropequal':
      return labels.get(target) !== text;
    case 'replace':
      replace(rule, text, labels);
      return true;
    case 'hashmod':
      labels.set(target, hashmod(text, rule.modulus));
      return true;
    case 'lowercase':
      labels.set(target, text.toLowerCase());
      return true;
    case 'uppercase':
      labels.set(target, text.toUpperCase());
      return true;
    default:
      changeNames(rule, labels);
      return true;
  }
}

function replace({ pattern, target, replacement }: Rule, text: string, labels: LabelSet): void {
  const name = pattern.expand(target, text);
  const value = pattern.expand(replacement, text);
  if (name === undefined || name === '' || value === undefined) return;
  labels.set(name, limited(value));
}

function changeNames({ action, pattern, replacement }: Rule, labels: LabelSet): void {
  for (const [name, value] of labels.entries()) {
    const renamed = pattern.expand(replacement, name);
    if (action === 'labelmap' && renamed !== undefined && renamed !== '') labels.set(renamed, value);
    if (action === 'labeldrop' && renamed !== undefined) labels.set(name, '');
    if (action === 'labelkeep' && renamed === undefined) labels.set(name, '');
  }
}

/** The last eight bytes of MD5, as a big-endian number. */
function hashmod(text: string, modulus: bigint): string {
  const digest = createHash('md5').update(text).digest();
  return (digest.readBigUInt64BE(8) % modulus).toString();
}
