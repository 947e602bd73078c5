import type { NetworkPeer } from '../../../private/network-peer';
import type { Labels, Protocol, Workload } from '../../inventory';
import type { KnownLabels } from '../../pods/selectors';
import type { World } from '../../world';
import { type AddressSet, addressSet } from '../address-set';
import { clusterAddresses, hostAddresses, workloadAddresses } from '../addresses';

/** One end of a connection as NetworkPolicy sees it: behind the address of a Service, on the port of the pod. */
export type End = PodEnd | AddressEnd;

/** Pods of one workload, or pods of which only some labels are known. */
export interface PodEnd {
  readonly kind: 'pods';
  /** How sentences call them. */
  readonly name: string;
  /** Undefined: any namespace. */
  readonly namespace: string | undefined;
  /** Namespaces that are not meant by "any". */
  readonly exceptNamespaces?: readonly string[];
  readonly known: KnownLabels;
  readonly addresses: AddressSet;
  /** Undefined: nobody described them. */
  readonly workload?: Workload;
}

/** What has addresses and is no pod. */
export interface AddressEnd {
  readonly kind: 'addresses';
  readonly name: string;
  readonly addresses: AddressSet;
  readonly place: 'node' | 'api-server' | 'outside';
  readonly workload?: undefined;
}

/** One way that a connection can take. */
export interface Route {
  readonly from: End;
  readonly to: End;
  readonly protocol: Protocol;
  /** Null: unknown, or any. */
  readonly port: number | null;
}

/** Pods on the network of their node count as the node; not every network plugin does so, hence also as pods. */
export function workloadEnds(world: World, workload: Workload): readonly End[] {
  const { id, namespace, labels, pod } = workload;
  const addresses = workloadAddresses(world, workload);
  const pods: PodEnd = { kind: 'pods', name: id, namespace, known: { labels, complete: true }, addresses, workload };
  if (!pod.hostNetwork) return [pods];
  const node: AddressEnd = { kind: 'addresses', name: `${id} (on the node's network)`, addresses, place: 'node' };
  return treatsAsNode(world) ? [node] : [node, pods];
}

/** Network plugins of which it is known that policies never select a pod on the network of its node. */
function treatsAsNode(world: World): boolean {
  return ['calico', 'cilium', 'cilium-matching-nodes'].includes(networkPlugin(world) ?? '');
}

/** Value of the enum `Cni`, without the module that declares it. */
export function networkPlugin({ facts: { cni } }: World): string | undefined {
  return cni;
}

/** Pods that the manifests may describe. */
export function podsWith(world: World, namespace: string, labels: Labels): readonly End[] {
  const described = world.workloadsWith(namespace, labels);
  if (described.length > 0) return described.flatMap((workload) => workloadEnds(world, workload));
  return [unknownPods(world, `pods ${words(labels)} in ${namespace}`, namespace, labels)];
}

export function unknownPods(world: World, name: string, namespace: string | undefined, labels: Labels): PodEnd {
  const { pods } = clusterAddresses(world.facts);
  return { kind: 'pods', name, namespace, known: { labels, complete: false }, addresses: pods };
}

export function nodes({ facts }: World): AddressEnd {
  return { kind: 'addresses', name: 'the nodes', addresses: clusterAddresses(facts).nodes, place: 'node' };
}

export function apiServer({ facts }: World): AddressEnd {
  const { apiServer: addresses } = clusterAddresses(facts);
  return { kind: 'addresses', name: 'the API server', addresses, place: 'api-server' };
}

export function outside(world: World, host: string): AddressEnd {
  return { kind: 'addresses', name: host, addresses: hostAddresses(world, host), place: 'outside' };
}

/** Somebody whom the facts name as a policy would. */
export function peerEnds(world: World, peer: NetworkPeer): readonly End[] {
  switch (peer.kind) {
    case 'pods':
      return podsWith(world, peer.namespace, peer.labels);
    case 'namespaces': {
      const labels = peer.labels ?? {};
      if ('allExcept' in peer.namespaces) return [unknownPods(world, 'pods', undefined, labels)];
      return peer.namespaces.only.map((name) => unknownPods(world, `pods in ${name}`, name, labels));
    }
    case 'selectors':
      return [unknownPods(world, 'pods', undefined, peer.pods?.matchLabels ?? {})];
    case 'cidr':
      // Node-local DNS and the like listen on the node.
      return [{ kind: 'addresses', name: peer.cidr, addresses: addressSet([peer.cidr], peer.except), place: 'node' }];
  }
}

function words(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
