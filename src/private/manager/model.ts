import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import type { ClusterFacts } from '../cluster-facts';
import type { Labels } from '../labels';
import type { Resources } from '../resources';

/** Everything the manager's builders read. */
export interface ManagerModel {
  readonly namespace: string;
  readonly instance: string;
  readonly name: string;
  readonly cluster: ClusterFacts;
  readonly image: string;
  readonly args: readonly string[];
  readonly resources: Resources;
  readonly priorityClassName: string | undefined;
  readonly replicas: number;
  /** Undefined: the manager serves no admission webhooks. */
  readonly admissionPort: number | undefined;
  readonly webhookPort: number;
  readonly healthPort: number;
  readonly alertWebhookPath: string;
  readonly prometheus: PrometheusAddress;
  /** In its own namespace, and in the whole cluster. */
  readonly rules: PolicyRule[];
  readonly clusterRules: PolicyRule[];
}

export interface PrometheusAddress {
  readonly namespace: string;
  readonly url: string;
  readonly podLabels: Labels;
  /** Secret with the manager's client certificate; undefined without TLS. */
  readonly clientSecret: string | undefined;
}

/** Whether it talks to the Kubernetes API: without a rule it may do nothing there. */
export function usesApi({ rules, clusterRules }: ManagerModel): boolean {
  return rules.length + clusterRules.length > 0;
}
