import type { Value } from './value';

/** What the manifests and the facts say, in one shape: the only thing that the later steps read. */
export interface Inventory {
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  /** Labels of the namespaces that manifests or facts describe; `kubernetes.io/metadata.name` is always among them. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  readonly destinationRules: readonly DestinationRule[];
  readonly serviceEntries: readonly ServiceEntry[];
  readonly istioSidecars: readonly IstioSidecar[];
  readonly webhooks: readonly Webhook[];
  /** By `namespace/name`. */
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  /** By `namespace/name`. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

export type Labels = Readonly<Record<string, string>>;

export interface ObjectId {
  /** `Kind/namespace/name`, or `Kind/name` for what has no namespace. */
  readonly id: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something that makes pods: a Pod, or what has a pod template. */
export interface Workload extends ObjectId {
  /** Labels and annotations of the object itself, where they have no effect on its pods. */
  readonly ownLabels: Labels;
  readonly ownAnnotations: Labels;
  /** Labels and annotations of its pods. */
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Path of the pod's metadata and spec: `spec.template`, or empty for a Pod. */
  readonly template: string;
  readonly pod: PodSpec;
}

export interface PodSpec {
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
  /** Undefined: as its ServiceAccount says. */
  readonly automountsToken?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly tolerations: readonly Toleration[];
  readonly volumes: readonly Volume[];
  /** Init containers first, in the order in which they start. */
  readonly containers: readonly Container[];
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
}

export interface Volume {
  readonly name: string;
  readonly type: 'emptyDir' | 'configMap' | 'secret' | 'projected' | 'other';
  /** Of an emptyDir. */
  readonly medium?: string;
  /** Files from ConfigMaps and Secrets; for `projected` from each of its sources. */
  readonly sources: readonly VolumeSource[];
}

export interface VolumeSource {
  readonly type: 'configMap' | 'secret';
  readonly name: string;
  /** Key to path; empty when every key is a file of its name. */
  readonly items: Readonly<Record<string, string>>;
  readonly optional: boolean;
}

export interface Container {
  readonly name: string;
  /** Path of the container inside its object. */
  readonly field: string;
  readonly init: boolean;
  /** An init container that keeps running (a native sidecar). */
  readonly restartable: boolean;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly EnvSource[];
  readonly ports: readonly ContainerPort[];
  readonly mounts: readonly Mount[];
  readonly probes: readonly Probe[];
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  /** `status.podIP` and the like. */
  readonly fieldPath?: string;
  readonly configMap?: KeyRef;
  readonly secret?: KeyRef;
}

export interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional: boolean;
}

export interface EnvSource {
  readonly type: 'configMap' | 'secret';
  readonly name: string;
  readonly prefix: string;
}

export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly: boolean;
}

export interface Probe {
  readonly type: 'liveness' | 'readiness' | 'startup';
  /** What it does: `exec` opens no connection. */
  readonly action: 'http' | 'https' | 'tcp' | 'grpc' | 'exec';
  /** Number or name of a container port; absent for `exec`. */
  readonly port?: number | string;
  /** Another host than the pod, if one is named. */
  readonly host?: string;
  readonly field: string;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Service extends ObjectId {
  /** Whether a manifest renders it or the facts about the cluster describe it. */
  readonly origin: 'manifest' | 'facts';
  /** Its labels and annotations, which discovery can read; undefined where only the facts describe it. */
  readonly ownLabels?: Labels;
  readonly ownAnnotations?: Labels;
  readonly headless: boolean;
  readonly externalName?: string;
  /** Absent for a Service without selector: who is behind it is then unknown. */
  readonly selector?: Labels;
  readonly clusterIps: readonly string[];
  readonly ports: readonly ServicePort[];
  /** What the facts say about the pods behind it. */
  readonly dataPlane?: 'sidecar' | 'ambient' | 'none';
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly protocol: Protocol;
  readonly appProtocol?: string;
}

export interface NetworkPolicy extends ObjectId {
  readonly podSelector: Selector;
  /** Undefined when the direction is not restricted by this policy. */
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

export interface PolicyRule {
  /** Undefined: everybody. */
  readonly peers?: readonly PolicyPeer[];
  /** Undefined: every port of every protocol. */
  readonly ports?: readonly PolicyPort[];
}

/** Either addresses, or pods by namespace and label; without `namespaceSelector` those of the policy's namespace. */
export interface PolicyPeer {
  readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] };
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}

export interface PolicyPort {
  readonly protocol: Protocol;
  /** Undefined: every port. */
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface Selector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly Requirement[];
}

export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

export type MtlsModeName = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

export interface PeerAuthentication extends ObjectId {
  /** Undefined: the whole namespace, or the whole mesh in the root namespace. */
  readonly selector?: Labels;
  /** Undefined: inherited. */
  readonly mode?: MtlsModeName;
  /** Container port to mode; undefined: the mode of the workload. */
  readonly ports: ReadonlyMap<number, MtlsModeName | undefined>;
  /** `metadata.creationTimestamp`: the oldest of a scope wins; empty in manifests. */
  readonly created: string;
  readonly origin: 'manifest' | 'facts';
}

export type DestinationTls = 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';

export interface DestinationRule extends ObjectId {
  readonly host: string;
  readonly tls?: DestinationTls;
  /** Service port to mode. */
  readonly ports: ReadonlyMap<number, DestinationTls>;
  readonly workloadSelector?: Labels;
  /** Namespaces that see it: `.`, `*` or names; empty means all. */
  readonly exportTo: readonly string[];
}

export interface ServiceEntry extends ObjectId {
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly name: string; readonly number: number; readonly protocol: string }[];
  readonly resolution: string;
  readonly meshInternal: boolean;
  readonly exportTo: readonly string[];
}

/** Istio's Sidecar resource, which narrows what a proxy knows. */
export interface IstioSidecar extends ObjectId {
  readonly selector?: Labels;
  /** `namespace/host` entries; undefined when egress is not restricted. */
  readonly egressHosts?: readonly string[];
  readonly registryOnly?: boolean;
}

export interface Webhook extends ObjectId {
  /** Path of the webhook inside its configuration. */
  readonly field: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly url?: string;
}

export interface ConfigMap extends ObjectId {
  readonly data: Labels;
}

export interface Secret extends ObjectId {
  /** Values of `stringData` and decoded `data`: only used to resolve configuration, never printed. */
  readonly data: Labels;
}

/** A configuration file of a program together with where it came from. */
export interface ProgramConfig {
  readonly workload: Workload;
  readonly container: Container;
  /** Id of the ConfigMap or Secret that holds it. */
  readonly object: string;
  /** Path of the file inside that object: `data[collector.yaml]`. */
  readonly field: string;
  readonly root: Value;
}
