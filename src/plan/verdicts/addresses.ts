import { isIp } from '../../private/checks';
import { hostCidr, isIpv6 } from '../../private/cidr';
import { ISTIOD_SERVICE } from '../../private/istio-names';
import { KUBE_DNS_SERVICE } from '../../private/kubernetes-names';
import { anywhereExcept } from '../../private/network-peer';
import type { Destination } from '../connection';
import type { Service, Workload } from '../inventory';
import { once } from '../remembered';
import type { PlanFacts, World } from '../world';
import { type AddressSet, addressSet, subtract, union } from './address-set';

export { type AddressSet, addressSet, within } from './address-set';

/** Addresses by what lives there. What the facts leave out is as large as it can be. */
export interface ClusterAddresses {
  readonly pods: AddressSet;
  readonly nodes: AddressSet;
  /** Of every Service but the API server's. */
  readonly services: AddressSet;
  readonly apiService: AddressSet;
  /** Where connections to the API server's Service end. */
  readonly apiServer: AddressSet;
  /** What a name outside the cluster can stand for. */
  readonly outside: AddressSet;
}

const LOOPBACK = ['127.0.0.1/32', '::1/128'];
/** Unspecified, loopback, multicast and reserved: nobody outside the pod has such an address. */
const NOBODY = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/127', 'ff00::/8'];

export const clusterAddresses = once(addressesFrom);

function addressesFrom(facts: PlanFacts): ClusterAddresses {
  const pods = addressSet(facts.podCidrs);
  const nodes = addressSet(facts.nodeCidrs);
  const services = addressSet(facts.serviceCidrs);
  const apiService = hosts(facts.apiServer.serviceIps);
  const anywhere = anywhereIn(facts);
  const without = (...removed: AddressSet[]): AddressSet => subtract(anywhere, union(removed));
  const anyService = declared(services, without(pods, nodes));
  return {
    // Not without the nodes: some network plugins give pods addresses of the nodes' range (AWS VPC CNI).
    pods: declared(pods, without(services, apiService, addressSet(facts.apiServer.endpointCidrs.filter(isSingle)))),
    nodes: declared(nodes, without(pods, services, apiService)),
    services: subtract(anyService, apiService),
    apiService: declared(apiService, anyService),
    apiServer: declared(addressSet(facts.apiServer.endpointCidrs), without(pods, services, apiService)),
    outside: without(pods, nodes, services, apiService),
  };
}

function declared(set: AddressSet, otherwise: AddressSet): AddressSet {
  return set.ranges.length > 0 ? set : otherwise;
}

/** Every address that somebody can have; IPv4 unless the declared ranges say otherwise. */
function anywhereIn({ podCidrs, serviceCidrs, ipv6 }: PlanFacts): AddressSet {
  const ranges = podCidrs.length > 0 ? podCidrs : serviceCidrs;
  const hasIpv6 = ipv6 || ranges.some(isIpv6);
  const hasIpv4 = !hasIpv6 || ranges.some((cidr) => !isIpv6(cidr));
  const everything = anywhereExcept(NOBODY).flatMap((peer) => (peer.kind === 'cidr' ? [peer] : []));
  const ofCluster = everything.filter(({ cidr }) => (isIpv6(cidr) ? hasIpv6 : hasIpv4));
  return union(ofCluster.map(({ cidr, except }) => addressSet([cidr], except)));
}

/** A wider range can be that of the nodes. */
function isSingle(cidr: string): boolean {
  return cidr.endsWith(isIpv6(cidr) ? '/128' : '/32');
}

function hosts(addresses: readonly string[]): AddressSet {
  return addressSet(addresses.map(hostCidr));
}

/**
 * Where the connection goes as the client's kernel sees it, before a Service address is translated. A Service or pods that
 * nobody described can be called by their address.
 */
export function dialledAddresses(world: World, destination: Destination): AddressSet {
  const cluster = clusterAddresses(world.facts);
  switch (destination.kind) {
    case 'service':
      return isIp(destination.name) ? hosts([destination.name]) : addressesOfService(world, destination.service);
    case 'workload':
      return workloadAddresses(world, destination.workload);
    case 'pods':
      return isIp(destination.pods.name) ? hosts([destination.pods.name]) : cluster.pods;
    case 'loopback':
      return addressSet(LOOPBACK);
    case 'kubernetes-api':
      return cluster.apiService;
    case 'kubelet':
      return cluster.nodes;
    case 'istiod':
      return addressesOfService(world, world.service(destination.namespace, ISTIOD_SERVICE));
    case 'dns':
      return dnsAddresses(world);
    case 'external':
      return hostAddresses(world, destination.host);
  }
}

/** Of an address itself; of a name all that it can stand for. */
export function hostAddresses({ facts }: World, host: string): AddressSet {
  return isIp(host) ? hosts([host]) : clusterAddresses(facts).outside;
}

/** Pods on the node's network have the node's address. */
export function workloadAddresses({ facts }: World, { pod }: Workload): AddressSet {
  const { pods, nodes } = clusterAddresses(facts);
  return pod.hostNetwork ? nodes : pods;
}

function addressesOfService(world: World, service: Service | undefined): AddressSet {
  const { pods, nodes, services, outside } = clusterAddresses(world.facts);
  if (!service) return services;
  if (service.externalName !== undefined) return hostAddresses(world, service.externalName);
  if (service.headless) {
    if (!service.selector) return union([pods, nodes, outside]);
    const behind = world.workloadsBehind(service);
    return behind.length > 0 ? union(behind.map((workload) => workloadAddresses(world, workload))) : pods;
  }
  const clusterIps = hosts(service.clusterIps);
  return clusterIps.ranges.length > 0 ? clusterIps : services;
}

/** Servers by address, such as node-local DNS, are dialled there; the others behind the Service of kube-dns. */
function dnsAddresses(world: World): AddressSet {
  const servers = world.facts.dns.flatMap(({ peer }) => (peer.kind === 'cidr' ? [peer.cidr] : []));
  return union([
    addressSet(servers),
    addressesOfService(world, world.service(KUBE_DNS_SERVICE.namespace, KUBE_DNS_SERVICE.name)),
  ]);
}
