import type { Duration } from 'cdk8s';
import type { ContainerResources } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { BackendPlacement } from './backend-placement';
import type { Cluster } from './cluster';
import type { GrafanaDashboardProps } from './grafana-dashboard';
import type { MetricAgent } from './metric-agent';
import { checkCluster, checkImage, checkPriorityClass } from './private/checks';
import { invalid } from './private/errors';
import { resolveIdentity } from './private/identity';
import { PROMETHEUS_IMAGE } from './private/images';
import { type Labels, partLabels, selectorLabels } from './private/labels';
import { partName } from './private/names';
import type { NetworkPeer } from './private/network-peer';
import { networkPolicySpec } from './private/network-policy';
import { resolveDestination } from './private/destination-checks';
import { Memo } from './private/memo';
import { lazy } from './private/objects';
import { PartObjects } from './private/part-objects';
import { PROMETHEUS_PORT } from './private/ports';
import { namespacesOf, prometheusConfigFiles } from './private/prometheus/config';
import { dashboardFiles } from './private/prometheus/dashboard';
import { dashboardModel } from './private/prometheus/dashboard-settings';
import { prometheusEgress, prometheusIngress } from './private/prometheus/flows';
import type { AlertReceiver, PrometheusModel, PrometheusSettings } from './private/prometheus/model';
import { DISCOVERY_RULES } from './private/prometheus/rbac';
import { prometheusServiceSpec, statefulSetSpec } from './private/prometheus/stateful-set';
import { certificateSpec, probeCertificate, serverName, serverSecretName } from './private/prometheus/tls';
import type { ClientCertificate, TlsModel, TlsSource } from './private/prometheus/tls-model';
import { checkRunbooks, prometheusSizes } from './private/prometheus/settings';
import type { PrometheusStorage } from './prometheus-storage';
import type { PrometheusTls } from './prometheus-tls';
import { type PodReaderProps, Reader } from './reader';

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

  private readonly settings: PrometheusSettings;
  private readonly objects: PartObjects;
  private readonly agents: MetricAgent[] = [];
  private readonly readers: NetworkPeer[] = [];
  private readonly alertReceivers: AlertReceiver[] = [];
  private readonly tlsSource: TlsSource | undefined;
  private readonly clients: ClientCertificate[] = [];
  private hasManager = false;
  private readonly configFiles = new Memo(
    () => this._model(),
    (model) => prometheusConfigFiles(model),
  );

  /**
   * @param scope a chart, or a construct in one
   * @param id construct id; no name depends on it
   * @param props cluster, agents and storage
   */
  public constructor(scope: Construct, id: string, props: PrometheusNoMeshProps) {
    super(scope, id);
    const where = this.node.path;
    const { namespace, instance } = resolveIdentity(this, props);
    this.namespace = namespace;
    this.name = partName(instance, 'prometheus');
    const scheme = props.tls ? 'https' : 'http';
    this.url = `${scheme}://${serverName(this.name, namespace)}:${PROMETHEUS_PORT}`;
    this.settings = {
      namespace,
      instance,
      name: this.name,
      cluster: checkCluster(where, props.cluster),
      image: checkImage(where, props.image ?? PROMETHEUS_IMAGE),
      ...prometheusSizes(where, props),
      priorityClassName: checkPriorityClass(where, props.priorityClassName),
      runbooks: checkRunbooks(where, props.runbooks),
      tls: undefined,
    };
    this.tlsSource = props.tls?._source;
    const labels = partLabels('prometheus', instance);
    const selector = selectorLabels('prometheus', instance);

    this.objects = new PartObjects(this, { cluster: this.settings.cluster, namespace, name: this.name, labels });
    this.objects.serviceAccount();
    this.objects.configMap(lazy(() => this.configFiles.get()));
    this.objects.service(lazy(() => prometheusServiceSpec(this._model())));
    this.objects.statefulSet(lazy(() => statefulSetSpec(this._model(), this.configFiles.get())));
    this.objects.networkPolicy(
      lazy(() => networkPolicySpec(selector, prometheusIngress(this._model()), prometheusEgress(this._model()))),
    );

    if (props.dashboard) this.renderDashboard(props.dashboard, labels);

    if (this.tlsSource?.kind === 'cert-manager') {
      const { secretName, san } = probeCertificate(this.name, namespace);
      const server = serverName(this.name, namespace);
      this.objects.certificate(certificateSpec(this.tlsSource, serverSecretName(this.name), [server], 'server auth'));
      this.objects.certificate(certificateSpec(this.tlsSource, secretName, [san], 'client auth'));
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
    const target = agent._target();
    if (target.cluster !== this.settings.cluster.name) {
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
    if (!namespacesOf(this.agents.map((other) => other._target())).includes(target.namespace)) {
      this.objects.role(DISCOVERY_RULES, target.namespace);
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
    this.readers.push(reader._resolve(this.node.path));
  }

  /**
   * Sends alerts to an Alertmanager, or to anything that speaks its API v2.
   *
   * @param props where it is; fails for one in the mesh, because Prometheus is outside (ADR 4)
   */
  public addAlertmanager(props: AlertmanagerProps): void {
    const receiver = resolveDestination(this.node.path, 'alertmanager.url', 'alertmanager', props);
    if (receiver.placement.kind === 'inMesh') {
      throw invalid(this.node.path, {
        input: 'alertmanager.placement',
        got: 'in the mesh',
        allowed: 'inCluster or external: Prometheus is outside the mesh (ADR 4) and has no sidecar',
        fix: 'exclude the Alertmanager’s port from its sidecar and place it with BackendPlacement.inCluster()',
      });
    }
    this.alertReceivers.push(receiver);
  }

  /**
   * Admits the manager and sends it alerts.
   * @internal
   */
  public _addManager(pods: PodReaderProps, webhook: AlertmanagerProps, certificate: ClientCertificate): void {
    this.hasManager = true;
    this.addReader(Reader.pods(pods));
    this.addAlertmanager(webhook);
    this.clients.push(certificate);
  }

  /** @internal */
  public get _tls(): TlsSource | undefined {
    return this.tlsSource;
  }

  /** @internal */
  public _pods(): PodReaderProps {
    return { namespace: this.namespace, podLabels: selectorLabels('prometheus', this.settings.instance) };
  }

  /** @internal */
  public _model(): PrometheusModel {
    return {
      ...this.settings,
      tls: this.tlsModel(),
      agents: this.agents.map((agent) => agent._target()),
      readers: this.readers,
      alertReceivers: this.alertReceivers,
      hasManager: this.hasManager,
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
    const managers = this.clients.length;
    if (this.readers.length > managers) return [];
    return ['the dashboard has nobody to show it; fix: name Grafana’s pods in readers, or with addReader()'];
  }

  private tlsModel(): TlsModel | undefined {
    const source = this.tlsSource;
    if (!source) return undefined;
    const server = serverName(this.name, this.namespace);
    if (source.kind === 'secrets') return { serverName: server, ...source };
    const probe = probeCertificate(this.name, this.namespace);
    const clientSans = [probe.san, ...this.clients.map(({ san }) => san), ...source.readerSans].sort();
    return { serverName: server, serverSecret: serverSecretName(this.name), probeSecret: probe.secretName, clientSans };
  }
}
