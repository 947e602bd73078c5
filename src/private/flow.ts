import type { Destination } from './destination';
import type { ClusterFacts } from './cluster-facts';
import { addresses, anywhereExcept, everyPodOf, type NetworkPeer, podsOf } from './network-peer';
import { HBONE_PORT, KUBELET_PORT } from './ports';

/**
 * One connection a part needs, as NetworkPolicy sees it: real addresses and ports, after Service addresses were translated
 * and before the pod's own redirection. Parts declare their flows; the policy follows from them.
 */
export interface Flow {
  /** Never empty: an empty list means everybody in NetworkPolicy. */
  readonly peers: readonly NetworkPeer[];
  readonly ports: readonly FlowPort[];
}

export interface FlowPort {
  readonly protocol: 'TCP' | 'UDP';
  /** Undefined: every port. */
  readonly port?: number;
}

export function tcp(...ports: number[]): FlowPort[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

export const EVERY_TCP_PORT: readonly FlowPort[] = [{ protocol: 'TCP' }];

export function dnsFlows(cluster: ClusterFacts): Flow[] {
  return cluster.dns.map(({ peer, port }) => ({
    peers: [peer],
    ports: [
      { protocol: 'UDP', port },
      { protocol: 'TCP', port },
    ],
  }));
}

/** By the addresses of its endpoints: policies are evaluated after the Service address was translated. */
export function apiServerFlow(cluster: ClusterFacts): Flow {
  return { peers: apiServerPeers(cluster), ports: tcp(...cluster.apiServer.ports) };
}

/** Where the API server is, and where it calls webhooks from. */
export function apiServerPeers(cluster: ClusterFacts): NetworkPeer[] {
  return knownOrOutsidePods(cluster.apiServer.endpointCidrs, cluster);
}

export function kubeletFlow(cluster: ClusterFacts): Flow {
  return { peers: knownOrOutsidePods(cluster.nodeCidrs, cluster), ports: tcp(KUBELET_PORT) };
}

/** A backend, a token endpoint or an Alertmanager, at the port of its pods. */
export function destinationFlow({ placement, endpoint }: Destination, cluster: ClusterFacts): Flow {
  if (placement.kind === 'external') {
    const { cidrs } = placement;
    return { peers: cidrs.length > 0 ? addresses(cidrs) : outsideCluster(cluster), ports: tcp(endpoint.port) };
  }
  const { namespace, podLabels, targetPort } = placement;
  const peer: NetworkPeer = podLabels ? podsOf(namespace, podLabels) : everyPodOf(namespace);
  return { peers: [peer], ports: tcp(targetPort, ...(placement.kind === 'inMesh' ? hbone(cluster) : [])) };
}

/** Between ambient pods the packets on the wire go to 15008, whatever the application's port. */
export function hbone(cluster: ClusterFacts): number[] {
  return cluster.mesh.mode === 'ambient' ? [HBONE_PORT] : [];
}

/** Servers outside the cluster of which only the name is known. */
function outsideCluster({ podCidrs, serviceCidrs, nodeCidrs }: ClusterFacts): NetworkPeer[] {
  return anywhereExcept([...podCidrs, ...serviceCidrs, ...nodeCidrs]);
}

function knownOrOutsidePods(cidrs: readonly string[], { podCidrs }: ClusterFacts): NetworkPeer[] {
  return cidrs.length > 0 ? addresses(cidrs) : anywhereExcept(podCidrs);
}
