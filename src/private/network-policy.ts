import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1';
import type { Flow, FlowPort } from './flow';
import type { Labels } from './labels';
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
    ingress: ingress.map((flow): NetworkPolicyIngressRule => ({ from: peersOf(flow), ports: portsOf(flow) })),
    egress: egress.map((flow): NetworkPolicyEgressRule => ({ to: peersOf(flow), ports: portsOf(flow) })),
  };
}

function peersOf(flow: Flow): NetworkPolicyPeer[] {
  if (flow.peers.length === 0) throw new Error('a NetworkPolicy rule without peers would admit everybody');
  return flow.peers.map(networkPolicyPeer);
}

function portsOf(flow: Flow): NetworkPolicyPort[] {
  return flow.ports.map(({ protocol, port }: FlowPort) => ({ protocol, ...(port !== undefined && { port }) }));
}

/** Namespaces are matched by the name label, which the API server sets and nobody can choose. */
function namespaceLabel(namespace: string): Labels {
  return { 'kubernetes.io/metadata.name': namespace };
}

function networkPolicyPeer(peer: NetworkPeer): NetworkPolicyPeer {
  switch (peer.kind) {
    case 'pods':
      return {
        namespaceSelector: { matchLabels: namespaceLabel(peer.namespace) },
        podSelector: { matchLabels: peer.labels },
      };
    case 'namespaces':
      return { namespaceSelector: namespaceSelector(peer.namespaces) };
    case 'cidr':
      return { ipBlock: { cidr: peer.cidr, ...(peer.except?.length && { except: [...peer.except] }) } };
  }
}

function namespaceSelector(namespaces: readonly string[] | undefined): NetworkPolicyPeer['namespaceSelector'] {
  if (namespaces === undefined) return {};
  const [only, ...others] = namespaces;
  if (only !== undefined && others.length === 0) return { matchLabels: namespaceLabel(only) };
  const [key = ''] = Object.keys(namespaceLabel(''));
  return { matchExpressions: [{ key, operator: 'In', values: [...namespaces] }] };
}
