import type { Construct } from 'constructs';
import { PrometheusNoMesh } from '../../prometheus-no-mesh';
import type { RbacRule, TelemetryManagerOptions, TelemetryManagerProps } from '../../telemetry-manager-props';
import { checkImage, checkPath, checkPort, checkPositive, checkPriorityClass } from '../checks';
import type { ClusterFacts } from '../cluster-facts';
import { invalid } from '../errors';
import { givenProps, instanceOf, type Keys, listOf, number, objectOf, required, text, textOf } from '../given';
import { resolveIdentity } from '../identity';
import { partName } from '../names';
import { MANAGER_HEALTH_PORT, MANAGER_WEBHOOK_PORT } from '../ports';
import { managerCertificate } from '../prometheus/tls';
import type { ClientCertificate, TlsSource } from '../prometheus/tls-model';
import { RESOURCES, resolveResources } from '../resources';
import type { ManagerModel } from './model';

const DEFAULT_RESOURCES = { cpuRequest: '10m', memoryRequestMi: 64, memoryLimitMi: 256 };

const RULE: Keys<RbacRule> = {
  apiGroups: required(listOf(text)),
  resources: required(listOf(text)),
  verbs: required(listOf(text)),
  resourceNames: listOf(text),
};

export const MANAGER_OPTIONS: Keys<TelemetryManagerOptions> = {
  image: required(textOf('an image reference', 'pass the image; it is always yours, this library ships none')),
  args: listOf(text),
  webhookPort: number,
  alertWebhookPath: text,
  admissionPort: number,
  replicas: number,
  healthPort: number,
  rules: listOf(objectOf(RULE)),
  clusterRules: listOf(objectOf(RULE)),
  resources: objectOf(RESOURCES),
  priorityClassName: text,
};

const MANAGER: Keys<TelemetryManagerProps> = {
  ...MANAGER_OPTIONS,
  prometheus: required(
    instanceOf(PrometheusNoMesh, ['new PrometheusNoMesh(chart, id, {...})'], 'pass the Prometheus of the stack'),
  ),
  namespace: text,
};

/** Checks the props of the manager; nothing is added to it later, so its settings are all of its model. */
export function managerModel(manager: Construct, given: TelemetryManagerProps): ManagerModel {
  const where = manager.node.path;
  const props = givenProps(where, MANAGER, given);
  const { prometheus } = props;
  const { cluster, instance } = prometheus._model();
  const { namespace } = resolveIdentity(manager, { namespace: props.namespace ?? prometheus.namespace, instance });
  const name = partName(instance, 'telemetry-manager');
  return {
    namespace,
    instance,
    name,
    cluster,
    image: checkImage(where, props.image),
    args: props.args ?? [],
    resources: resolveResources(where, props.resources, DEFAULT_RESOURCES),
    priorityClassName: checkPriorityClass(where, props.priorityClassName),
    replicas: checkPositive(where, 'replicas', props.replicas ?? 1),
    ...checkPorts(where, props, cluster),
    alertWebhookPath: checkPath(where, 'alertWebhookPath', props.alertWebhookPath ?? '/'),
    prometheus: {
      url: prometheus.url,
      ...prometheus._pods(),
      clientSecret: clientSecret(where, prometheus._tls, managerCertificate(name, namespace)),
    },
    rules: checkRules(where, 'rules', props.rules ?? []),
    clusterRules: checkRules(where, 'clusterRules', props.clusterRules ?? []),
  };
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
