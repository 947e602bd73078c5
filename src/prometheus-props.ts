import type { Duration } from 'cdk8s';
import type { ContainerResources } from 'cdk8s-plus-28';
import type { BackendPlacement } from './backend-placement';
import type { Cluster } from './cluster';
import type { GrafanaDashboardProps } from './grafana-dashboard';
import type { MetricAgent } from './metric-agent';
import type { PrometheusStorage } from './prometheus-storage';
import type { PrometheusTls } from './prometheus-tls';
import type { Reader } from './reader';

/** An Alertmanager, or anything that speaks its API v2. */
export interface AlertmanagerProps {
  /** Base URL; Prometheus appends `/api/v2/alerts`. */
  readonly url: string;

  /** Where it runs: `inCluster` or `external`. */
  readonly placement: BackendPlacement;
}

/** Settings of Prometheus that have defaults. */
export interface PrometheusOptions {
  /**
   * Where data is kept.
   *
   * @default - PrometheusStorage.ephemeral(Size.gibibytes(2))
   */
  readonly storage?: PrometheusStorage;

  /**
   * Number of nodes the cluster is expected to grow to. It sizes the memory, and the volume and explicit resources are
   * checked against it (docs/scale.md).
   *
   * @default - unknown: 512Mi of memory, which is enough for about 150 nodes
   */
  readonly expectedNodes?: number;

  /**
   * How long data is kept, in whole hours. Less if the volume is full before. Fails below one hour.
   *
   * @default Duration.hours(24)
   */
  readonly retention?: Duration;

  /**
   * Who may query Prometheus besides the manager, for example a Grafana.
   *
   * @default - nobody
   */
  readonly readers?: Reader[];

  /**
   * Mutual TLS for everybody who queries, probes included.
   *
   * @default - plaintext behind NetworkPolicy, as ADR 4 accepts
   */
  readonly tls?: PrometheusTls;

  /**
   * Who receives alerts besides the manager.
   *
   * @default - nobody
   */
  readonly alertmanagers?: AlertmanagerProps[];

  /**
   * Address of the page with the runbooks, such as your copy of docs/alerts.md. The annotation `runbook_url` of each alert
   * is this address, `#` and the alert's name in lower case. Fails unless it is an http or https URL without fragment.
   *
   * @default - docs/alerts.md of this project
   */
  readonly runbooks?: string;

  /**
   * A Grafana dashboard of pipeline health. Grafana has to be among the readers, and has to have a data source for `url`.
   *
   * @default - no dashboard
   */
  readonly dashboard?: GrafanaDashboardProps;

  /**
   * Prometheus image, for example of a mirror. Another version than the tested one is your own risk.
   *
   * @default - the tested version of docker.io/prom/prometheus
   */
  readonly image?: string;

  /**
   * CPU, memory and ephemeral storage of Prometheus.
   *
   * @default - 50m CPU and 128Mi memory requested, 512Mi memory limit, no CPU limit; of the node's disk 64Mi
   * requested and 1Gi at most beyond an ephemeral volume
   */
  readonly resources?: ContainerResources;

  /**
   * PriorityClass of the pods; it must exist.
   *
   * @default - the cluster's default priority
   */
  readonly priorityClassName?: string;
}

/** A Prometheus on its own. */
export interface PrometheusNoMeshProps extends PrometheusOptions {
  /** Facts about the cluster; the same as those of its agents. */
  readonly cluster: Cluster;

  /**
   * Agents to watch.
   *
   * @default - none; `addAgent` adds them
   */
  readonly agents?: MetricAgent[];

  /**
   * Namespace of all objects.
   *
   * @default - the namespace of the chart; fails if there is none
   */
  readonly namespace?: string;

  /**
   * Tells several stacks in one namespace apart: the start of every name and a selector label. At most 40 characters.
   *
   * @default telemetry
   */
  readonly instance?: string;
}
