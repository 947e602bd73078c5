import type { ContainerResources } from 'cdk8s-plus-28';
import type { PrometheusNoMesh } from './prometheus-no-mesh';

/** One RBAC rule; wildcards are refused. */
export interface RbacRule {
  /** API groups; the core group is the empty string. */
  readonly apiGroups: string[];

  /** Resources, in plural. */
  readonly resources: string[];

  /** Verbs, such as `get`, `list`, `watch`. */
  readonly verbs: string[];

  /**
   * Names of the objects the rule is limited to.
   *
   * @default - all objects
   */
  readonly resourceNames?: string[];
}

/** Settings of the manager. */
export interface TelemetryManagerOptions {
  /**
   * Image of the manager. Required: this library ships no manager program.
   *
   * Contract: it reads `PROMETHEUS_URL` (with TLS also `PROMETHEUS_CA_FILE`, `PROMETHEUS_CERT_FILE` and
   * `PROMETHEUS_KEY_FILE`, which are renewed in place), serves `/healthz` and `/readyz` on the health port, and takes
   * alerts on the webhook port under `<alertWebhookPath>/api/v2/alerts`.
   */
  readonly image: string;

  /**
   * Arguments of the container.
   *
   * @default - those of the image
   */
  readonly args?: string[];

  /**
   * Port on which the manager takes alerts from Prometheus, in plaintext behind NetworkPolicy. Fails when two of the
   * manager's ports are equal.
   *
   * @default 8080
   */
  readonly webhookPort?: number;

  /**
   * Path prefix of the alert webhook. Prometheus posts to `<prefix>/api/v2/alerts` (Alertmanager API v2).
   *
   * @default /
   */
  readonly alertWebhookPath?: string;

  /**
   * Port on which the manager serves admission webhooks with TLS. It gets a Service `<instance>-manager-admission` on 443 and
   * admits the API server, whose addresses must be known (`Cluster` apiServer.endpointCidrs).
   *
   * @default - no admission webhooks
   */
  readonly admissionPort?: number;

  /**
   * Pods of the manager. With more than one they are spread over nodes and zones, and a PodDisruptionBudget keeps all but
   * one during drains; the manager has to elect a leader itself.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Port of `/healthz` and `/readyz`. Fails when two of the manager's ports are equal.
   *
   * @default 8081
   */
  readonly healthPort?: number;

  /**
   * What the manager may do in its own namespace. With any rule its pods get a token and may reach the API server.
   *
   * @default - nothing
   */
  readonly rules?: RbacRule[];

  /**
   * What the manager may do in the whole cluster.
   *
   * @default - nothing
   */
  readonly clusterRules?: RbacRule[];

  /**
   * CPU, memory and ephemeral storage of the manager.
   *
   * @default - 10m CPU and 64Mi memory requested, 256Mi memory limit, no CPU limit; of the node's disk 64Mi requested,
   * 1Gi at most
   */
  readonly resources?: ContainerResources;

  /**
   * PriorityClass of the pods; it must exist.
   *
   * @default - the cluster's default priority
   */
  readonly priorityClassName?: string;
}

/** A manager on its own. */
export interface TelemetryManagerProps extends TelemetryManagerOptions {
  /** The Prometheus it reads pipeline health from and takes alerts of. Cluster and instance are taken from there. */
  readonly prometheus: PrometheusNoMesh;

  /**
   * Namespace of all objects.
   *
   * @default - the namespace of Prometheus
   */
  readonly namespace?: string;
}
