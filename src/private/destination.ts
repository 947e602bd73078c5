import type { Endpoint } from './endpoint';
import type { Labels } from './labels';

/** A server that one of our parts connects to: a backend, a token endpoint, an Alertmanager. */
export interface Destination {
  readonly endpoint: Endpoint;
  /** Whether the client itself speaks TLS. */
  readonly tls: boolean;
  readonly placement: PlacementModel;
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
