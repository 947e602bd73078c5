import type { ClusterFacts } from '../cluster-facts';
import type { Labels } from '../labels';
import type { Destination } from '../destination';
import type { NetworkPeer } from '../network-peer';
import type { Resources } from '../resources';
import type { PrometheusTlsModel } from './tls-model';

/** What PrometheusNoMesh is told once, when it is constructed. */
export interface PrometheusSettings {
  readonly namespace: string;
  readonly instance: string;
  readonly name: string;
  readonly cluster: ClusterFacts;
  readonly image: string;
  readonly resources: Resources;
  readonly storage: StorageModel;
  readonly priorityClassName: string | undefined;
  readonly retentionHours: number;
  /** The page with a section for each alert. */
  readonly runbooks: string;
}

/** Where the dashboard goes, and by what Grafana finds it. */
export interface DashboardModel {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Record<string, string> | undefined;
  /** Undefined: chosen in Grafana. */
  readonly dataSource: string | undefined;
}

/** Everything the builders read; complete at synthesis. */
export interface PrometheusModel extends PrometheusSettings {
  /** Undefined: plaintext, as ADR 4 accepts. */
  readonly tls: PrometheusTlsModel | undefined;
  readonly agents: readonly AgentTarget[];
  /** The manager's pods and the readers the user named: nobody else reaches the port (ADR 4). */
  readonly readers: readonly NetworkPeer[];
  readonly alertReceivers: readonly AlertReceiver[];
  /** Whether a manager is expected to query. */
  readonly hasManager: boolean;
}

/** An agent as Prometheus scrapes it. */
export interface AgentTarget {
  readonly namespace: string;
  readonly name: string;
  readonly podLabels: Labels;
  readonly metricsPorts: readonly number[];
  /** Names of its backends. */
  readonly backends: readonly string[];
  /** Whether it reports how many agents there should be. */
  readonly countsAgents: boolean;
  /** Whether it always has something to collect: a kubelet is on every node. */
  readonly readsKubelets: boolean;
  /** Whether it scrapes, and so reports targets that are down. */
  readonly scrapes: boolean;
  readonly memoryLimitMi: number;
}

/** Somebody that takes alerts over the Alertmanager v2 API, to whose path Prometheus appends `/api/v2/alerts`. */
export type AlertReceiver = Destination;

export interface StorageModel {
  readonly kind: 'ephemeral' | 'persistent';
  readonly sizeMi: number;
  readonly storageClassName: string | undefined;
}

/** What the data takes of the node's disk. */
export function emptyDirMi({ kind, sizeMi }: StorageModel): number {
  return kind === 'ephemeral' ? sizeMi : 0;
}
