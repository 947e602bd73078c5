import { NAMESPACE_NAME } from '../../../private/labels';
import type { NetworkPolicy, PolicyPeer, PolicyRule } from '../../inventory';
import { type KnownLabels, selectorTruth } from '../../pods/selectors';
import { and, or, type Truth, truthOf } from '../../pods/truth';
import { once } from '../../remembered';
import { type World } from '../../world';
import { union, within, type WrittenRanges, writtenRanges } from '../address-set';
import { type AddressEnd, networkPlugin, type PodEnd, type Route } from './ends';
import { portTruth } from './ports';

/** Whether some rule of a policy admits the pods on the other end of a route. */
export function podsAdmitted(
  world: World,
  policy: NetworkPolicy,
  rules: readonly PolicyRule[],
  peer: PodEnd,
  route: Route,
): Truth {
  let answer: Truth = 'no';
  for (const rule of rules) {
    const port = portTruth(rule.ports, route);
    if (port !== 'no') answer = or(answer, and(port, podPeerTruth(world, policy, rule, peer)));
    if (answer === 'yes') return answer;
  }
  return answer;
}

export function podPeerTruth(world: World, policy: NetworkPolicy, { peers }: PolicyRule, pods: PodEnd): Truth {
  if (admitsEverybody({ peers })) return 'yes';
  return or(...(peers ?? []).map((peer) => podTruth(world, policy, peer, pods)));
}

function podTruth(world: World, policy: NetworkPolicy, peer: PolicyPeer, pods: PodEnd): Truth {
  if (peer.ipBlock) return blockTruth(world, peer.ipBlock, pods);
  const { namespaceSelector, podSelector } = peer;
  const namespace = namespaceSelector
    ? selectorTruth(namespaceSelector, namespaceLabels(world, pods))
    : sameNamespace(policy, pods);
  return and(namespace, podSelector ? selectorTruth(podSelector, pods.known) : 'yes');
}

function blockTruth(world: World, block: IpBlock, { addresses }: PodEnd): Truth {
  return rangesTakePods(world) ? within(addresses, rangesOf(block)) : 'no';
}

/**
 * Kubernetes leaves open whether a range of addresses takes pods: Calico compares addresses and nothing else, Cilium and
 * the models of NetworkPolicy take pods by labels only. Where nobody tells, the stricter reading counts.
 */
export function rangesTakePods(world: World): boolean {
  return networkPlugin(world) === 'calico';
}

function sameNamespace(policy: NetworkPolicy, { namespace, exceptNamespaces = [] }: PodEnd): Truth {
  if (namespace === undefined) return exceptNamespaces.includes(policy.namespace) ? 'no' : 'unknown';
  return truthOf(policy.namespace === namespace);
}

/** Every namespace has the label with its name; of "any namespace" only what the name is not can be known. */
function namespaceLabels(world: World, { namespace, exceptNamespaces = [] }: PodEnd): KnownLabels {
  if (namespace !== undefined) return world.namespaceLabels(namespace);
  return { labels: {}, complete: false, excluded: { key: NAMESPACE_NAME, values: exceptNamespaces } };
}

/** Several ranges together may admit what none does alone. */
export function addressesAdmitted(world: World, rules: readonly PolicyRule[], peer: AddressEnd, route: Route): Truth {
  const open = rules.map((rule) => ({ rule, port: portTruth(rule.ports, route) })).filter(({ port }) => port !== 'no');
  const certain = open.filter(({ port }) => port === 'yes').map(({ rule }) => rule);
  if (certain.some(admitsEverybody)) return 'yes';
  const possible = open.map(({ rule }) => rule);
  if (possible.some(admitsEverybody)) return 'unknown';
  const inside = within(peer.addresses, {
    certain: union(blocksOf(certain).map((block) => rangesOf(block).certain)),
    possible: union(blocksOf(possible).map((block) => rangesOf(block).possible)),
  });
  return inside === 'yes' && isLeftToSettings(world, peer) ? 'unknown' : inside;
}

/** Cilium compares ranges with nodes and the API server only where `policyCIDRMatchMode` includes `nodes`. */
export function isLeftToSettings(world: World, { place }: AddressEnd): boolean {
  return networkPlugin(world) === 'cilium' && place !== 'outside';
}

export function admitsEverybody({ peers }: PolicyRule): boolean {
  return !peers || peers.length === 0;
}

type IpBlock = NonNullable<PolicyPeer['ipBlock']>;

function blocksOf(rules: readonly PolicyRule[]): IpBlock[] {
  return rules.flatMap(({ peers }) => peers ?? []).flatMap(({ ipBlock }) => ipBlock ?? []);
}

const rangesOf = once(({ cidr, except }: IpBlock): WrittenRanges => writtenRanges([cidr], except));
