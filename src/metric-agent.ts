import { Construct } from 'constructs';
import type { MetricAgentProps } from './metric-agent-props';
import type { PipelineBackend } from './pipeline-backend';
import { backendProblems, checkBackend } from './private/agent/checks';
import { daemonSetSpec } from './private/agent/daemon-set';
import { agentEgress, agentIngress } from './private/agent/flows';
import { type AgentModel, agentModel, type AgentSettings, outboundCapture } from './private/agent/model';
import { agentClusterRules, discoveryNamespaces, ENDPOINT_DISCOVERY, leaseRules } from './private/agent/rbac';
import { claimObjectStates } from './private/agent/object-states';
import { metricsServiceName, metricsServiceSpec } from './private/agent/service';
import { agentSettings, backendKind } from './private/agent/settings';
import { agentTarget } from './private/agent/target';
import type { BackendModel } from './private/backend';
import { collectorConfigFiles } from './private/collector/config';
import { collectsObjectStates } from './private/input';
import { partLabels, selectorLabels } from './private/labels';
import type { NetworkPeer } from './private/network-peer';
import { networkPolicySpec } from './private/network-policy';
import { Memo } from './private/memo';
import { lazy } from './private/objects';
import { PartObjects } from './private/part-objects';
import { plaintextMetrics } from './private/agent/peer-authentication';
import type { AgentTarget } from './private/prometheus/model';
import { resolveReader } from './private/reader-kind';
import { captures } from './private/sidecar';
import type { Reader } from './reader';

/**
 * An OpenTelemetry Collector on every node that scrapes past its sidecar and sends through it (ADR 26).
 *
 * Renders a DaemonSet, its ServiceAccount and RBAC by input, ConfigMap, metrics Service and NetworkPolicy; in a mesh the
 * labels, annotations and certificate volume that make each connection work.
 */
export class MetricAgent extends Construct {
  /** Namespace of all objects. */
  public readonly namespace: string;

  /** Name of all namespaced objects: `<instance>-metric-agent`. */
  public readonly name: string;

  /** @internal */
  public readonly _cluster: string;

  private readonly settings: AgentSettings;
  private readonly backends: PipelineBackend[] = [];
  private readonly metricsReaders: NetworkPeer[] = [];
  private readonly model = new Memo(
    () => this._version(),
    () => agentModel(this.settings, this.backendModels(), this.metricsReaders),
  );
  private readonly configFiles = this.model.derived(collectorConfigFiles);
  /** Asked for often: cdk8s validates the whole App once for each chart (cdk8s `App._synthChart`). */
  private readonly problems = this.model.derived(backendProblems);

  /**
   * @param scope a chart, or a construct in one
   * @param id construct id; no name depends on it
   * @param props what to collect, where to send it, and in which cluster
   */
  public constructor(scope: Construct, id: string, props: MetricAgentProps) {
    super(scope, id);
    this.settings = agentSettings(this, props);
    const { cluster, inputs, namespace, instance, name, leaseName } = this.settings;
    this.namespace = namespace;
    this.name = name;
    this._cluster = cluster.name;
    const labels = partLabels('metric-agent', instance);
    const selector = selectorLabels('metric-agent', instance);

    const objects = new PartObjects(this, { cluster, namespace, name, labels });
    objects.serviceAccount();
    objects.clusterRole(lazy(() => agentClusterRules(this._model().inputs, inputs)));
    discoveryNamespaces(inputs).forEach((scraped) => {
      objects.role(ENDPOINT_DISCOVERY, scraped, `${name}-discovery`);
    });
    if (inputs.some(collectsObjectStates)) objects.role(leaseRules(leaseName));
    objects.configMap(lazy(() => this.configFiles.get()));
    objects.service(
      lazy(() => metricsServiceSpec(this._model())),
      metricsServiceName(name),
    );
    objects.daemonSet(lazy(() => daemonSetSpec(this._model(), this.configFiles.get())));
    objects.networkPolicy(
      lazy(() => networkPolicySpec(selector, agentIngress(this._model()), agentEgress(this._model()))),
    );
    if (cluster.mesh.mode === 'ambient')
      objects.peerAuthentication(lazy(() => plaintextMetrics(selector, this._model().metricsPorts)));

    claimObjectStates(this, cluster.name, inputs);
    props.backends.forEach((backend) => {
      this._addBackend(backend);
    });
    this.node.addValidation({ validate: () => this.problems.get() });
  }

  /**
   * Lets somebody read the agent's own metrics on 8888 and, if it is served, scrape health on 8889, in plaintext.
   *
   * @param reader who
   */
  public addMetricsReader(reader: Reader): void {
    this.metricsReaders.push(resolveReader(this.node.path, reader));
  }

  /** @internal */
  public _addBackend(backend: PipelineBackend): void {
    const { cluster, namespace, instance } = this.settings;
    backendKind(this.node.path, 'backend', backend);
    checkBackend(this.node.path, this.settings, this.backendModels(), backend._model, backend.node.path);
    this.backends.push(backend);
    const outbound = outboundCapture(this.settings, [backend._model]);
    const registryOnly = cluster.mesh.mode === 'sidecar' && cluster.mesh.registryOnly;
    backend._use({
      cluster: cluster.name,
      namespace,
      instance,
      labels: partLabels('metric-agent', instance),
      refuses: (destination) =>
        registryOnly && destination.placement.kind === 'external' && captures(outbound, destination),
    });
  }

  /** @internal */
  public _model(): AgentModel {
    return this.model.get();
  }

  /** @internal */
  public _target(): AgentTarget {
    return agentTarget(this._model());
  }

  /**
   * Grows with everything that is added.
   * @internal
   */
  public _version(): number {
    return this.backends.length + this.metricsReaders.length;
  }

  private backendModels(): BackendModel[] {
    return this.backends.map(({ _model }) => _model);
  }
}
