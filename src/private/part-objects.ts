import type { Construct } from 'constructs';
import type { DaemonSetSpec, DeploymentSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1';
import type { ServiceSpec } from 'kubernetes-types/core/v1';
import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudgetSpec } from 'kubernetes-types/policy/v1';
import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import type { CertificateSpec } from '../../imports/cert-manager.io';
import type { PeerAuthenticationSpec } from '../../imports/security.istio.io';
import { declareCluster } from './declared-clusters';
import type { ClusterFacts } from './cluster-facts';
import type { Labels } from './labels';
import { clusterScopedName } from './names';
import { type ObjectHead, renderObject } from './objects';
import type { AsYaml } from './as-yaml';

/** Identity shared by all objects of a part. */
export interface PartIdentity {
  readonly cluster: ClusterFacts;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}

const RBAC = 'rbac.authorization.k8s.io';

/** The kinds of objects a part consists of, each rendered under the part's name and labels. */
export class PartObjects {
  public constructor(
    private readonly scope: Construct,
    private readonly part: PartIdentity,
  ) {
    declareCluster(scope, part.cluster);
  }

  /** The token is mounted by the pods that use the API, not by whoever happens to use the account. */
  public serviceAccount(): void {
    this.render('v1', 'ServiceAccount', { automountServiceAccountToken: false });
  }

  public configMap(data: Record<string, string>): void {
    this.render('v1', 'ConfigMap', { data });
  }

  /** A ConfigMap for somebody else, who finds it by labels. */
  public configMapFor(head: Omit<ObjectHead, 'apiVersion' | 'kind'>, data: Record<string, string>): void {
    this.render('v1', 'ConfigMap', { data }, head);
  }

  public service(spec: ServiceSpec, name = this.part.name): void {
    this.render('v1', 'Service', { spec }, { name });
  }

  public daemonSet(spec: DaemonSetSpec): void {
    this.render('apps/v1', 'DaemonSet', { spec });
  }

  public statefulSet(spec: StatefulSetSpec): void {
    this.render('apps/v1', 'StatefulSet', { spec });
  }

  public deployment(spec: DeploymentSpec): void {
    this.render('apps/v1', 'Deployment', { spec });
  }

  public podDisruptionBudget(spec: PodDisruptionBudgetSpec): void {
    this.render('policy/v1', 'PodDisruptionBudget', { spec });
  }

  public networkPolicy(spec: NetworkPolicySpec): void {
    this.render('networking.k8s.io/v1', 'NetworkPolicy', { spec });
  }

  public peerAuthentication(spec: AsYaml<PeerAuthenticationSpec>): void {
    this.render('security.istio.io/v1', 'PeerAuthentication', { spec });
  }

  /** The object is called like the Secret it fills. */
  public certificate(spec: CertificateSpec): void {
    this.render('cert-manager.io/v1', 'Certificate', { spec }, { name: spec.secretName });
  }

  public clusterRole(rules: PolicyRule[]): void {
    const name = clusterScopedName(this.part.namespace, this.part.name);
    const head = { name, namespace: undefined };
    this.render(`${RBAC}/v1`, 'ClusterRole', { rules }, head);
    this.render(`${RBAC}/v1`, 'ClusterRoleBinding', this.binding('ClusterRole', name), head);
  }

  /**
   * In a foreign namespace the name says whose role it is. It says where, too: with a file for each resource cdk8s names the file
   * by kind and name alone, and of two Roles with one name only the last would be left.
   */
  public role(rules: PolicyRule[], namespace = this.part.namespace, name = this.part.name): void {
    const foreign = namespace !== this.part.namespace;
    const roleName = foreign ? `${clusterScopedName(this.part.namespace, name)}-${namespace}` : name;
    const head = { name: roleName, namespace };
    this.render(`${RBAC}/v1`, 'Role', { rules }, head);
    this.render(`${RBAC}/v1`, 'RoleBinding', this.binding('Role', roleName), head);
  }

  private binding(kind: 'ClusterRole' | 'Role', name: string): Record<string, unknown> {
    return {
      roleRef: { apiGroup: RBAC, kind, name },
      subjects: [{ kind: 'ServiceAccount', name: this.part.name, namespace: this.part.namespace }],
    };
  }

  private render(
    apiVersion: string,
    kind: string,
    body: Record<string, unknown>,
    head: Pick<ObjectHead, 'name'> & Partial<ObjectHead> = { name: this.part.name },
  ): void {
    const { namespace, labels, cluster, name: partName } = this.part;
    const full = { apiVersion, kind, labels, namespace, ...head };
    const id = full.name === partName && full.namespace === namespace ? kind : `${kind}-${full.namespace}-${full.name}`;
    renderObject(this.scope, id, cluster.name, full, body);
  }
}
