import type { NetworkPolicy, PolicyRule } from '../../inventory';
import type { Truth } from '../../pods/truth';
import type { PolicyVerdict } from '../../result';
import type { World } from '../../world';
import type { End, PodEnd, Route } from './ends';
import { addressesAdmitted, podsAdmitted } from './peers';
import { type Selecting, policiesSelecting } from './selecting-policies';

export type Direction = 'egress' | 'ingress';

/** What the policies of one end say about a route. */
export interface Ruling {
  readonly verdict: PolicyVerdict;
  readonly direction: Direction;
  readonly route: Route;
  /** Of the policies that select the pods or may do so. When allowed: of the one that allows it, or none. */
  readonly opinions: readonly Opinion[];
}

export interface Opinion extends Selecting {
  readonly admits: Truth;
  readonly rules: readonly PolicyRule[];
}

export function rulingOf(world: World, direction: Direction, route: Route): Ruling {
  const { own, peer } = sides(direction, route);
  // Only pods have policies.
  if (own.kind === 'addresses') return { verdict: 'allowed', direction, route, opinions: [] };
  const opinions = opinionsOf(world, direction, own, peer, route);
  const allowing = opinions.find(({ selected, admits }) => selected === 'yes' && admits === 'yes');
  if (allowing) return { verdict: 'allowed', direction, route, opinions: [allowing] };
  // Whichever of them select the pods, each allows it.
  if (opinions.every(({ admits }) => admits === 'yes')) {
    return { verdict: 'allowed', direction, route, opinions: opinions.slice(0, 1) };
  }
  const isolated = opinions.some(({ selected }) => selected === 'yes');
  const denied = isolated && opinions.every(({ admits }) => admits === 'no') && !mayBeExempt(route);
  return { verdict: denied ? 'denied' : 'unknown', direction, route, opinions };
}

export function sides(direction: Direction, { from, to }: Route): { readonly own: End; readonly peer: End } {
  return direction === 'egress' ? { own: from, peer: to } : { own: to, peer: from };
}

/** Kubernetes lets a pod always reach itself, and lets the node of a pod always reach it. */
function mayBeExempt(route: Route): boolean {
  return isSameWorkload(route) || isFromNode(route);
}

export function isSameWorkload({ from, to }: Route): boolean {
  return from.workload !== undefined && from.workload === to.workload;
}

function isFromNode({ from }: Route): boolean {
  return from.kind === 'addresses' && from.place === 'node';
}

function opinionsOf(world: World, direction: Direction, own: PodEnd, peer: End, route: Route): Opinion[] {
  return policiesSelecting(world, own).flatMap(({ policy, selected }) => {
    const rules = policy[direction];
    return rules ? [{ policy, selected, rules, admits: admits(world, policy, rules, peer, route) }] : [];
  });
}

function admits(world: World, policy: NetworkPolicy, rules: readonly PolicyRule[], peer: End, route: Route): Truth {
  return peer.kind === 'pods'
    ? podsAdmitted(world, policy, rules, peer, route)
    : addressesAdmitted(world, rules, peer, route);
}
