import { Construct } from 'constructs';
import { BackendPlacement } from './backend-placement';
import { partLabels, selectorLabels } from './private/labels';
import { deploymentSpec } from './private/manager/deployment';
import { managerEgress, managerIngress } from './private/manager/flows';
import { admissionServiceSpec, webhookServiceSpec } from './private/manager/services';
import { managerModel } from './private/manager/settings';
import { networkPolicySpec } from './private/network-policy';
import { PartObjects } from './private/part-objects';
import { certificateSpec, managerCertificate } from './private/prometheus/tls';
import type { TelemetryManagerProps } from './telemetry-manager-props';

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
    const manager = managerModel(this, props);
    const { prometheus } = props;
    const { cluster, namespace, instance, name } = manager;
    this.namespace = namespace;
    this.name = name;
    const selector = selectorLabels('telemetry-manager', instance);
    const labels = partLabels('telemetry-manager', instance);
    const webhookService = `${name}-webhook`;
    const certificate = managerCertificate(name, namespace);

    const objects = new PartObjects(this, { cluster, namespace, name, labels });
    objects.serviceAccount();
    if (manager.rules.length > 0) objects.role(manager.rules);
    if (manager.clusterRules.length > 0) objects.clusterRole(manager.clusterRules);
    objects.service(webhookServiceSpec(manager), webhookService);
    if (manager.admissionPort !== undefined) objects.service(admissionServiceSpec(manager), `${name}-admission`);
    if (manager.replicas > 1) objects.podDisruptionBudget({ maxUnavailable: 1, selector: { matchLabels: selector } });
    if (prometheus._tls?.kind === 'cert-manager') {
      const { secretName, san } = certificate;
      objects.certificate(certificateSpec(prometheus._tls, secretName, [san], 'client auth'));
    }
    objects.deployment(deploymentSpec(manager));
    objects.networkPolicy(networkPolicySpec(selector, managerIngress(manager), managerEgress(manager)));

    prometheus._addManager(
      { namespace, podLabels: selector },
      {
        // Behind NetworkPolicy; ADR 4 accepts plaintext between the parts outside the mesh.
        url: `http://${webhookService}.${namespace}.svc:${manager.webhookPort}${manager.alertWebhookPath}`,
        placement: BackendPlacement.inCluster({ podLabels: selector }),
      },
      certificate,
    );
  }
}
