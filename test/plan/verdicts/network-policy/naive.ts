import type {
  Labels,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  Requirement,
  Selector,
  Workload,
} from '../../../../src/plan/inventory';

/** A connection between pods of which everything is known. */
export interface Question {
  readonly from: Workload;
  readonly to: Workload;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly policies: readonly NetworkPolicy[];
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** The reference of NetworkPolicy, sentence by sentence and without any index. */
export function naivelyAllowed(question: Question): boolean {
  return directionAllowed(question, 'egress') && directionAllowed(question, 'ingress');
}

function directionAllowed(question: Question, direction: 'egress' | 'ingress'): boolean {
  const { from, to, policies } = question;
  const [own, peer] = direction === 'egress' ? [from, to] : [to, from];
  // "By default, a pod is non-isolated; all connections are allowed. A pod is isolated if there is any NetworkPolicy that
  // both selects the pod and has [the direction] in its policyTypes."
  const isolating = policies.filter(
    (policy) => policy.namespace === own.namespace && policy[direction] && selected(policy.podSelector, own.labels),
  );
  if (isolating.length === 0) return true;
  // "The effects of those lists combine additively."
  return isolating.some((policy) => policy[direction]?.some((rule) => ruleAllows(question, policy, rule, peer)));
}

function ruleAllows(question: Question, policy: NetworkPolicy, { peers, ports }: PolicyRule, peer: Workload): boolean {
  return (
    (!peers || peers.some((candidate) => peerMatches(question, policy, candidate, peer))) &&
    (!ports || ports.some((candidate) => portMatches(question, candidate)))
  );
}

function peerMatches({ namespaces }: Question, policy: NetworkPolicy, peer: PolicyPeer, pod: Workload): boolean {
  if (peer.ipBlock) return false;
  const namespaceMatches = peer.namespaceSelector
    ? selected(peer.namespaceSelector, namespaces.get(pod.namespace) ?? {})
    : policy.namespace === pod.namespace;
  return namespaceMatches && (!peer.podSelector || selected(peer.podSelector, pod.labels));
}

function portMatches({ to, port, protocol }: Question, candidate: PolicyPort): boolean {
  if (candidate.protocol !== protocol) return false;
  if (candidate.port === undefined) return true;
  if (typeof candidate.port === 'number')
    return candidate.port <= port && port <= (candidate.endPort ?? candidate.port);
  const named = to.pod.containers.flatMap(({ ports }) => ports);
  return named.some((open) => open.name === candidate.port && open.port === port && open.protocol === protocol);
}

function selected({ matchLabels, matchExpressions }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => requirementHolds(requirement, labels))
  );
}

function requirementHolds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const among = value !== undefined && values.includes(value);
  return operator === 'In' ? among : !among;
}
