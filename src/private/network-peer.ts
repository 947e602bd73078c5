import { EVERY_ADDRESS, isIpv6 } from './cidr';
import type { Labels } from './labels';
import type { NamespaceSelection } from './namespace-selection';

/** A Kubernetes label selector that selects something. */
export interface LabelSelection {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Somebody on the other end of a connection, as NetworkPolicy can name them. */
export type NetworkPeer =
  | { readonly kind: 'pods'; readonly namespace: string; readonly labels: Labels }
  /** Every pod, or those with these labels, of the selected namespaces. */
  | { readonly kind: 'namespaces'; readonly namespaces: NamespaceSelection; readonly labels?: Labels | undefined }
  /** Selectors as they are; without `namespaces` in our own namespace. */
  | {
      readonly kind: 'selectors';
      readonly pods: LabelSelection | undefined;
      readonly namespaces: LabelSelection | undefined;
    }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except?: readonly string[] };

export function podsOf(namespace: string, labels: Labels): NetworkPeer {
  return { kind: 'pods', namespace, labels };
}

export function everyPodOf(namespace: string): NetworkPeer {
  return { kind: 'namespaces', namespaces: { only: [namespace] } };
}

export function selectedPods(namespaces: NamespaceSelection, labels?: Labels): NetworkPeer {
  return { kind: 'namespaces', namespaces, labels };
}

export function addresses(cidrs: readonly string[]): NetworkPeer[] {
  return cidrs.map((cidr) => ({ kind: 'cidr', cidr }));
}

/** Link-local, and addresses beside it where cloud metadata services give out credentials (AWS over IPv6, Alibaba). */
const METADATA = ['169.254.0.0/16', '100.100.100.200/32', 'fe80::/10', 'fd00:ec2::254/128'];

/** Every address but those of metadata services and the given ranges. Kubernetes refuses an exception of the other IP family. */
export function anywhereExcept(cidrs: readonly string[]): NetworkPeer[] {
  return EVERY_ADDRESS.map((cidr) => ({
    kind: 'cidr',
    cidr,
    except: [...METADATA, ...cidrs].filter((other) => isIpv6(other) === isIpv6(cidr)),
  }));
}
