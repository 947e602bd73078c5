import { HBONE_PORT } from '../../../private/ports';
import type { PolicyRule } from '../../inventory';
import { someOf } from '../../words';
import type { World } from '../../world';
import { type AddressEnd, type End, networkPlugin, type Route } from './ends';
import { isLeftToSettings, podPeerTruth, rangesTakePods } from './peers';
import { portTruth } from './ports';
import { type Direction, isSameWorkload, type Opinion, type Ruling, sides } from './ruling';

/** Why policies allow a connection, by what each end says about each way that it can take. */
export function whyAllowed(rulings: readonly Ruling[]): string {
  const allowing = distinct(rulings.flatMap(({ opinions }) => opinions.map(nameOf)));
  if (allowing.length > 0) {
    const it = rulings.every(({ route }) => route.port === HBONE_PORT) ? `TCP ${HBONE_PORT} (HBONE)` : 'it';
    return `${allowing.length > 1 ? 'NetworkPolicies' : 'NetworkPolicy'} ${someOf(allowing)} ${allowing.length > 1 ? 'allow' : 'allows'} ${it}`;
  }
  const ends = rulings.map(({ direction, route }) => sides(direction, route).own);
  const pods = distinct(ends.filter(({ kind }) => kind === 'pods').map(({ name }) => name));
  return pods.length > 0 ? `no NetworkPolicy selects ${someOf(pods, 'or')}` : 'NetworkPolicy applies to pods only';
}

export function whyDenied(world: World, { direction, route, opinions }: Ruling): string {
  const hint =
    !rangesTakePods(world) && hasRangesForPods(direction, route, opinions) ? `; ${rangesTakeNoPods(world)}` : '';
  return `${direction}: no rule of NetworkPolicy ${namesOf(opinions)} allows ${traffic(direction, route)}${hint}`;
}

export function whyUnknown(world: World, { direction, route, opinions }: Ruling): string {
  const { own } = sides(direction, route);
  const undecided = opinions.find(({ admits }) => admits === 'unknown');
  if (undecided) {
    const condition = conditionOf(world, direction, route, undecided);
    return `${direction}: NetworkPolicy ${nameOf(undecided)} may allow ${traffic(direction, route)}: ${condition}`;
  }
  const isolated = opinions.some(({ selected }) => selected === 'yes');
  const deciding = opinions.find(({ admits }) => (admits === 'yes') === isolated);
  if (deciding) {
    const opinion = deciding.admits === 'yes' ? 'allows' : 'does not allow';
    return `${direction}: whether NetworkPolicy ${nameOf(deciding)}, which ${opinion} ${traffic(direction, route)}, selects ${own.name} depends on labels that no manifest shows`;
  }
  const exempt = isSameWorkload(route) ? 'the pod itself' : 'the node of the pod';
  return `${direction}: no rule of NetworkPolicy ${namesOf(opinions)} allows ${traffic(direction, route)}, unless that is ${exempt}`;
}

function conditionOf(world: World, direction: Direction, route: Route, { policy, rules }: Opinion): string {
  const { peer } = sides(direction, route);
  const rule = rules.find(
    (candidate) =>
      portTruth(candidate.ports, route) !== 'no' &&
      (peer.kind === 'addresses' || podPeerTruth(world, policy, candidate, peer) !== 'no'),
  )!;
  if (portTruth(rule.ports, route) === 'unknown') return portCondition(rule, route);
  if (peer.kind === 'pods') {
    const byRange = rangesTakePods(world) && rule.peers?.some(({ ipBlock }) => ipBlock);
    if (byRange) return `its ranges contain only some of the addresses that ${peer.name} can have`;
    return `that depends on labels of ${peer.name} or of their namespace that no manifest shows`;
  }
  return isLeftToSettings(world, peer) ? ciliumCondition(direction, peer) : addressCondition(world, peer);
}

function portCondition({ ports = [] }: PolicyRule, route: Route): string {
  if (route.port === null) return 'the port of the pods is not known, and it allows only some ports';
  const names = ports.map(({ port }) => port).filter((port) => typeof port === 'string');
  return `which port is called ${someOf(distinct(names), 'or')} is not known`;
}

function addressCondition({ facts }: World, { name, place }: AddressEnd): string {
  const some = `its ranges contain only some of the addresses that ${name} can have`;
  if (place === 'node' && facts.nodeCidrs.length === 0) return `${some} as long as no nodeCidrs are declared`;
  const isUnknownApiServer = place === 'api-server' && facts.apiServer.endpointCidrs.length === 0;
  return isUnknownApiServer ? `${some} as long as no apiServer.endpointCidrs are declared` : some;
}

/** docs.cilium.io, "CIDR-based policies": ranges take what lies outside the cluster. */
function ciliumCondition(direction: Direction, { name }: End): string {
  const entities = direction === 'egress' ? 'toEntities' : 'fromEntities';
  return `with Cilium a range of addresses matches ${name} only if the agent runs with policyCIDRMatchMode: nodes; set that, or allow kube-apiserver, host and remote-node by ${entities} in a CiliumNetworkPolicy`;
}

function traffic(direction: Direction, route: Route): string {
  const { peer } = sides(direction, route);
  return `${portWords(route)} ${direction === 'egress' ? 'to' : 'from'} ${peer.name}`;
}

export function portWords({ protocol, port }: Route): string {
  if (port === null) return protocol;
  return `${protocol} ${port}${port === HBONE_PORT ? ' (HBONE)' : ''}`;
}

function rangesTakeNoPods(world: World): string {
  return networkPlugin(world)?.startsWith('cilium')
    ? 'Cilium matches no pods by a range of addresses'
    : 'a range of addresses is not counted, since not every network plugin matches pods by it';
}

/** A usual mistake, and one that some network plugins forgive. */
function hasRangesForPods(direction: Direction, route: Route, opinions: readonly Opinion[]): boolean {
  const rules = opinions.flatMap((opinion) => opinion.rules).filter((rule) => portTruth(rule.ports, route) !== 'no');
  const { peer } = sides(direction, route);
  return peer.kind === 'pods' && rules.some((rule) => rule.peers?.some(({ ipBlock }) => ipBlock));
}

function nameOf({ policy: { namespace, name } }: Opinion): string {
  return `${namespace}/${name}`;
}

function namesOf(opinions: readonly Opinion[]): string {
  return someOf(distinct(opinions.map(nameOf)), 'or');
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
