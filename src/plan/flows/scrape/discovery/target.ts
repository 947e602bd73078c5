import type { Destination } from '../../../connection';
import type { Layer } from '../relabel/label-set';

/** Labels of which only a running cluster knows whether they are there and with what values. */
export type IsOpen = (label: string) => boolean;

/** A target as discovery hands it to relabelling. */
export interface Target {
  /** Its labels: where several layers have one, the first wins. */
  readonly layers: readonly Layer[];
  readonly isOpen?: IsOpen;
  /** Whom the host in its `__address__` stands for. */
  readonly destination: Destination;
  /** The host that stands for it. */
  readonly host: string;
  /** Whether the port `ANY_PORT` in its address stands for one that nobody knows. */
  readonly anyPort?: boolean;
  /** A condition under which it exists, in words. */
  readonly condition?: string;
  /** What a reader should know about how it is found, in words. */
  readonly note?: string;
}

/** Stands for whatever port a pod may have: a port that nobody configures. */
export const ANY_PORT = 61_237;

/** Stand-ins for addresses that exist in a running cluster only, from ranges for documentation (RFC 5737, RFC 3849). */
export interface Addresses {
  readonly pod: string;
  readonly node: string;
}

export function addressesOf({ ipv6 }: { readonly ipv6: boolean }): Addresses {
  return ipv6 ? { pod: '2001:db8::2', node: '2001:db8::3' } : { pod: '192.0.2.2', node: '192.0.2.3' };
}
