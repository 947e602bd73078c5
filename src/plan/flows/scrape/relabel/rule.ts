import type { Value } from '../../../value';
import { unknownIn } from '../../placeholders';
import { Pattern } from './pattern';

const ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'lowercase',
  'uppercase',
  'labelmap',
  'labeldrop',
  'labelkeep',
] as const;

export type Action = (typeof ACTIONS)[number];

/** One entry of `relabel_configs`, with Prometheus' defaults filled in. */
export interface Rule {
  readonly action: Action;
  readonly sources: readonly string[];
  readonly separator: string;
  readonly pattern: Pattern;
  readonly target: string;
  readonly replacement: string;
  readonly modulus: bigint;
}

/** Rules that cannot be simulated, and why. */
export interface Unreadable {
  readonly field: string;
  readonly reason: string;
}

/** Whether a rule decides if there is a target at all. */
export function isFilter({ action }: Rule): boolean {
  return ['keep', 'drop', 'keepequal', 'dropequal'].includes(action);
}

export function readRules(configs: Value): { readonly rules: readonly Rule[] } | Unreadable {
  const rules: Rule[] = [];
  for (const config of configs.items()) {
    const rule = readRule(config);
    if ('reason' in rule) return rule;
    rules.push(rule);
  }
  return { rules };
}

const DEFAULT_REGEX = '(.*)';

function readRule(config: Value): Rule | Unreadable {
  const action = (scalar(config.get('action')) ?? 'replace').toLowerCase();
  if (!isAction(action)) return problem(config.get('action'), `Prometheus knows no relabel action ${action}`);
  const target = scalar(config.get('target_label')) ?? '';
  if (target === '' && NEEDS_TARGET.includes(action)) {
    return problem(config, `Prometheus refuses action ${action} without target_label`);
  }
  const modulus = config.get('modulus').integer() ?? 0;
  if (action === 'hashmod' && modulus <= 0) return problem(config, 'Prometheus refuses action hashmod without modulus');
  const replacement = scalar(config.get('replacement')) ?? '$1';
  const regex = scalar(config.get('regex')) ?? DEFAULT_REGEX;
  const sources = config.get('source_labels').texts();
  const missing = [regex, replacement, target, ...sources].flatMap((text) => unknownIn(text) ?? []);
  if (missing[0] !== undefined)
    return problem(config, `relabelling depends on the value of ${missing[0]}, which is not known`);
  const pattern = compiled(regex);
  if (typeof pattern === 'string') return problem(config.get('regex'), pattern);
  const separator = scalar(config.get('separator')) ?? ';';
  return { action, sources, separator, pattern, target, replacement, modulus: BigInt(modulus) };
}

const NEEDS_TARGET: readonly Action[] = ['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal'];

function isAction(action: string): action is Action {
  return ACTIONS.some((known) => known === action);
}

function compiled(regex: string): Pattern | string {
  try {
    return new Pattern(regex);
  } catch (error) {
    const [message = ''] = error instanceof Error ? error.message.split('\n') : [];
    return `invalid regular expression ${JSON.stringify(regex)}: ${message}`;
  }
}

/** Prometheus takes unquoted numbers and booleans as text, as in `replacement: 9102` and `regex: true`. */
function scalar(value: Value): string | undefined {
  return typeof value.raw === 'number' || typeof value.raw === 'boolean' ? String(value.raw) : value.text();
}

function problem({ field }: Value, reason: string): Unreadable {
  return { field, reason };
}
