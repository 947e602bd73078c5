/** The plan as other programs read it: `version` changes when a field changes its meaning or goes. */
export interface Plan {
  readonly version: 1;
  readonly workloads: readonly PlannedWorkload[];
  readonly flows: readonly Flow[];
  readonly findings: readonly Finding[];
  /** What the planner did not understand, so that nobody takes silence for safety. */
  readonly notAnalysed: readonly NotAnalysed[];
}

export interface PlannedWorkload {
  /** `Kind/namespace/name`. */
  readonly id: string;
  readonly dataPlane: DataPlane;
}

export type DataPlane = 'sidecar' | 'ambient' | 'none' | 'unknown';

/** One connection that the configuration will open. */
export interface Flow {
  /** A workload, or `kubelet` or `kube-apiserver`. */
  readonly from: string;
  readonly to: FlowTarget;
  readonly purpose: Purpose;
  /** Where it is configured, such as `exporters.otlp_http/vendor`. */
  readonly source: string;
  readonly protocol: 'TCP' | 'UDP';
  /** What the client dials; null where any port may be dialled. */
  readonly port: number | null;
  /** What the pod listens on and NetworkPolicy sees; null when unknown. */
  readonly targetPort: number | null;
  readonly path: Path;
  readonly encryption: Encryption;
  readonly verdict: Verdict;
  readonly networkPolicy: PolicyVerdict;
  /** Path, encryption, verdict and policy in words, with the condition of whatever is conditional or unknown. */
  readonly why: string;
  /** Codes of the findings about it. */
  readonly findings: readonly string[];
}

export interface FlowTarget {
  readonly kind: TargetKind;
  readonly name: string;
  readonly namespace?: string;
  /** Of a workload: its id among the `workloads`, as other kinds can have one of its name. */
  readonly workload?: string;
  /** Of pods in any namespace: those that are not meant. */
  readonly exceptNamespaces?: readonly string[];
  /** Of pods that are told apart by it: whether they have a sidecar. */
  readonly dataPlane?: DataPlane;
}

export type TargetKind = 'service' | 'pods' | 'workload' | 'kubernetes-api' | 'kubelet' | 'istiod' | 'dns' | 'external';

export type Purpose =
  'scrape' | 'push' | 'discover' | 'alert' | 'probe' | 'webhook' | 'query' | 'resolve' | 'token' | 'certificates';

/** What takes the connection at the client: `sidecar-inbound` is the server's own sidecar, for clients that are no pods. */
export type Path = 'direct' | 'sidecar' | 'sidecar-inbound' | 'ztunnel' | 'dns-proxy' | 'conditional';

export type Encryption = 'none' | 'app-tls' | 'mesh-mtls' | 'istio-cert' | 'unknown';
export type Verdict = 'works' | 'refused' | 'broken' | 'unknown';
export type PolicyVerdict = 'allowed' | 'denied' | 'unknown';

/** The worst first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  /** Stable: `CT` and three digits. */
  readonly code: string;
  readonly severity: Severity;
  /** Id of the object to change. */
  readonly object: string;
  /** Path inside the object, such as `spec.template.metadata.annotations[...]`. */
  readonly field: string;
  readonly message: string;
  readonly fix: string;
  /** The reason why it is accepted, or null. */
  readonly acknowledged: string | null;
}

export interface NotAnalysed {
  readonly object: string;
  readonly field: string;
  readonly reason: string;
}
