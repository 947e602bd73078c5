import { PROXY_CONTAINER } from '../../../../private/istio-names';
import {
  ENVOY_METRICS_PORT,
  ISTIO_MERGED_METRICS_PORT,
  ISTIOD_METRICS_PORT,
  LAST_PORT,
} from '../../../../private/ports';
import { ENVOY_PORT_NAME } from '../discovery/istio';
import { ADDRESS, CONTAINER_NAME, CONTAINER_PORT_NAME, NAMESPACE, SCHEME } from '../discovery/meta-labels';
import { examplesOf, isLiteral, withoutMarks } from '../relabel/examples';
import type { Rule } from '../relabel/rule';
import { decisiveLabels, derivedFrom, filteredBy, originOf } from './decisive';
import { ALWAYS_SET, isFree } from './free-labels';

/** A value of a label that a job asks for. */
export interface Wish {
  readonly value: string;
  /** The expression, where it allows other values too. */
  readonly matching?: string;
}

/** What a job asks of labels that whoever deploys an application may choose. */
export interface Wishes {
  /** Values to try for each label; the first is what there is without any wish. */
  readonly options: ReadonlyMap<string, readonly Wish[]>;
  /** Ports that the rules name. */
  readonly ports: readonly number[];
  /** Namespaces that the rules name. */
  readonly namespaces: readonly string[];
}

/** Stands for the port that is tried. */
export const PORT_VALUE: Wish = { value: '<port>' };

/** Undefined: the rules ask for something that cannot be read off them. */
export function wishesOf(rules: readonly Rule[]): Wishes | undefined {
  const found = new Map<string, Wish[]>();
  const add = (label: string, wish: Wish) => {
    const known = found.get(label) ?? [];
    if (!known.some(({ value }) => value === wish.value)) found.set(label, [...known, wish]);
  };
  const portLabels = portLabelsOf(rules);
  const asking = derivedFrom(rules, [...filteredBy(rules, ['keep', 'keepequal']), SCHEME]);
  for (const rule of rules) {
    const asks =
      rule.action === 'keep' || (rule.action === 'replace' && rule.target !== ADDRESS && asking.has(rule.target));
    if (!asks) continue;
    for (const [name, wish] of fragmentsOf(rule)) {
      const label = originOf(rules, name);
      if (isFree(label) && !portLabels.has(label)) add(label, wish);
    }
  }
  for (const label of portLabels) add(label, PORT_VALUE);
  for (const label of refusedWhenAbsent(rules)) if (isFree(label) && !found.has(label)) add(label, { value: 'true' });
  const options = new Map<string, Wish[]>();
  for (const [label, wishes] of found) {
    const fitting = [{ value: '' }, ...wishes].filter((wish) => passes(rules, label, wish));
    if (fitting.length === 0) return undefined;
    options.set(label, fitting);
  }
  return { options, ports: portsOf(rules), namespaces: namespacesOf(rules) };
}

/** What each source label of a rule has to be for the rule to match. */
function fragmentsOf({ sources, separator, pattern }: Rule): [string, Wish][] {
  return examplesOf(pattern.source).flatMap((example) => {
    const parts = sources.length === 1 ? [example] : example.split(separator);
    if (parts.length !== sources.length) return [];
    return sources.map((label, i): [string, Wish] => {
      const part = parts[i]!;
      // Whoever asks for something like the port of Istio's container means that one.
      if (
        label === CONTAINER_PORT_NAME &&
        !isLiteral(part) &&
        sources.length === 1 &&
        pattern.matches(ENVOY_PORT_NAME)
      ) {
        return [label, { value: ENVOY_PORT_NAME }];
      }
      return [label, { value: withoutMarks(part), ...(!isLiteral(part) && { matching: pattern.source }) }];
    });
  });
}

/** Labels whose number becomes the port of the address, as the annotation `prometheus.io/port` does. */
function portLabelsOf(rules: readonly Rule[]): ReadonlySet<string> {
  const addressing = derivedFrom(rules, [ADDRESS]);
  const writing = rules.filter(({ action, target }) => action === 'replace' && addressing.has(target));
  return new Set(
    writing.flatMap((rule) => {
      const fragments = fragmentsOf(rule);
      // An expression that cannot be read may take any of its labels for a port.
      if (fragments.length === 0) return rule.sources.filter(isFree);
      return fragments
        .filter(([label, wish]) => isFree(label) && wish.matching !== undefined && wish.value !== '')
        .map(([label]) => label);
    }),
  );
}

/** `action: drop` for what carries no annotation. */
function refusedWhenAbsent(rules: readonly Rule[]): string[] {
  return rules.flatMap(({ action, sources, pattern }) =>
    action === 'drop' && sources.length === 1 && pattern.matches('') ? sources : [],
  );
}

/** Whether a value gets past the filters that look at this label alone. */
function passes(rules: readonly Rule[], label: string, wish: Wish): boolean {
  if (wish === PORT_VALUE) return true;
  const value = wish.value === '' ? (ALWAYS_SET.get(label) ?? '') : wish.value;
  for (const { action, sources, pattern, target } of rules) {
    if (target === label || action.startsWith('label')) return true;
    if (sources.length !== 1 || sources[0] !== label) continue;
    if (action === 'keep' && !pattern.matches(value)) return false;
    if (action === 'drop' && pattern.matches(value)) return false;
  }
  return true;
}

/** Ports that are always plaintext, so that rules make an exception of them: nobody wishes for them by that. */
const ALWAYS_PLAINTEXT = [ISTIOD_METRICS_PORT, ISTIO_MERGED_METRICS_PORT, ENVOY_METRICS_PORT];

/** Numbers in the rules that decide about addresses; whether they are ports shows when they are tried. */
function portsOf(rules: readonly Rule[]): number[] {
  const decisive = decisiveLabels(rules);
  const addressing = derivedFrom(rules, [ADDRESS]);
  const numbers = rules.flatMap(({ action, target, pattern, replacement }) => {
    if (action === 'keep') return numbersIn(pattern.source);
    if (action !== 'replace' || !decisive.has(target)) return [];
    if (addressing.has(target)) return [...numbersIn(pattern.source), ...numbersIn(replacement)];
    return numbersIn(pattern.source).filter((port) => !ALWAYS_PLAINTEXT.includes(port));
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function numbersIn(text: string): number[] {
  const numbers = (text.match(/(?<![\w.])\d{2,5}(?![\w.])/g) ?? []).map(Number);
  return numbers.filter((port) => port <= LAST_PORT);
}

function namespacesOf(rules: readonly Rule[]): string[] {
  const named = rules.flatMap((rule) =>
    fragmentsOf(rule).filter(([source, { matching }]) => source === NAMESPACE && matching === undefined),
  );
  return [...new Set(named.map(([, { value }]) => value))].filter((name) => /^[a-z0-9-]+$/.test(name)).sort();
}

/** Whether pods with these labels are asked for because of Istio's container. */
export function asksForProxy(label: string, { value }: Wish): boolean {
  return (
    (label === CONTAINER_NAME && value === PROXY_CONTAINER) ||
    (label === CONTAINER_PORT_NAME && value === ENVOY_PORT_NAME)
  );
}
