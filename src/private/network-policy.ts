import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1';
import type { Flow, FlowPort } from './flow';
import type { Labels } from './labels';
import { NAMESPACE_NAME } from './labels';
import type { NamespaceSelection } from './namespace-selection';
import type { NetworkPeer } from './network-peer';

/** Naming both directions denies by default; each flow then adds one rule. */
export function networkPolicySpec(
  selector: Labels,
  ingress: readonly Flow[],
  egress: readonly Flow[],
): NetworkPolicySpec {
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress', 'Egress'],
    ingress: distinct(ingress).map((flow): NetworkPolicyIngressRule => ({ from: peersOf(flow), ports: portsOf(flow) })),
    egress: distinct(egress).map((flow): NetworkPolicyEgressRule => ({ to: peersOf(flow), ports: portsOf(flow) })),
  };
}

/** Several backends may be reached the same way. */
function distinct(flows: readonly Flow[]): Flow[] {
  return [...new Map(flows.map((flow) => [JSON.stringify(flow), flow])).values()];
}

function peersOf(flow: Flow): NetworkPolicyPeer[] {
  if (flow.peers.length === 0) throw new Error('a NetworkPolicy rule without peers would admit everybody');
  return flow.peers.map(networkPolicyPeer);
}

function portsOf(flow: Flow): NetworkPolicyPort[] {
  return flow.ports.map(({ protocol, port }: FlowPort) => ({ protocol, ...(port !== undefined && { port }) }));
}

function networkPolicyPeer(peer: NetworkPeer): NetworkPolicyPeer {
  switch (peer.kind) {
    case 'pods':
      return {
        namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: peer.namespace } },
        podSelector: { matchLabels: peer.labels },
      };
    case 'namespaces':
      return {
        namespaceSelector: namespaceSelector(peer.namespaces),
        ...(peer.labels && { podSelector: { matchLabels: peer.labels } }),
      };
    case 'selectors':
      return {
        ...(peer.namespaces && { namespaceSelector: peer.namespaces }),
        ...(peer.pods && { podSelector: peer.pods }),
      };
    case 'cidr':
      return { ipBlock: { cidr: peer.cidr, ...(peer.except?.length && { except: [...peer.except] }) } };
  }
}

function namespaceSelector(selection: NamespaceSelection): NetworkPolicyPeer['namespaceSelector'] {
  if ('allExcept' in selection) {
    const { allExcept } = selection;
    return allExcept.length === 0
      ? {}
      : { matchExpressions: [{ key: NAMESPACE_NAME, operator: 'NotIn', values: [...allExcept] }] };
  }
  const [first, ...others] = selection.only;
  return first !== undefined && others.length === 0
    ? { matchLabels: { [NAMESPACE_NAME]: first } }
    : { matchExpressions: [{ key: NAMESPACE_NAME, operator: 'In', values: [...selection.only] }] };
}
