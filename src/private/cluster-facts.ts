import type { Cni } from '../cluster-props';
import type { MtlsMode } from '../istio-mesh-props';
import type { Labels } from './labels';
import type { NetworkPeer } from './network-peer';

/** What synthesis knows about the cluster: the validated form of `Cluster`. Builders read this, never props. */
export interface ClusterFacts {
  /** Identity of the cluster and value of `k8s.cluster.name`; empty when the user named none. */
  readonly name: string;
  readonly mesh: MeshFacts;
  readonly podCidrs: readonly string[];
  readonly nodeCidrs: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly apiServer: ApiServerFacts;
  readonly dns: readonly DnsServers[];
  /** True when pods get IPv6 addresses first, so that `<address>:<port>` needs brackets. */
  readonly ipv6: boolean;
  /** `1.33`; undefined when unknown. */
  readonly kubernetesVersion?: string;
  readonly cni?: Cni;
  readonly namespaces: readonly NamespaceFacts[];
  readonly services: readonly ServiceFacts[];
}

/** A namespace that somebody else manages. */
export interface NamespaceFacts {
  readonly name: string;
  readonly labels: Labels;
}

/** A Service that somebody else manages. */
export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly ServicePortFacts[];
  /** Its selector: labels of the pods behind it. */
  readonly podLabels: Labels;
  readonly headless: boolean;
  readonly clusterIps: readonly string[];
  readonly dataPlane: 'sidecar' | 'ambient' | 'none';
}

export interface ServicePortFacts {
  readonly port: number;
  readonly targetPort: number;
  readonly name?: string;
  readonly appProtocol?: string;
}

export interface ApiServerFacts {
  readonly serviceIps: readonly string[];
  /** Where connections to the Service IP end after DNAT; empty when unknown. */
  readonly endpointCidrs: readonly string[];
  /** Ports of those endpoints. */
  readonly ports: readonly number[];
}

/** One group of DNS servers as NetworkPolicy sees it. */
export interface DnsServers {
  readonly peer: NetworkPeer;
  readonly port: number;
}

export type MeshFacts = { readonly mode: 'none' } | { readonly mode: 'ambient' } | SidecarMeshFacts;

/** A PeerAuthentication with `portLevelMtls`. */
export interface PortMtlsFacts {
  readonly namespace: string;
  readonly podLabels: Labels;
  readonly port: number;
  readonly mode: MtlsMode;
}

export interface SidecarMeshFacts {
  readonly mode: 'sidecar';
  readonly mtls: MtlsMode;
  readonly namespaceMtls: Record<string, MtlsMode>;
  readonly portMtls: readonly PortMtlsFacts[];
  readonly registryOnly: boolean;
  readonly istiodNamespace: string;
  readonly revision?: string;
  /** `1.27`; undefined when unknown. */
  readonly istioVersion?: string;
  readonly nativeSidecars: boolean;
  readonly dualStack: boolean;
  readonly istioCni: boolean;
}
