import { Construct } from 'constructs';
import type { GrafanaDashboardProps } from './grafana-dashboard';
import type { MetricAgent } from './metric-agent';
import { invalid } from './private/errors';
import { type Labels, partLabels, selectorLabels } from './private/labels';
import { Memo } from './private/memo';
import type { NetworkPeer } from './private/network-peer';
import { networkPolicySpec } from './private/network-policy';
import { lazy } from './private/objects';
import { PartObjects } from './private/part-objects';
import { PROMETHEUS_PORT } from './private/ports';
import { alertReceiver } from './private/prometheus/alert-receiver';
import { prometheusConfigFiles } from './private/prometheus/config';
import { dashboardFiles } from './private/prometheus/dashboard';
import { dashboardModel } from './private/prometheus/dashboard-settings';
import { prometheusEgress, prometheusIngress } from './private/prometheus/flows';
import { agentKind } from './private/prometheus/keys';
import type { AlertReceiver, PrometheusModel, PrometheusSettings } from './private/prometheus/model';
import { DISCOVERY_RULES } from './private/prometheus/rbac';
import { prometheusSettings } from './private/prometheus/settings';
import { prometheusServiceSpec, statefulSetSpec } from './private/prometheus/stateful-set';
import { certificateSpec, probeCertificate, serverName, serverSecretName, tlsModel } from './private/prometheus/tls';
import type { ClientCertificate, TlsSource } from './private/prometheus/tls-model';
import { resolveReader } from './private/reader-kind';
import type { AlertmanagerProps, PrometheusNoMeshProps } from './prometheus-props';
import { type PodReaderProps, Reader } from './reader';

/**
 * The self-monitor of ADR 4: a Prometheus that is never part of the mesh, watches the agents, and is reachable by the
 * manager and named readers only.
 *
 * Renders a StatefulSet, ServiceAccount, a Role in each namespace of an agent, ConfigMap (config and alert rules), Service
 * and NetworkPolicy; on request a ConfigMap with a Grafana dashboard.
 */
export class PrometheusNoMesh extends Construct {
  /** Namespace of all objects. */
  public readonly namespace: string;

  /** Name of all objects: `<instance>-prometheus`. */
  public readonly name: string;

  /** Where to query: `http://<name>.<namespace>.svc:9090`, or `https://` with TLS. */
  public readonly url: string;

  /** @internal */
  public readonly _tls: TlsSource | undefined;

  private readonly settings: PrometheusSettings;
  private readonly objects: PartObjects;
  private readonly agents: MetricAgent[] = [];
  private readonly readers: NetworkPeer[] = [];
  private readonly alertReceivers: AlertReceiver[] = [];
  private readonly managerCertificates: ClientCertificate[] = [];
  private readonly model = new Memo(
    () => this.version(),
    () => this.derivedModel(),
  );
  private readonly configFiles = this.model.derived(prometheusConfigFiles);

  /**
   * @param scope a chart, or a construct in one
   * @param id construct id; no name depends on it
   * @param props cluster, agents and storage
   */
  public constructor(scope: Construct, id: string, props: PrometheusNoMeshProps) {
    super(scope, id);
    this.settings = prometheusSettings(this, props);
    const { cluster, namespace, instance, name } = this.settings;
    this.namespace = namespace;
    this.name = name;
    this._tls = props.tls?._source;
    this.url = `${this._tls ? 'https' : 'http'}://${serverName(name, namespace)}:${PROMETHEUS_PORT}`;
    const labels = partLabels('prometheus', instance);
    const selector = selectorLabels('prometheus', instance);

    this.objects = new PartObjects(this, { cluster, namespace, name, labels });
    this.objects.serviceAccount();
    this.objects.configMap(lazy(() => this.configFiles.get()));
    this.objects.service(lazy(() => prometheusServiceSpec(this._model())));
    this.objects.statefulSet(lazy(() => statefulSetSpec(this._model(), this.configFiles.get())));
    this.objects.networkPolicy(
      lazy(() => networkPolicySpec(selector, prometheusIngress(this._model()), prometheusEgress(this._model()))),
    );

    if (props.dashboard) this.renderDashboard(props.dashboard, labels);

    if (this._tls?.kind === 'cert-manager') {
      const { secretName, san } = probeCertificate(name, namespace);
      const server = serverName(name, namespace);
      this.objects.certificate(certificateSpec(this._tls, serverSecretName(name), [server], 'server auth'));
      this.objects.certificate(certificateSpec(this._tls, secretName, [san], 'client auth'));
    }

    props.agents?.forEach((agent) => {
      this.addAgent(agent);
    });
    props.readers?.forEach((reader) => {
      this.addReader(reader);
    });
    props.alertmanagers?.forEach((alertmanager) => {
      this.addAlertmanager(alertmanager);
    });
  }

