import type { Duration } from 'cdk8s';
import type { KubeletTls } from './kubelet-tls';

/** The kinds of inputs, by which a backend selects what it receives. */
export enum InputKind {
  /** Metrics of the kubelet and of Kubernetes objects. */
  RUNTIME = 'runtime',
  /** Annotated Pods and Services. */
  PROMETHEUS = 'prometheus',
  /** Istio sidecars. */
  ISTIO = 'istio',
  /** Explicit scrape jobs. */
  SCRAPE_JOB = 'scrape-job',
}

/** What the kubelet is asked for. */
export enum RuntimeResource {
  /** CPU, memory, filesystem and network of nodes. */
  NODE = 'node',
  /** CPU, memory, filesystem and network of pods. */
  POD = 'pod',
  /** CPU, memory and filesystem of containers. */
  CONTAINER = 'container',
  /** Capacity and use of volumes. */
  VOLUME = 'volume',
}

/** Options every input has. */
export interface MetricInputProps {
  /**
   * Time between two collections, in whole seconds.
   *
   * Fails below one second and above 120: the alert rules look at the last five minutes.
   *
   * @default Duration.seconds(30)
   */
  readonly interval?: Duration;
}

/** Options of inputs that scrape. */
export interface ScrapingInputProps extends MetricInputProps {
  /**
   * Namespaces whose pods are scraped. Others are not even discovered, and no egress to them is allowed.
   *
   * Fails together with `excludeNamespaces`.
   *
   * @default - all namespaces
   */
  readonly namespaces?: string[];

  /**
   * Namespaces whose pods are not scraped: their targets are dropped before the scrape.
   *
   * @default - none
   */
  readonly excludeNamespaces?: string[];

  /**
   * Samples one scrape may return; a larger scrape is dropped whole, and shows as a target that is down.
   *
   * @default 50000
   */
  readonly sampleLimit?: number;

  /**
   * Size of the body one scrape may return, in MiB, after decompression; a larger scrape is dropped whole.
   *
   * @default 20
   */
  readonly bodySizeLimitMebibytes?: number;

  /**
   * Whether backends also receive `up`, `scrape_duration_seconds`, `scrape_samples_scraped`,
   * `scrape_samples_post_metric_relabeling` and `scrape_series_added` of every target. Scrape health reaches the
   * self-monitor either way.
   *
   * @default false
   */
  readonly diagnosticMetrics?: boolean;
}

/** Node, pod and container metrics of the kubelet, object states of the API server. */
export interface RuntimeInputProps extends MetricInputProps {
  /**
   * What the kubelet is asked for.
   *
   * @default - all of RuntimeResource
   */
  readonly resources?: RuntimeResource[];

  /**
   * How the kubelet's certificate is checked.
   *
   * @default KubeletTls.verify()
   */
  readonly kubeletTls?: KubeletTls;

  /**
   * Whether this agent takes part in collecting object states (deployments, jobs, quotas, …) from the API server: among all
   * pods of the agent one leader does. A second agent in the same cluster has to say whether it takes part too, because
   * its backends would receive the same metrics again.
   *
   * @default true - an error for the second agent of a cluster in one App
   */
  readonly objectStates?: boolean;
}

/**
 * Pods and Services annotated with `prometheus.io/scrape: "true"`, and optionally `/port`, `/path`, `/scheme` and
 * `/param_<name>`.
 *
 * Each agent scrapes the pods of its own node. Without a port annotation every declared TCP port of a pod is a target; a pod
 * that declares none is not scraped.
 *
 * A pod's own annotations win: a Service's target is dropped when the pod's annotations name the same port and path. Istio
 * hides the annotations of injected pods behind its merged metrics on 15020, so annotate either the Service or the pods
 * there, or set `prometheus.istio.io/merge-metrics: "false"` on the pods.
 */
export interface PrometheusInputProps extends ScrapingInputProps {
  /**
   * Ports that may be scraped: targets on other ports are dropped and the egress rule names these only. In a mesh with
   * sidecars 15020 is added, because Istio rewrites the annotations of injected pods to it.
   *
   * @default - every TCP port
   */
  readonly ports?: number[];
}

/** Metrics of the Istio sidecars, read from Envoy's own port 15090 in plaintext. */
export interface IstioInputProps extends ScrapingInputProps {
  /**
   * Whether Envoy's internal metrics (`envoy_*`) are collected besides Istio's (`istio_*`). They are many.
   *
   * @default false
   */
  readonly envoyMetrics?: boolean;
}

/** Pods selected by labels instead of annotations. */
export interface ScrapeJobProps extends ScrapingInputProps {
  /** Name of the job: a DNS label, unique in the agent. */
  readonly name: string;

  /** Labels of the pods; at least one. */
  readonly podLabels: Record<string, string>;

  /** Port of the pods. */
  readonly port: number;

  /**
   * Path of the metrics.
   *
   * @default /metrics
   */
  readonly path?: string;

  /**
   * Whether the application itself serves TLS; its certificate is verified against public authorities. STRICT sidecars are
   * recognised by themselves.
   *
   * @default false
   */
  readonly https?: boolean;
}
