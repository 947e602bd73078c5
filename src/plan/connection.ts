import type { Labels, Service, Workload } from './inventory';
import type { DataPlane, Purpose } from './result';

/** A connection that a configuration will open: what the flows step finds and the verdicts step judges. */
export interface Connection {
  readonly client: Client;
  readonly to: Destination;
  readonly purpose: Purpose;
  /** Where it is configured: `exporters.otlp_http/vendor`, or the path of a probe. */
  readonly source: string;
  /** Id of the object with that configuration. */
  readonly object: string;
  /** Path inside the object, for findings. */
  readonly field: string;
  readonly protocol: 'TCP' | 'UDP';
  /** What is dialled: of a Service its port, of a pod the container's; null where any port may be dialled. */
  readonly port: number | null;
  readonly tls: ClientTls;
  /** What is spoken inside: Istio treats HTTP apart. */
  readonly application: 'http' | 'grpc' | 'tcp';
  /** Who dials: the sidecar's own process is not captured as the application is. */
  readonly dialler: 'application' | 'proxy';
  /** What the flows step found out and a reader of the plan should know, in words. */
  readonly note?: string;
  /** A condition under which the connection exists at all, in words. */
  readonly condition?: string;
}

/** What the plan calls the Services that a job discovers and of which nobody told more. */
export const ANY_SERVICE = 'any Service';

export type Client =
  { readonly kind: 'workload'; readonly workload: Workload } | { readonly kind: 'kubelet' | 'kube-apiserver' };

export type Destination =
  /** By Service name or cluster IP. `service` is undefined when neither manifests nor facts describe it. */
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string; readonly service?: Service }
  /** By pod address. */
  | { readonly kind: 'workload'; readonly workload: Workload }
  /** By pod address, of pods that no manifest describes. */
  | { readonly kind: 'pods'; readonly pods: UnknownPods }
  /** The pod itself by 127.0.0.1, ::1 or `localhost`. */
  | { readonly kind: 'loopback'; readonly workload: Workload }
  | { readonly kind: 'kubernetes-api' }
  /** The kubelet, or another port of a node. */
  | { readonly kind: 'kubelet' }
  | { readonly kind: 'istiod'; readonly namespace: string }
  | { readonly kind: 'dns' }
  /** A name that no Service has, or an address outside the cluster. */
  | { readonly kind: 'external'; readonly host: string };

/** Pods of which only some labels are known. */
export interface UnknownPods {
  /** Undefined: any namespace. */
  readonly namespace?: string;
  /** Namespaces that are not meant by "any". */
  readonly exceptNamespaces?: readonly string[];
  /** What the plan calls them. */
  readonly name: string;
  /** Labels that they must have to be meant; they can have others. */
  readonly labels: Labels;
  readonly dataPlane: DataPlane;
}

/**
 * `app`: the application encrypts without an Istio certificate; `istio-cert`: with the certificate that the sidecar wrote;
 * `unknown`: a setting decides that nobody has told us.
 */
export type ClientTls = 'none' | 'app' | 'istio-cert' | 'unknown';

/** What tells two destinations apart. */
export function destinationKey(to: Destination): string {
  switch (to.kind) {
    case 'service':
      return `${to.kind} ${to.namespace}/${to.name}`;
    case 'workload':
    case 'loopback':
      return `${to.kind} ${to.workload.id}`;
    case 'pods':
      return `${to.kind} ${to.pods.namespace ?? '*'} ${to.pods.dataPlane} ${to.pods.name}`;
    case 'external':
      return `${to.kind} ${to.host}`;
    case 'istiod':
      return `${to.kind} ${to.namespace}`;
    default:
      return to.kind;
  }
}
