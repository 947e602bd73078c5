import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../inventory';
import type { Unread } from '../unread';
import type { Value } from '../value';
import type { KubernetesObject } from './object';
import { cidrOf, demand, oneOf, portNumber, portOrName, protocolOf, selectorOf } from './strict';
import { reportUnknownKeys, type Shape } from './unknown-keys';

export function readNetworkPolicy(
  { id, kind, namespace, name, root }: KubernetesObject,
  unread: Unread,
): NetworkPolicy {
  const spec = root.get('spec');
  const types = policyTypes(spec);
  const [ingress, egress] = [rulesOf(spec.get('ingress'), 'from'), rulesOf(spec.get('egress'), 'to')];
  reportUnknownKeys(unread, id, spec, SPEC, 'not a field of NetworkPolicy: Kubernetes ignores it');
  return {
    ...{ id, kind, namespace, name },
    podSelector: selectorOf(spec.get('podSelector')),
    ...(types.includes('Ingress') && { ingress }),
    ...(types.includes('Egress') && { egress }),
  };
}

/** As `SetDefaults_NetworkPolicy` of Kubernetes: without types always ingress, and egress only if there are egress rules. */
function policyTypes(spec: Value): string[] {
  const types = spec.get('policyTypes').items();
  if (types.length > 0) return types.flatMap((type) => oneOf(type, ['Ingress', 'Egress']) ?? []);
  return spec.get('egress').items().length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** In a rule an empty list is the same as none: everybody, every port. An empty list of rules admits nobody. */
function rulesOf(rules: Value, peersKey: 'from' | 'to'): PolicyRule[] {
  return rules.items().map((rule) => {
    const peers = rule.get(peersKey).items().map(readPeer);
    const ports = rule.get('ports').items().map(readPort);
    return { ...(peers.length > 0 && { peers }), ...(ports.length > 0 && { ports }) };
  });
}

function readPeer(peer: Value): PolicyPeer {
  const [ipBlock, namespaces, pods] = [peer.get('ipBlock'), peer.get('namespaceSelector'), peer.get('podSelector')];
  const selects = namespaces.present || pods.present;
  demand(ipBlock.present !== selects, peer, 'either ipBlock, or namespaceSelector and podSelector');
  if (ipBlock.present) {
    return {
      ipBlock: { cidr: cidrOf(ipBlock.get('cidr')), except: ipBlock.get('except').items().map(cidrOf) },
    };
  }
  return {
    ...(namespaces.present && { namespaceSelector: selectorOf(namespaces) }),
    ...(pods.present && { podSelector: selectorOf(pods) }),
  };
}

function readPort(entry: Value): PolicyPort {
  const port = portOrName(entry.get('port'));
  const endPort = portNumber(entry.get('endPort'));
  const isRange = endPort === undefined || (typeof port === 'number' && port <= endPort);
  demand(isRange, entry.get('endPort'), 'a port not below the number in port');
  return {
    protocol: protocolOf(entry.get('protocol')),
    ...(port !== undefined && { port }),
    ...(endPort !== undefined && { endPort }),
  };
}

const SELECTOR: Shape = { matchLabels: null, matchExpressions: { key: null, operator: null, values: null } };
const PEER: Shape = {
  ipBlock: { cidr: null, except: null },
  namespaceSelector: SELECTOR,
  podSelector: SELECTOR,
};
const PORT: Shape = { protocol: null, port: null, endPort: null };
const SPEC: Shape = {
  podSelector: SELECTOR,
  policyTypes: null,
  ingress: { from: PEER, ports: PORT },
  egress: { to: PEER, ports: PORT },
};
