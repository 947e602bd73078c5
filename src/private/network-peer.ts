import type { Labels } from './labels';

/** Somebody on the other end of a connection, as NetworkPolicy can name them. */
export type NetworkPeer =
  | { readonly kind: 'pods'; readonly namespace: string; readonly labels: Labels }
  /** Every pod of these namespaces; of all namespaces when `namespaces` is undefined. */
  | { readonly kind: 'namespaces'; readonly namespaces: readonly string[] | undefined }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except?: readonly string[] };

export function podsOf(namespace: string, labels: Labels): NetworkPeer {
  return { kind: 'pods', namespace, labels };
}

export function everyPodOf(namespaces: readonly string[] | undefined): NetworkPeer {
  return { kind: 'namespaces', namespaces };
}

export function addresses(cidrs: readonly string[]): NetworkPeer[] {
  return cidrs.map((cidr) => ({ kind: 'cidr', cidr }));
}

const EVERY_ADDRESS = ['0.0.0.0/0', '::/0'];
/** Link-local: cloud metadata services give out credentials there. */
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];

/** Every address but link-local and the given ranges. Kubernetes refuses an exception of the other IP family. */
export function anywhereExcept(cidrs: readonly string[]): NetworkPeer[] {
  return EVERY_ADDRESS.map((cidr) => ({
    kind: 'cidr',
    cidr,
    except: [...LINK_LOCAL, ...cidrs].filter((other) => other.includes(':') === cidr.includes(':')),
  }));
}
