import type { ClusterDns } from './cluster-dns';
import type { ForeignNamespace, ForeignService } from './foreign-objects';
import type { IstioMesh } from './istio-mesh';

/** Addresses of the Kubernetes API server. */
export interface ApiServerProps {
  /**
   * Cluster IPs of the Service `default/kubernetes`.
   *
   * Excluded from interception, so that a backend on 443 does not capture calls to the API server.
   *
   * @default - unknown
   */
  readonly serviceIps?: string[];

  /**
   * Addresses of the API server itself as ranges: `kubectl get endpointslices -n default kubernetes`.
   *
   * NetworkPolicy sees these, not the Service IP.
   *
   * @default - unknown: the API server's ports are allowed at every address outside the pod network
   */
  readonly endpointCidrs?: string[];

  /**
   * Port of those endpoints.
   *
   * @default - both usual ones: 443 and 6443
   */
  readonly port?: number;
}

/** The network plugin, where plans depend on it. */
export enum Cni {
  /** Calico. */
  CALICO = 'calico',
  /**
   * Cilium: an address range in a NetworkPolicy does not match nodes and the API server, unless the agent runs with
   * `policy-cidr-match-mode: nodes` (docs.cilium.io, "CIDR-based policies").
   */
  CILIUM = 'cilium',
  /** Cilium with `policy-cidr-match-mode: nodes`: address ranges match nodes too. */
  CILIUM_MATCHING_NODES = 'cilium-matching-nodes',
  /** Any other plugin that enforces NetworkPolicies as Kubernetes defines them. */
  OTHER = 'other',
}

/** Facts about a cluster that synthesis cannot see. */
export interface ClusterProps {
  /**
   * Name of the cluster: resource attribute `k8s.cluster.name` of every metric, and the identity by which charts for
   * different clusters may render objects of the same name in one App.
   *
   * @default - no cluster name
   */
  readonly name?: string;

  /** Whether and how the cluster has an Istio mesh. Always said, never detected. */
  readonly mesh: IstioMesh;

  /**
   * Ranges of pod addresses. Scrapes go to these addresses, so they are excluded from interception (ADR 26).
   *
   * @default - unknown: a scrape of a port that is also a backend port goes through the sidecar
   */
  readonly podCidrs?: string[];

  /**
   * Ranges of node addresses: the kubelet is called there.
   *
   * @default - unknown: the kubelet port is allowed at every address outside the pod network
   */
  readonly nodeCidrs?: string[];

  /**
   * Ranges of Service addresses.
   *
   * @default - unknown
   */
  readonly serviceCidrs?: string[];

  /**
   * The API server.
   *
   * @default - addresses unknown
   */
  readonly apiServer?: ApiServerProps;

  /**
   * Where pods resolve names.
   *
   * @default ClusterDns.coreDns()
   */
  readonly dns?: ClusterDns;

  /**
   * The network plugin. Only the traffic plan reads it: what Cilium does with connections to nodes and to the API server
   * cannot be said by a NetworkPolicy.
   *
   * @default - unknown: NetworkPolicies work as Kubernetes defines them
   */
  readonly cni?: Cni;

  /**
   * Version of Kubernetes, such as `1.33`. Fails below 1.29 together with native sidecars.
   *
   * @default - unknown
   */
  readonly kubernetesVersion?: string;

  /**
   * Namespaces of other manifests with their labels, for the traffic plan.
   *
   * @default - only the names of namespaces are known
   */
  readonly namespaces?: ForeignNamespace[];

  /**
   * Services of other manifests, for the traffic plan: the backends, above all.
   *
   * @default - none: connections to Services that the manifests do not define have the verdict unknown
   */
  readonly services?: ForeignService[];
}
