import type { ContainerResources } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { BackendPlacement } from './backend-placement';
import { checkImage, checkPath, checkPort, checkPositive, checkPriorityClass } from './private/checks';
import { invalid } from './private/errors';
import type { ClusterFacts } from './private/facts';
import { resolveIdentity } from './private/identity';
import { partLabels, selectorLabels } from './private/labels';
import { deploymentSpec } from './private/manager/deployment';
import { managerEgress, managerIngress } from './private/manager/flows';
import { admissionServiceSpec, webhookServiceSpec } from './private/manager/services';
import type { ManagerModel } from './private/manager/model';
import { partName } from './private/names';
import { networkPolicySpec } from './private/network-policy';
import { PartObjects } from './private/part-objects';
import { MANAGER_HEALTH_PORT, MANAGER_WEBHOOK_PORT } from './private/ports';
import { certificateSpec, managerCertificate } from './private/prometheus/tls';
import type { ClientCertificate, TlsSource } from './private/prometheus/tls-model';
import { resolveResources } from './private/resources';
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

/**
 * The workload that reads pipeline health from Prometheus. Like Prometheus it is outside the mesh (ADR 4).
 *
 * Renders a Deployment, ServiceAccount, RBAC if asked for, the alert webhook's Service and a NetworkPolicy.
 */
export class TelemetryManager extends Construct {
  /** Namespace of all objects. */
  public readonly namespace: string;

  /** Name of all namespaced objects: `<instance>-manager`. */
  public readonly name: string;

  /**
   * @param scope a chart, or a construct in one
   * @param id construct id; no name depends on it
   * @param props image, Prometheus and rights
   */
  public constructor(scope: Construct, id: string, props: TelemetryManagerProps) {
    super(scope, id);
    const { prometheus, rules = [], clusterRules = [] } = props;
    const where = this.node.path;
    const { cluster, instance } = prometheus._model();
    const { namespace } = resolveIdentity(this, { namespace: props.namespace ?? prometheus.namespace, instance });
    this.namespace = namespace;
    this.name = partName(instance, 'telemetry-manager');
    const certificate = managerCertificate(this.name, namespace);
    const manager: ManagerModel = {
      namespace,
      instance,
      name: this.name,
      cluster,
      image: checkImage(where, props.image),
      args: props.args ?? [],
      resources: resolveResources(where, props.resources, {
        cpuRequest: '10m',
        memoryRequestMi: 64,
        memoryLimitMi: 256,
      }),
      priorityClassName: checkPriorityClass(where, props.priorityClassName),
      replicas: checkPositive(where, 'replicas', props.replicas ?? 1),
      ...checkPorts(where, props, cluster),
      prometheus: {
        url: prometheus.url,
        ...prometheus._pods(),
        clientSecret: clientSecret(where, prometheus._tls, certificate),
      },
      usesApi: rules.length + clusterRules.length > 0,
    };
    const selector = selectorLabels('telemetry-manager', instance);
    const webhookService = `${this.name}-webhook`;

    const objects = new PartObjects(this, {
      cluster,
      namespace,
      name: this.name,
      labels: partLabels('telemetry-manager', instance),
    });
    objects.serviceAccount();
    if (rules.length > 0) objects.role(checkRules(where, 'rules', rules));
    if (clusterRules.length > 0) objects.clusterRole(checkRules(where, 'clusterRules', clusterRules));
    objects.service(webhookServiceSpec(manager), webhookService);
    if (manager.admissionPort !== undefined) {
      objects.service(admissionServiceSpec(manager), `${this.name}-admission`);
    }
    if (manager.replicas > 1) objects.podDisruptionBudget({ maxUnavailable: 1, selector: { matchLabels: selector } });
    if (prometheus._tls?.kind === 'cert-manager') {
      const { secretName, san } = certificate;
      objects.certificate(certificateSpec(prometheus._tls, secretName, [san], 'client auth'));
    }
    objects.deployment(deploymentSpec(manager));
    objects.networkPolicy(networkPolicySpec(selector, managerIngress(manager), managerEgress(manager)));

    const path = checkPath(where, 'alertWebhookPath', props.alertWebhookPath ?? '/');
    prometheus._addManager(
      { namespace, podLabels: selector },
      {
        // Behind NetworkPolicy; ADR 4 accepts plaintext between the parts outside the mesh.
        url: `http://${webhookService}.${namespace}.svc:${manager.webhookPort}${path}`,
        placement: BackendPlacement.inCluster({ podLabels: selector }),
      },
      certificate,
    );
  }
}

/** The Secret that holds the manager's client certificate, where Prometheus asks for one. */
function clientSecret(
  where: string,
  source: TlsSource | undefined,
  certificate: ClientCertificate,
): string | undefined {
  if (source?.kind !== 'secrets') return source && certificate.secretName;
  if (source.managerSecret === undefined) {
    throw invalid(where, {
      input: 'prometheus.tls.managerSecret',
      allowed: 'the Secret with the manager’s client certificate: Prometheus lets nobody in without one',
      fix: 'pass managerSecret to PrometheusTls.fromSecrets()',
    });
  }
  return source.managerSecret;
}

function checkPorts(
  where: string,
  props: TelemetryManagerOptions,
  cluster: ClusterFacts,
): Pick<ManagerModel, 'webhookPort' | 'healthPort' | 'admissionPort'> {
  const webhookPort = checkPort(where, 'webhookPort', props.webhookPort ?? MANAGER_WEBHOOK_PORT);
  const healthPort = checkPort(where, 'healthPort', props.healthPort ?? MANAGER_HEALTH_PORT);
  const { admissionPort } = props;
  if (admissionPort !== undefined) checkPort(where, 'admissionPort', admissionPort);
  if (admissionPort !== undefined && cluster.apiServer.endpointCidrs.length === 0) {
    throw invalid(where, {
      input: 'admissionPort',
      got: admissionPort,
      allowed: 'only where the addresses of the API server are known; otherwise everybody outside would be admitted',
      fix: 'declare Cluster apiServer.endpointCidrs: the addresses webhook calls come from',
    });
  }
  if (new Set([webhookPort, healthPort, admissionPort]).size < 3) {
    throw invalid(where, {
      input: webhookPort === healthPort ? 'healthPort' : 'admissionPort',
      got: webhookPort === healthPort ? healthPort : admissionPort,
      allowed: 'different ports for alerts, health and admission',
      fix: 'give each server a port of its own',
    });
  }
  return { webhookPort, healthPort, admissionPort };
}

function checkRules(where: string, input: string, rules: RbacRule[]): RbacRule[] {
  for (const rule of rules) {
    const { apiGroups, resources, verbs } = rule;
    if (
      [...apiGroups, ...resources, ...verbs].includes('*') ||
      !apiGroups.length ||
      !resources.length ||
      !verbs.length
    ) {
      throw invalid(where, {
        input,
        got: rule,
        allowed: 'rules that name API groups, resources and verbs, without "*"',
        fix: 'list what the manager really uses',
      });
    }
  }
  return rules;
}
