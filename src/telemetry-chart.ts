import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Cluster } from './cluster';
import { MetricAgent } from './metric-agent';
import type { MetricAgentOptions } from './metric-agent-props';
import type { MetricInput } from './metric-input';
import type { PipelineBackend } from './pipeline-backend';
import { AGENT_OPTIONS, inputsKind } from './private/agent/settings';
import { checkDnsLabel, checkLabels } from './private/checks';
import { clusterKind } from './private/cluster-kind';
import { flag, givenProps, type Keys, mapOf, objectOf, required, text, textOf } from './private/given';
import { MANAGER_OPTIONS } from './private/manager/settings';
import { renderNamespace } from './private/namespace';
import { PROMETHEUS_OPTIONS } from './private/prometheus/keys';
import { PrometheusNoMesh } from './prometheus-no-mesh';
import type { PrometheusOptions } from './prometheus-props';
import { TelemetryManager } from './telemetry-manager';
import type { TelemetryManagerOptions } from './telemetry-manager-props';

/** A whole telemetry stack in one namespace. */
export interface TelemetryChartProps {
  /** Namespace of all objects. */
  readonly namespace: string;

  /** Facts about the cluster. */
  readonly cluster: Cluster;

  /**
   * What the agent collects; each kind at most once.
   *
   * @default - [MetricInput.runtime()]
   */
  readonly inputs?: MetricInput[];

  /**
   * The manager.
   *
   * @default - no manager: Prometheus then admits only the readers that are named
   */
  readonly manager?: TelemetryManagerOptions;

  /**
   * Settings of the agent.
   *
   * @default - the defaults of MetricAgentOptions
   */
  readonly agent?: MetricAgentOptions;

  /**
   * Settings of Prometheus.
   *
   * @default - the defaults of PrometheusOptions
   */
  readonly prometheus?: PrometheusOptions;

  /**
   * Tells several stacks in one namespace apart: the start of every name and a selector label. At most 40 characters.
   *
   * @default telemetry
   */
  readonly instance?: string;

  /**
   * Whether the Namespace is rendered too. It enforces Pod Security `restricted`, unless the agent's sidecar needs the
   * privileged `istio-init` container; then it enforces `privileged`, and warns and audits by `restricted`.
   *
   * @default false
   */
  readonly createNamespace?: boolean;

  /**
   * Labels of all objects, besides those that constructs set. They are no part of any selector or pod.
   *
   * @default - none
   */
  readonly labels?: Record<string, string>;
}

const CHART: Keys<TelemetryChartProps> = {
  namespace: required(textOf('the namespace of all objects', 'choose for example telemetry-system')),
  cluster: clusterKind,
  inputs: inputsKind,
  manager: objectOf(MANAGER_OPTIONS),
  agent: objectOf(AGENT_OPTIONS),
  prometheus: objectOf(PROMETHEUS_OPTIONS),
  instance: text,
  createNamespace: flag,
  labels: mapOf(text),
};

/** The id under which the chart keeps its own children, so that ids of users cannot collide with them. */
const OWN_CHILDREN = 'cdk8s-telemetry';

/** Metric agent, Prometheus outside the mesh and, if given an image, the manager: one stack in one namespace. */
export class TelemetryChart extends Chart {
  /** The agent. */
  public readonly agent: MetricAgent;

  /** The self-monitor. */
  public readonly prometheus: PrometheusNoMesh;

  /** The manager, if there is one. */
  public readonly manager?: TelemetryManager;

  /**
   * @param scope usually the App
   * @param id construct id: the name of the rendered file
   * @param props namespace, cluster and parts
   */
  public constructor(scope: Construct, id: string, props: TelemetryChartProps) {
    const { namespace, labels } = givenProps(id, CHART, props);
    super(scope, id, { namespace: checkDnsLabel(id, 'namespace', namespace), labels: checkLabels(id, labels) });
    const { cluster, inputs, instance } = props;
    const own = new Construct(this, OWN_CHILDREN);
    const stack = { namespace, cluster, instance };

    if (props.createNamespace) renderNamespace(own, cluster._facts, namespace, () => this.agent._model());
    this.agent = new MetricAgent(own, 'metric-agent', { ...props.agent, ...stack, inputs, backends: [] });
    this.prometheus = new PrometheusNoMesh(own, 'prometheus', { ...props.prometheus, ...stack, agents: [this.agent] });
    if (props.manager) {
      this.manager = new TelemetryManager(own, 'manager', { ...props.manager, prometheus: this.prometheus });
    }
  }

  /**
   * Sends the agent's metrics to one more backend. Works until synthesis; the order of calls does not matter.
   *
   * @param backend the destination; fails if another one has its name, or if the agent cannot reach it as placed
   */
  public addBackend(backend: PipelineBackend): void {
    this.agent._addBackend(backend);
  }
}
