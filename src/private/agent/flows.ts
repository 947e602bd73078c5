import { destinationsOf } from '../backend';
import { hostCidr } from '../cidr';
import type { ClusterFacts } from '../cluster-facts';
import { apiServerFlow, destinationFlow, dnsFlows, EVERY_TCP_PORT, type Flow, hbone, kubeletFlow, tcp } from '../flow';
import { AMBIENT_PROBE_SOURCE, ISTIOD_LABELS } from '../istio-names';
import type { Labels } from '../labels';
import type { NamespaceSelection } from '../namespace-selection';
import { addresses, podsOf, selectedPods } from '../network-peer';
import { AGENT_HEALTH_PORT, ENVOY_METRICS_PORT, ISTIO_MERGED_METRICS_PORT, ISTIOD_PORT } from '../ports';
import { byKind, type InputModel } from '../input';
import type { AgentModel } from './model';

/** What connects to the agent. */
export function agentIngress({ metricsReaders, metricsPorts, cluster }: AgentModel): Flow[] {
  return [
    ...(metricsReaders.length > 0 ? [{ peers: metricsReaders, ports: tcp(...metricsPorts, ...hbone(cluster)) }] : []),
    ...(cluster.mesh.mode === 'ambient' ? [ambientProbes()] : []),
  ];
}

/** A policy engine may not take their source for the node. */
function ambientProbes(): Flow {
  return {
    peers: addresses(Object.values(AMBIENT_PROBE_SOURCE).map(hostCidr)),
    ports: tcp(AGENT_HEALTH_PORT),
  };
}

/** What the agent connects to. */
export function agentEgress(agent: AgentModel): Flow[] {
  const { cluster, inputs, backends, sidecar } = agent;
  return [
    ...dnsFlows(cluster),
    apiServerFlow(cluster), // Every agent enriches with k8s_attributes.
    ...(byKind(inputs, 'runtime').length > 0 ? [kubeletFlow(cluster)] : []),
    ...inputs.flatMap((input) => scrapeFlows(input, cluster)),
    ...(sidecar && cluster.mesh.mode === 'sidecar' ? [istiodFlow(cluster.mesh.istiodNamespace)] : []),
    ...backends.flatMap(destinationsOf).map((destination) => destinationFlow(destination, cluster)),
  ];
}

function scrapeFlows(input: InputModel, cluster: ClusterFacts): Flow[] {
  switch (input.kind) {
    case 'runtime':
      return [];
    case 'istio':
      return [scrapeFlow(input.namespaces, [ENVOY_METRICS_PORT], cluster)];
    case 'scrape-job':
      return [scrapeFlow(input.namespaces, [input.port], cluster, input.podLabels)];
    case 'prometheus': {
      // Istio rewrites the scrape annotations of injected pods to its merged metrics.
      const rewritten = cluster.mesh.mode === 'sidecar' ? [ISTIO_MERGED_METRICS_PORT] : [];
      return [scrapeFlow(input.namespaces, input.ports && [...input.ports, ...rewritten], cluster)];
    }
  }
}

/** Pods are never an address range: an ipBlock does not match pods. */
function scrapeFlow(
  namespaces: NamespaceSelection,
  ports: readonly number[] | undefined,
  cluster: ClusterFacts,
  podLabels?: Labels,
): Flow {
  return {
    peers: [selectedPods(namespaces, podLabels)],
    ports: ports ? tcp(...ports, ...hbone(cluster)) : EVERY_TCP_PORT,
  };
}

function istiodFlow(namespace: string): Flow {
  return { peers: [podsOf(namespace, ISTIOD_LABELS)], ports: tcp(ISTIOD_PORT) };
}
