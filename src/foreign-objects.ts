/** How pods take part in a mesh. */
export enum MeshMembership {
  /** They have a sidecar. */
  SIDECAR = 'sidecar',
  /** A ztunnel speaks for them. */
  AMBIENT = 'ambient',
  /** They are outside. */
  NONE = 'none',
}

/** A namespace that other manifests define. Only the traffic plan reads it. */
export interface ForeignNamespace {
  /** Its name. */
  readonly name: string;

  /**
   * Its labels: they decide about injection (`istio-injection`, `istio.io/rev`) and match namespace selectors.
   *
   * @default - no labels but the name that Kubernetes sets
   */
  readonly labels?: Record<string, string>;
}

/** A port of a foreign Service. */
export interface ForeignServicePort {
  /** The Service port: what clients dial. */
  readonly port: number;

  /**
   * The container port: what NetworkPolicy sees.
   *
   * @default - the Service port
   */
  readonly targetPort?: number;

  /**
   * Its name. Istio reads the protocol off it (`http-`, `grpc-`, `tcp-`, ...).
   *
   * @default - no name: Istio detects the protocol
   */
  readonly name?: string;

  /**
   * Its `appProtocol`, which wins over the name.
   *
   * @default - the name decides
   */
  readonly appProtocol?: string;
}

/**
 * A Service that other manifests define, such as a backend's. Only the traffic plan reads it: without the description
 * it cannot say who encrypts and whether the server accepts.
 */
export interface ForeignService {
  /** Its name. */
  readonly name: string;

  /** Its namespace. */
  readonly namespace: string;

  /** Its ports. */
  readonly ports: ForeignServicePort[];

  /** Its selector: labels of the pods behind it. */
  readonly podLabels: Record<string, string>;

  /** Whether those pods are in the mesh. */
  readonly mesh: MeshMembership;

  /**
   * Whether it is headless (`clusterIP: None`): clients then dial pods.
   *
   * @default false
   */
  readonly headless?: boolean;

  /**
   * Its cluster IPs.
   *
   * @default - unknown: any of `serviceCidrs`
   */
  readonly clusterIps?: string[];
}
