import { NODE_NAME } from '../placeholders';
import type { Addresses, IsOpen } from './discovery/target';
import { ADDRESS, SCHEME } from './discovery/meta-labels';
import { sourceText } from './relabel/apply';
import type { LabelSet } from './relabel/label-set';
import { examplesOf, withoutMarks } from './relabel/examples';
import type { Pattern } from './relabel/pattern';
import { isFilter, type Rule } from './relabel/rule';
import { remembered } from '../../remembered';

/**
 * Whether the effect of a rule depends on something that only a running cluster knows: labels of nodes, or which address or
 * node exactly a pod got.
 */
export function isUndecided(rule: Rule, labels: LabelSet, isOpen: IsOpen, addresses: Addresses): boolean {
  if (!isFilter(rule) && !writesTarget(rule)) return false;
  if (rule.sources.some(isOpen)) return true;
  if (rule.action === 'keepequal' || rule.action === 'dropequal') return isOpen(rule.target);
  if (!['keep', 'drop', 'replace'].includes(rule.action)) return false;
  const text = sourceText(rule, labels);
  return isUnknown(text, addresses) && dependsOnCluster(rule.pattern, text, addresses);
}

const dependencies = remembered<Pattern, string, boolean>();

function dependsOnCluster(pattern: Pattern, text: string, addresses: Addresses): boolean {
  return dependencies(pattern, text, () => {
    const matched = pattern.matches(text);
    return inOtherClusters(text, pattern, addresses).some((other) => pattern.matches(other) !== matched);
  });
}

function writesTarget({ target }: Rule): boolean {
  return target === ADDRESS || target === SCHEME;
}

export function isUnknown(text: string, { pod, node }: Addresses): boolean {
  return [pod, node, NODE_NAME, SERVICE_TYPE].some((standIn) => text.includes(standIn));
}

/** The types that a Service with a cluster IP may have, of which the first stands for all. */
const [SERVICE_TYPE, ...OTHER_SERVICE_TYPES] = ['ClusterIP', 'NodePort', 'LoadBalancer'] as const;

/** The text as it would be with other addresses, another node and another type, above all those that the expression spells out. */
function inOtherClusters(text: string, pattern: Pattern, { pod, node }: Addresses): string[] {
  const otherAddresses = [pod, node]
    .filter((standIn) => text.includes(standIn))
    .flatMap((standIn) => addressesFor(pattern, standIn).map((address) => text.replaceAll(standIn, address)));
  const others = [
    ...otherAddresses,
    ...(text.includes(SERVICE_TYPE) ? OTHER_SERVICE_TYPES.map((type) => text.replaceAll(SERVICE_TYPE, type)) : []),
  ];
  // An expression with the client's own node is about targets on that node, which are the ones looked at.
  if (!text.includes(NODE_NAME) || pattern.source.includes(NODE_NAME)) return others;
  const nodes = ['some-node', ...examplesOf(pattern.source).map(withoutMarks)];
  return [...others, ...nodes.map((name) => text.replaceAll(NODE_NAME, name))];
}

function addressesFor({ source }: Pattern, standIn: string): string[] {
  if (standIn.includes(':')) return ['2001:db8:ffff::99'];
  const spelledOut = source.replaceAll('\\.', '.').match(/\d{1,3}(?:\.\d{1,3}){1,3}|\d{1,3}\./g) ?? [];
  return [
    '203.0.113.99',
    ...spelledOut.map((start) => [...start.split('.'), '1', '1', '1'].filter(Boolean).slice(0, 4).join('.')),
  ];
}
