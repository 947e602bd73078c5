import type { BackendModel } from '../backend';
import type { ClusterFacts } from '../facts';
import { apiServerFlow, dnsFlows, EVERY_TCP_PORT, type Flow, kubeletFlow, outsideCluster, tcp } from '../flow';
import { addresses, everyPodOf, type NetworkPeer, podsOf } from '../network-peer';
import {
  AGENT_HEALTH_PORT,
  AGENT_METRICS_PORT,
  ENVOY_METRICS_PORT,
  HBONE_PORT,
  ISTIO_MERGED_METRICS_PORT,
  ISTIOD_PORT,
} from '../ports';
import type { AgentModel } from './model';

/** What connects to the agent. */
export function agentIngress({ metricsReaders, cluster }: AgentModel): Flow[] {
  return [
    ...(metricsReaders.length > 0 ? [{ peers: metricsReaders, ports: tcp(AGENT_METRICS_PORT) }] : []),
    ...(cluster.mesh.mode === 'ambient' ? [ambientProbes()] : []),
  ];
}

/** Istio gives kubelet probes of ambient pods this source, which a policy engine may not take for the node. */
function ambientProbes(): Flow {
  return {
    peers: addresses(['169.254.7.127/32', 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128']),
    ports: tcp(AGENT_HEALTH_PORT),
  };
}

/** What the agent connects to. */
export function agentEgress(agent: AgentModel): Flow[] {
  const { cluster, inputs, backends, sidecar } = agent;
  return [
    ...dnsFlows(cluster),
    apiServerFlow(cluster), // Every agent enriches with k8s_attributes.
    ...(inputs.runtime ? [kubeletFlow(cluster)] : []),
    ...scrapeFlows(agent),
    ...(sidecar && cluster.mesh.mode === 'sidecar' ? [istiodFlow(cluster.mesh.istiodNamespace)] : []),
    ...backends.map((backend) => backendFlow(backend, cluster)),
  ];
}

function scrapeFlows({ inputs: { prometheus, istio }, cluster }: AgentModel): Flow[] {
  const flows: Flow[] = [];
  if (prometheus) {
    const { namespaces, ports } = prometheus;
    // Istio rewrites the scrape annotations of injected pods to its merged metrics.
    const rewritten = cluster.mesh.mode === 'sidecar' ? [ISTIO_MERGED_METRICS_PORT] : [];
    flows.push({
      peers: [everyPodOf(namespaces)],
      ports: ports ? tcp(...ports, ...rewritten, ...hbone(cluster)) : EVERY_TCP_PORT,
    });
  }
  if (istio) {
    flows.push({ peers: [everyPodOf(istio.namespaces)], ports: tcp(ENVOY_METRICS_PORT) });
  }
  return flows;
}

function istiodFlow(namespace: string): Flow {
  return { peers: [podsOf(namespace, { app: 'istiod' })], ports: tcp(ISTIOD_PORT) };
}

function backendFlow({ placement, endpoint }: BackendModel, cluster: ClusterFacts): Flow {
  if (placement.kind === 'external') {
    const { cidrs } = placement;
    return {
      peers: cidrs.length > 0 ? addresses(cidrs) : outsideCluster(cluster),
      ports: tcp(endpoint.port),
    };
  }
  const { namespace, podLabels, targetPort } = placement;
  const peer: NetworkPeer = podLabels ? podsOf(namespace, podLabels) : everyPodOf([namespace]);
  return { peers: [peer], ports: tcp(targetPort, ...(placement.kind === 'inMesh' ? hbone(cluster) : [])) };
}

/** Between ambient pods the packets on the wire go to 15008, whatever the application's port. */
function hbone(cluster: ClusterFacts): number[] {
  return cluster.mesh.mode === 'ambient' ? [HBONE_PORT] : [];
}
