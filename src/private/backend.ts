import type { SecretRef } from '../secret-ref';
import type { Endpoint, Protocol } from './endpoint';
import type { Labels } from './labels';

/** One destination, validated. Builders read this, never props. */
export interface BackendModel {
  readonly name: string;
  readonly protocol: Protocol;
  readonly endpoint: Endpoint;
  /** Whether the exporter itself speaks TLS. */
  readonly tls: boolean;
  readonly placement: PlacementModel;
  readonly headers: readonly SecretHeader[];
}

export interface SecretHeader {
  /** Lower case: header names do not distinguish case, so equal ones must collide here. */
  readonly name: string;
  readonly value: SecretRef;
}

export type PlacementModel = InClusterPlacement | ExternalPlacement;

export interface InClusterPlacement {
  readonly kind: 'inMesh' | 'inCluster';
  readonly namespace: string;
  /** Undefined: every pod of the namespace. */
  readonly podLabels: Labels | undefined;
  /** The port of the pod: what NetworkPolicy sees after the Service address was translated. */
  readonly targetPort: number;
  readonly headless: boolean;
}

export interface ExternalPlacement {
  readonly kind: 'external';
  /** Empty: only the name is known. */
  readonly cidrs: readonly string[];
}

const EXPORTER_TYPE: Record<Protocol, string> = {
  otlpGrpc: 'otlp_grpc',
  otlpHttp: 'otlp_http',
  prometheusRemoteWrite: 'prometheus_remote_write',
};

/** Component id in the collector config: `otlp_http/vendor`. */
export function exporterId(backend: BackendModel): string {
  return `${EXPORTER_TYPE[backend.protocol]}/${backend.name}`;
}

/** One order everywhere, so that the order in which a user adds backends changes nothing. */
export function sortedByName(backends: readonly BackendModel[]): BackendModel[] {
  return [...backends].sort((a, b) => (a.name < b.name ? -1 : 1));
}
