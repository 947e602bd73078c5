import {
  type Arbitrary,
  array,
  assert,
  constant,
  constantFrom,
  dictionary,
  nat,
  oneof,
  property,
  record,
  shuffledSubarray,
  tuple,
} from 'fast-check';
import type { UnknownPods } from '../../../../src/plan/connection';
import type {
  Labels,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  Requirement,
  Selector,
  Workload,
} from '../../../../src/plan/inventory';
import { policyVerdict } from '../../../../src/plan/verdicts/network-policy';
import { NAMESPACE_NAME } from '../../../../src/private/labels';
import { block, connection, named, pods, policy, tcp, worldWith } from './builders';
import { naivelyAllowed, type Question } from './naive';

const RUNS = 400;

/** So few names that questions hit answers. */
const namespace = constantFrom('a', 'b');
const label = constantFrom('x', 'y');
const value = constantFrom('1', '2');
const someLabels = dictionary(label, value, { maxKeys: 2 });
const nothing = constant(undefined);

const requirement = record<Requirement>({
  key: label,
  operator: constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: array(value, { minLength: 1, maxLength: 2 }),
});
const selector = record<Selector>({
  matchLabels: dictionary(label, value, { maxKeys: 1 }),
  matchExpressions: array(requirement, { maxLength: 1 }),
});
const namespaceSelector = oneof(
  selector,
  namespace.map((name): Selector => ({ matchLabels: { [NAMESPACE_NAME]: name }, matchExpressions: [] })),
);
const peer: Arbitrary<PolicyPeer> = oneof(
  constant(block('0.0.0.0/0', '10.0.0.0/8')),
  record({ namespaceSelector }),
  record({ podSelector: selector }),
  record({ namespaceSelector, podSelector: selector }),
);
const port = oneof(
  constantFrom<PolicyPort[]>(tcp(), tcp(80), tcp(80, 81), tcp('web'), tcp('dns')),
  constantFrom<PolicyPort[]>({ protocol: 'UDP' }, { protocol: 'UDP', port: 81 }, { protocol: 'UDP', port: 'dns' }),
);
const some = { minLength: 1, maxLength: 2 };
const rule = record({ peers: oneof(nothing, array(peer, some)), ports: oneof(nothing, array(port, some)) }).map(
  ({ peers, ports }) => ({ ...(peers && { peers }), ...(ports && { ports }) }),
);
const rules = oneof(nothing, array(rule, { maxLength: 2 }));
const policies = array(record({ namespace, selects: selector, ingress: rules, egress: rules }), { maxLength: 4 }).map(
  (all) =>
    all.map(({ namespace: home, selects, ingress, egress }, i): NetworkPolicy => {
      return policy(`${home}/${i}`, { selects, ...(ingress && { ingress }), ...(egress && { egress }) });
    }),
);

const OPEN_PORTS = [
  { name: 'web', port: 80, protocol: 'TCP' },
  { name: 'web', port: 81, protocol: 'UDP' },
  { name: 'dns', port: 81, protocol: 'UDP' },
] as const;
const somePods = (name: string) =>
  record({ namespace, labels: someLabels, ports: shuffledSubarray([...OPEN_PORTS]) }).map(
    ({ namespace: home, labels, ports }): Workload => pods(`${home}/${name}`, labels, { ports }),
  );
const namespaces = tuple(someLabels, someLabels).map(
  ([a, b]) =>
    new Map([
      ['a', named('a', a)],
      ['b', named('b', b)],
    ]),
);
const question = record<Question>({
  from: somePods('from'),
  to: somePods('to'),
  port: constantFrom(80, 81, 82),
  protocol: constantFrom('TCP', 'UDP'),
  policies,
  namespaces,
});

function asked({ from, to, port: dialled, protocol, policies: networkPolicies, namespaces: described }: Question) {
  const world = worldWith({ workloads: [from, to], networkPolicies, namespaces: described });
  return policyVerdict(
    world,
    connection(from, { kind: 'workload', workload: to }, { port: dialled, protocol }),
    dialled,
  );
}

test('between pods of which all is known the verdict is the one of the reference', () => {
  const seen = new Set<string>();
  assert(
    property(question, (fully) => {
      const { verdict } = asked(fully);
      expect(verdict).toBe(naivelyAllowed(fully) ? 'allowed' : 'denied');
      seen.add(verdict);
    }),
    { numRuns: RUNS },
  );
  expect(seen.size).toBe(2);
});

/** Forgets labels, ports, the namespace, or what the namespaces are labelled with. */
const forgotten = record({
  keys: shuffledSubarray(['x', 'y']),
  namespace: constantFrom(true, false),
  described: shuffledSubarray(['a', 'b']),
  port: nat({ max: 4 }).map((number) => number === 0),
});

function without(labels: Labels, keys: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !keys.includes(key)));
}

test('a verdict about pods that are only partly known holds whatever else is true of them', () => {
  const seen = new Set<string>();
  assert(
    property(question, forgotten, (fully, forget) => {
      const { from, to, protocol, policies: networkPolicies } = fully;
      const described = new Map([...fully.namespaces].filter(([name]) => forget.described.includes(name)));
      const known: UnknownPods = {
        name: 'partly known',
        labels: without(to.labels, forget.keys),
        dataPlane: 'none',
        ...(!forget.namespace && { namespace: to.namespace }),
      };
      const world = worldWith({ networkPolicies, namespaces: described });
      const dialled = forget.port ? null : fully.port;
      const { verdict } = policyVerdict(
        world,
        connection(from, { kind: 'pods', pods: known }, { port: dialled, protocol }),
        dialled,
      );
      seen.add(verdict);
      if (verdict !== 'unknown') expect(verdict).toBe(naivelyAllowed(fully) ? 'allowed' : 'denied');
    }),
    { numRuns: 2 * RUNS },
  );
  expect(seen.size).toBe(3);
});

test('knowing less never makes a verdict more certain', () => {
  assert(
    property(question, shuffledSubarray(['x', 'y']), (fully, keys) => {
      const verdictKnowing = (labels: Labels) => {
        const world = worldWith({ networkPolicies: fully.policies, namespaces: fully.namespaces });
        const target = { namespace: fully.to.namespace, name: 'partly known', labels, dataPlane: 'none' } as const;
        return policyVerdict(world, connection(fully.from, { kind: 'pods', pods: target }), fully.port).verdict;
      };
      const less = verdictKnowing(without(fully.to.labels, keys));
      if (less !== 'unknown') expect(verdictKnowing(fully.to.labels)).toBe(less);
    }),
    { numRuns: RUNS },
  );
});

test('a further rule never denies what was allowed', () => {
  assert(
    property(question, rule, (fully, more) => {
      const added = fully.policies.map((each) => ({
        ...each,
        ...(each.egress && { egress: [...each.egress, more] }),
        ...(each.ingress && { ingress: [more, ...each.ingress] }),
      }));
      if (asked(fully).verdict === 'allowed') expect(asked({ ...fully, policies: added }).verdict).toBe('allowed');
    }),
    { numRuns: RUNS },
  );
});

test('the verdict is the one of both directions, and says why', () => {
  assert(
    property(question, (fully) => {
      const { verdict, egress, ingress, why } = asked(fully);
      expect(verdict === 'allowed').toBe(egress === 'allowed' && ingress === 'allowed');
      expect(why).toMatch(verdict === 'allowed' ? /allows? it$|^no NetworkPolicy selects/ : /no rule of NetworkPolicy/);
    }),
    { numRuns: RUNS },
  );
});