  /**
   * Watches an agent: a scrape job, a Role in the agent's namespace, and the agent's consent to be read.
   *
   * @param agent an agent of the same cluster
   */
  public addAgent(agent: MetricAgent): void {
    agentKind(this.node.path, 'agent', agent);
    if (agent._cluster !== this.settings.cluster.name) {
      throw invalid(this.node.path, {
        input: 'agent',
        got: agent.node.path,
        allowed: 'an agent of the same cluster',
        fix: 'pass the same Cluster to both',
      });
    }
    if (this.agents.includes(agent)) {
      throw invalid(this.node.path, {
        input: 'agent',
        got: agent.node.path,
        allowed: 'an agent that is not watched yet',
        fix: 'add each agent once',
      });
    }
    if (!this.agents.some(({ namespace }) => namespace === agent.namespace)) {
      this.objects.role(DISCOVERY_RULES, agent.namespace);
    }
    this.agents.push(agent);
    agent.addMetricsReader(Reader.pods(this._pods()));
  }

  /**
   * Lets somebody query Prometheus on port 9090.
   *
   * @param reader who
   */
  public addReader(reader: Reader): void {
    this.readers.push(resolveReader(this.node.path, reader));
  }

  /**
   * Sends alerts to an Alertmanager, or to anything that speaks its API v2.
   *
   * @param props where it is; fails for one in the mesh, because Prometheus is outside (ADR 4)
   */
  public addAlertmanager(props: AlertmanagerProps): void {
    this.alertReceivers.push(alertReceiver(this.node.path, props));
  }

  /**
   * Admits the manager and sends it alerts.
   * @internal
   */
  public _addManager(pods: PodReaderProps, webhook: AlertmanagerProps, certificate: ClientCertificate): void {
    this.addReader(Reader.pods(pods));
    this.addAlertmanager(webhook);
    this.managerCertificates.push(certificate);
  }

  /** @internal */
  public _pods(): PodReaderProps {
    return { namespace: this.namespace, podLabels: selectorLabels('prometheus', this.settings.instance) };
  }

  /** @internal */
  public _model(): PrometheusModel {
    return this.model.get();
  }

  /** Grows with everything that is added, here or to an agent. */
  private version(): number {
    const added = this.readers.length + this.alertReceivers.length + this.managerCertificates.length;
    return this.agents.reduce((sum, agent) => sum + 1 + agent._version(), added);
  }

  private derivedModel(): PrometheusModel {
    return {
      ...this.settings,
      tls: tlsModel(this._tls, this.settings, this.managerCertificates),
      agents: this.agents.map((agent) => agent._target()),
      readers: this.readers,
      alertReceivers: this.alertReceivers,
      hasManager: this.managerCertificates.length > 0,
    };
  }

  private renderDashboard(props: GrafanaDashboardProps, labels: Labels): void {
    const model = dashboardModel(this.node.path, props, { namespace: this.namespace, name: this.name, labels });
    this.objects.configMapFor(
      model,
      lazy(() => dashboardFiles(this._model(), model)),
    );
    this.node.addValidation({ validate: () => this.validateDashboard() });
  }

  /** Nobody else reaches the port, so every panel would be empty. */
  private validateDashboard(): string[] {
    if (this.readers.length > this.managerCertificates.length) return [];
    return ['the dashboard has nobody to show it; fix: name Grafana’s pods in readers, or with addReader()'];
  }
}
