import type { Size } from 'cdk8s';
import type { ContainerResources, Cpu } from 'cdk8s-plus-28';
import type { Cluster } from './cluster';
import type { Interception } from './interception';
import type { MetricInput } from './metric-input';
import type { PipelineBackend } from './pipeline-backend';

/** Settings of the agent that have defaults. */
export interface MetricAgentOptions {
  /**
   * Which connections the sidecar takes over. Without effect unless the mesh has sidecars.
   *
   * @default Interception.EVERY_BACKEND - ADR 26
   */
  readonly interception?: Interception;

  /**
   * Collector image, for example of a mirror. The config is rendered for the version this release was tested with; another
   * version is your own risk.
   *
   * @default - the tested version of docker.io/otel/opentelemetry-collector-contrib
   */
  readonly image?: string;

  /**
   * CPU, memory and ephemeral storage of the collector.
   *
   * @default - 100m CPU and 256Mi memory requested, 1Gi memory limit, no CPU limit (a limit delays scrapes); of the
   * node's disk 64Mi requested and 1Gi at most beyond the queues' emptyDirs
   */
  readonly resources?: ContainerResources;

  /**
   * PriorityClass of the pods; it must exist.
   *
   * @default - the cluster's default priority
   */
  readonly priorityClassName?: string;

  /**
   * CPU and memory of the sidecar. Without effect unless the mesh has sidecars.
   *
   * @default - what the mesh gives every sidecar
   */
  readonly sidecarResources?: SidecarResources;
}

/** CPU and memory of the sidecar; all four, because Istio drops its defaults as soon as one is set. */
export interface SidecarResources {
  /** Requested CPU. */
  readonly cpuRequest: Cpu;

  /** CPU limit. */
  readonly cpuLimit: Cpu;

  /** Requested memory. */
  readonly memoryRequest: Size;

  /** Memory limit. */
  readonly memoryLimit: Size;
}

/** An agent on its own. */
export interface MetricAgentProps extends MetricAgentOptions {
  /** Facts about the cluster. */
  readonly cluster: Cluster;

  /** Destinations; at least one by the time of synthesis, with distinct names. */
  readonly backends: PipelineBackend[];

  /**
   * What to collect; each kind at most once.
   *
   * @default - [MetricInput.runtime()]
   */
  readonly inputs?: MetricInput[];

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
