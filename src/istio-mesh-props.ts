/** Effective mutual TLS mode of a server, as PeerAuthentication declares it. */
export enum MtlsMode {
  /** Only mutual TLS is accepted. */
  STRICT = 'STRICT',
  /** Mutual TLS and plaintext are accepted; Istio's own default. */
  PERMISSIVE = 'PERMISSIVE',
  /** The sidecar passes everything through as it comes. */
  DISABLE = 'DISABLE',
}

/** What the mesh does with a connection to a host it does not know (`meshConfig.outboundTrafficPolicy`). */
export enum OutboundTrafficPolicy {
  /** Unknown hosts are passed through; Istio's own default. */
  ALLOW_ANY = 'ALLOW_ANY',
  /** Unknown hosts are refused; an external backend then gets a ServiceEntry. */
  REGISTRY_ONLY = 'REGISTRY_ONLY',
}

/** The mode of one port: an entry of `spec.portLevelMtls` of a PeerAuthentication. */
export interface PortMtls {
  /** Namespace of the PeerAuthentication. */
  readonly namespace: string;

  /** Its selector (`spec.selector.matchLabels`); Istio demands one for port-level modes. */
  readonly podLabels: Record<string, string>;

  /** Port of the container, not of a Service. */
  readonly port: number;

  /** Mode of the port. */
  readonly mode: MtlsMode;
}

/** Facts about a mesh with sidecars. They are declared, because synthesis cannot ask the cluster. */
export interface SidecarMeshProps {
  /**
   * Mesh-wide mutual TLS mode: `spec.mtls.mode` of the PeerAuthentication in the root namespace.
   *
   * Sidecars in STRICT mode are scraped with Istio certificates, all others over plain HTTP.
   *
   * @default MtlsMode.PERMISSIVE - as Istio does without any PeerAuthentication
   */
  readonly mtls?: MtlsMode;

  /**
   * Namespaces with a PeerAuthentication of their own: namespace name to mode.
   *
   * @default - every namespace has the mesh-wide mode
   */
  readonly namespaceMtls?: Record<string, MtlsMode>;

  /**
   * Ports with a mode of their own: `spec.portLevelMtls` of PeerAuthentications. They win over namespace and mesh.
   *
   * @default - every port has the mode of its namespace
   */
  readonly portMtls?: PortMtls[];

  /**
   * The mesh-wide outbound traffic policy.
   *
   * @default OutboundTrafficPolicy.ALLOW_ANY - as Istio does
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Namespace of istiod. The sidecar must reach it on 15012, or it never becomes ready.
   *
   * @default istio-system
   */
  readonly istiodNamespace?: string;

  /**
   * Revision or revision tag of the control plane that injects our pods (pod label `istio.io/rev`).
   *
   * @default - the default revision
   */
  readonly revision?: string;

  /**
   * Version of Istio, such as `1.27`. Fails below 1.24 together with `nativeSidecars`.
   *
   * @default - unknown
   */
  readonly istioVersion?: string;

  /**
   * Whether sidecars may run as native sidecars: Kubernetes 1.29 or later and Istio 1.24 or later.
   *
   * `true` renders `sidecar.istio.io/nativeSidecar: "true"`, `false` keeps the collector waiting with
   * `holdApplicationUntilProxyStarts`. Claiming support that is not there leaves the agent's pods in Init.
   *
   * @default false
   */
  readonly nativeSidecars?: boolean;

  /**
   * Whether the mesh is dual-stack (`ISTIO_DUAL_STACK` in istiod). The agent's sidecar is then told so.
   *
   * Without it Istio leaves IPv6 of dual-stack pods to chance: iptables does not capture it, nftables ignores its exclusions.
   * So an agent with a sidecar fails where `Cluster` podCidrs has both families and this is not declared.
   *
   * @default false
   */
  readonly dualStack?: boolean;

  /**
   * Whether istio-cni redirects traffic instead of the privileged `istio-init` container.
   *
   * With istio-cni the Namespace can enforce Pod Security `restricted`, and the agent does not tolerate every taint, so
   * that it does not start before istio-cni is ready on a node.
   *
   * @default false
   */
  readonly istioCni?: boolean;
}
