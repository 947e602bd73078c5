import type { SecretRef } from '../secret-ref';
import type { Destination } from './destination';
import type { Protocol } from './endpoint';
import type { InputKind } from './input';
import type { NamespaceSelection } from './namespace-selection';

/** One backend, validated. Builders read this, never props. */
export interface BackendModel {
  readonly name: string;
  readonly protocol: Protocol;
  readonly destination: Destination;
  readonly headers: readonly SecretHeader[];
  readonly auth: AuthModel | undefined;
  readonly tls: BackendTlsModel;
  readonly compression: 'none' | 'gzip' | 'zstd' | 'snappy';
  readonly queue: QueueModel;
  /** What it wants. */
  readonly inputs: readonly InputKind[];
  readonly namespaces: NamespaceSelection;
  /** What is done to its data only: OTTL, then temporality. */
  readonly transforms: readonly string[];
  readonly filters: readonly string[];
  readonly delta: boolean;
}

export interface SecretHeader {
  /** Lower case: header names do not distinguish case, so equal ones must collide here. */
  readonly name: string;
  readonly value: SecretRef;
}

export type AuthModel =
  | { readonly kind: 'basic'; readonly username: SecretRef; readonly password: SecretRef }
  | { readonly kind: 'bearer'; readonly token: SecretRef }
  | OAuth2Model;

export interface OAuth2Model {
  readonly kind: 'oauth2';
  readonly clientId: SecretRef;
  readonly clientSecret: SecretRef;
  readonly token: Destination;
  readonly scopes: readonly string[];
}

export interface BackendTlsModel {
  readonly ca?: SecretRef;
  readonly clientCertificate?: { readonly certificate: SecretRef; readonly key: SecretRef };
  readonly serverName?: string;
}

export interface QueueModel {
  /** Data points; undefined: the backend's share of the agent's memory. */
  readonly size: number | undefined;
  readonly persistence: PersistenceModel | undefined;
}

export type PersistenceModel =
  { readonly kind: 'emptyDir'; readonly sizeMi: number } | { readonly kind: 'hostPath'; readonly path: string };

/** Component types of exporters in the collector. */
export const EXPORTER_TYPE: Record<Protocol, string> = {
  otlpGrpc: 'otlp_grpc',
  otlpHttp: 'otlp_http',
  prometheusRemoteWrite: 'prometheus_remote_write',
};

/** Component id in the collector config: `otlp_http/vendor`. */
export function exporterId(backend: BackendModel): string {
  return `${EXPORTER_TYPE[backend.protocol]}/${backend.name}`;
}

/** The backend itself and, with OAuth2, its token endpoint: interception and policies treat them alike. */
export function destinationsOf({ destination, auth }: BackendModel): Destination[] {
  return auth?.kind === 'oauth2' ? [destination, auth.token] : [destination];
}

/** One order everywhere, so that the order in which a user adds backends changes nothing. */
export function sortedByName(backends: readonly BackendModel[]): BackendModel[] {
  return [...backends].sort((a, b) => (a.name < b.name ? -1 : 1));
}
