import type { ClusterFacts } from '../facts';
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
  readonly prometheus: PrometheusAddress;
  /** Whether the manager uses the Kubernetes API, that is, has RBAC rules. */
  readonly usesApi: boolean;
}

export interface PrometheusAddress {
  readonly namespace: string;
  readonly url: string;
  readonly podLabels: Labels;
  /** Secret with the manager's client certificate; undefined without TLS. */
  readonly clientSecret: string | undefined;
}
