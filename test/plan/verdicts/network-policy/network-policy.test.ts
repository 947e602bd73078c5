import { Cni } from '../../../../src/cluster-props';
import type { Destination } from '../../../../src/plan/connection';
import type { PolicyPeer, PolicyPort, Requirement, Workload } from '../../../../src/plan/inventory';
import { block, labels, podsIn, policy, pods, tcp } from './builders';
import { clusterWith, egress, ingress, judge, to, toServer, withPlugin } from './cast';

describe('pods that no policy selects', () => {
  test('may connect and be connected to', () => {
    expect(judge(clusterWith([]), toServer)).toEqual({
      verdict: 'allowed',
      egress: 'allowed',
      ingress: 'allowed',
      why: 'no NetworkPolicy selects Deployment/shop/client or Deployment/data/server',
    });
  });

  test('are not touched by policies of other namespaces, of other pods, or of the other direction', () => {
    const others = [
      policy('elsewhere/out', { egress: [], ingress: [] }),
      policy('shop/of-others', { selects: labels({ app: 'other' }), egress: [] }),
      policy('shop/in', { ingress: [] }),
      policy('data/out', { egress: [] }),
    ];
    expect(judge(clusterWith(others), toServer).verdict).toBe('allowed');
  });
});

describe('selected pods', () => {
  test('are isolated until a rule allows it, and the policy is named', () => {
    const { verdict, egress: out, ingress: into, why } = judge(clusterWith([egress()]), toServer);
    expect([verdict, out, into]).toEqual(['denied', 'denied', 'allowed']);
    expect(why).toBe('egress: no rule of NetworkPolicy shop/out allows TCP 8080 to Deployment/data/server');
    expect(judge(clusterWith([ingress()]), toServer).why).toBe(
      'ingress: no rule of NetworkPolicy data/in allows TCP 8080 from Deployment/shop/client',
    );
  });

  test('may do what any of their policies allows', () => {
    const denying = [policy('shop/deny', { egress: [] }), policy('shop/other', { egress: [{ ports: [tcp(1)] }] })];
    const { verdict, why } = judge(clusterWith([...denying, egress({ peers: [podsIn('data')] })]), toServer);
    expect([verdict, why]).toEqual(['allowed', 'NetworkPolicy shop/out allows it']);
    expect(judge(clusterWith(denying), toServer).why).toContain('NetworkPolicy shop/deny or shop/other allows');
  });

  test('need the consent of both ends', () => {
    const both = [egress({ peers: [podsIn('data')] }), ingress({ peers: [podsIn('shop')] })];
    expect(judge(clusterWith(both), toServer).why).toBe('NetworkPolicies shop/out and data/in allow it');
    const { verdict, egress: out, ingress: into } = judge(clusterWith([both[0]!, ingress()]), toServer);
    expect([verdict, out, into]).toEqual(['denied', 'allowed', 'denied']);
  });

  test('are listed up to a readable number of policies', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => policy(`shop/${name}`, { egress: [] }));
    expect(judge(clusterWith(many), toServer).why).toContain('NetworkPolicy shop/a, shop/b, shop/c or 2 more allows');
  });
});

test('whether a policy selects pods by a label that a controller adds is unknown', () => {
  const byHash = policy('shop/out', { selects: labels({ 'pod-template-hash': '5d4f' }), egress: [] });
  expect(judge(clusterWith([byHash]), toServer).verdict).toBe('unknown');
});

describe('a peer', () => {
  const requirement = (key: string, operator: Requirement['operator'], ...values: string[]) => ({
    matchLabels: {},
    matchExpressions: [{ key, operator, values }],
  });
  const everyNamespace = labels({});

  test.each<[string, PolicyPeer | undefined, string]>([
    ['everybody', undefined, 'allowed'],
    ['all pods of all namespaces', { namespaceSelector: everyNamespace }, 'allowed'],
    ['all pods of its own namespace', { podSelector: labels({}) }, 'denied'],
    ['the namespace by name', podsIn('data'), 'allowed'],
    ['another namespace by name', podsIn('shop'), 'denied'],
    ['the namespace by label', { namespaceSelector: labels({ team: 'store' }) }, 'allowed'],
    ['the namespace by another value', { namespaceSelector: labels({ team: 'web' }) }, 'denied'],
    ['namespace and pod', podsIn('data', { app: 'server' }), 'allowed'],
    ['namespace and other pod', podsIn('data', { app: 'other' }), 'denied'],
    ['several labels', podsIn('data', { app: 'server', tier: 'db' }), 'allowed'],
    ['several labels of which one differs', podsIn('data', { app: 'server', tier: 'web' }), 'denied'],
    ['a label called constructor', { ...podsIn('data'), podSelector: requirement('constructor', 'Exists') }, 'denied'],
    ['In', { ...podsIn('data'), podSelector: requirement('app', 'In', 'x', 'server') }, 'allowed'],
    ['In without the value', { ...podsIn('data'), podSelector: requirement('app', 'In', 'x') }, 'denied'],
    ['In of an absent label', { ...podsIn('data'), podSelector: requirement('zone', 'In', 'x') }, 'denied'],
    ['NotIn', { ...podsIn('data'), podSelector: requirement('app', 'NotIn', 'x') }, 'allowed'],
    ['NotIn with the value', { ...podsIn('data'), podSelector: requirement('app', 'NotIn', 'x', 'server') }, 'denied'],
    ['NotIn of an absent label', { ...podsIn('data'), podSelector: requirement('zone', 'NotIn', 'x') }, 'allowed'],
    ['Exists', { ...podsIn('data'), podSelector: requirement('app', 'Exists') }, 'allowed'],
    ['Exists of an absent label', { ...podsIn('data'), podSelector: requirement('zone', 'Exists') }, 'denied'],
    ['DoesNotExist', { ...podsIn('data'), podSelector: requirement('app', 'DoesNotExist') }, 'denied'],
    [
      'DoesNotExist of an absent label',
      { ...podsIn('data'), podSelector: requirement('zone', 'DoesNotExist') },
      'allowed',
    ],
    ['a label of the pod template controller', podsIn('data', { 'pod-template-hash': 'x' }), 'unknown'],
    ['every address', block('0.0.0.0/0'), 'denied'],
  ])('can be %s', (_, peer, expected) => {
    expect(judge(clusterWith([egress({ ...(peer && { peers: [peer] }) })]), toServer).egress).toBe(expected);
  });

  test('by pod label alone is one of the same namespace', () => {
    const neighbour = pods('shop/neighbour', { app: 'server' });
    const world = clusterWith([egress({ peers: [{ podSelector: labels({ app: 'server' }) }] })]);
    expect(judge(world, to({ kind: 'workload', workload: neighbour })).egress).toBe('allowed');
  });

  test('by address is no pod, which the plan says, except with Calico', () => {
    const policies = [egress({ peers: [block('0.0.0.0/0')] })];
    const undeclared = judge(clusterWith(policies), toServer);
    expect(undeclared.verdict).toBe('denied');
    expect(undeclared.why).toMatch(
      /; a range of addresses is not counted, since not every network plugin matches pods by it$/,
    );
    for (const plugin of [Cni.CILIUM, Cni.CILIUM_MATCHING_NODES]) {
      const { why } = judge(clusterWith(policies, withPlugin(plugin)), toServer);
      expect(why).toMatch(/; Cilium matches no pods by a range of addresses$/);
    }
    const calico = withPlugin(Cni.CALICO);
    expect(judge(clusterWith(policies, calico), toServer).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [block('10.244.0.0/24')] })], calico), toServer).why).toMatch(
      /only some of the addresses that Deployment\/data\/server can have$/,
    );
    expect(judge(clusterWith([egress({ peers: [block('10.96.0.0/16')] })], calico), toServer).why).toMatch(/server$/);
  });
});

describe('ports of a rule', () => {
  test.each<[string, PolicyPort[], string]>([
    ['none, which means all', [], 'allowed'],
    ['the port', [tcp(8080)], 'allowed'],
    ['another port', [tcp(80)], 'denied'],
    ['one of several', [tcp(80), tcp(8080)], 'allowed'],
    ['every port of the protocol', [tcp()], 'allowed'],
    ['every port of another protocol', [{ protocol: 'UDP' }], 'denied'],
    ['the port of another protocol', [{ protocol: 'UDP', port: 8080 }], 'denied'],
    ['a range', [tcp(8000, 8080)], 'allowed'],
    ['a range that ends before', [tcp(8000, 8079)], 'denied'],
    ['the name of the port', [tcp('web')], 'allowed'],
    ['a name that the pod does not have', [tcp('metrics')], 'denied'],
  ])('can be %s', (_, ports, expected) => {
    const rule = { peers: [podsIn('data')], ports };
    expect(judge(clusterWith([egress(rule)]), toServer).egress).toBe(expected);
    expect(judge(clusterWith([ingress({ ports })]), toServer).ingress).toBe(expected);
  });

  test.each<[PolicyPort[], string]>([
    [[tcp()], 'allowed'],
    [[tcp(1, 65535)], 'allowed'],
    [[tcp(8080)], 'unknown'],
    [[{ protocol: 'UDP' }], 'denied'],
  ])('must be all where any may be dialled: %j', (ports, expected) => {
    expect(judge(clusterWith([egress({ ports })]), { ...toServer, port: null }, null).egress).toBe(expected);
  });

  test('by name are those of containers that run, and of the protocol', () => {
    const open = { name: 'web', port: 8080, protocol: 'TCP' } as const;
    const named = (workload: Workload) =>
      judge(clusterWith([egress({ ports: [tcp('web')] })]), to({ kind: 'workload', workload })).verdict;
    expect(named(pods('data/server', {}, { ports: [open] }))).toBe('allowed');
    expect(named(pods('data/server', {}, { ports: [{ ...open, protocol: 'UDP' }] }))).toBe('denied');
    expect(named(pods('data/server', {}, { ports: [open], container: { init: true } }))).toBe('denied');
    expect(named(pods('data/server', {}, { ports: [open], container: { init: true, restartable: true } }))).toBe(
      'allowed',
    );
  });

  test('by name are unknown where nobody described the pods, and never match addresses', () => {
    const world = clusterWith([egress({ ports: [tcp('web')] })]);
    const unknown: Destination = {
      kind: 'pods',
      pods: { namespace: 'x', name: 'pods of x', labels: {}, dataPlane: 'none' },
    };
    expect(judge(world, to(unknown)).why).toBe(
      'egress: NetworkPolicy shop/out may allow TCP 8080 to pods of x: which port is called web is not known',
    );
    expect(judge(world, to({ kind: 'external', host: '203.0.113.7' })).verdict).toBe('denied');
  });
});

describe('pods of which only some labels are known', () => {
  const unknown = (namespace?: string): Destination => ({
    kind: 'pods',
    pods: {
      name: 'annotated pods',
      labels: { scrape: 'yes' },
      dataPlane: 'none',
      ...(namespace !== undefined && { namespace }),
    },
  });

  test('may be selected by policies, and then it depends on their labels', () => {
    const selects = labels({ app: 'x' });
    const denied = policy('data/in', { selects, ingress: [] });
    expect(judge(clusterWith([denied]), to(unknown('data'))).why).toBe(
      'ingress: whether NetworkPolicy data/in, which does not allow TCP 8080 from Deployment/shop/client, ' +
        'selects annotated pods depends on labels that no manifest shows',
    );
    expect(judge(clusterWith([policy('data/in', { selects, ingress: [{}] })]), to(unknown('data'))).verdict).toBe(
      'allowed',
    );
    const both = [policy('data/all', { ingress: [] }), policy('data/in', { selects, ingress: [{}] })];
    expect(judge(clusterWith(both), to(unknown('data'))).why).toContain('data/in, which allows TCP 8080');
    expect(judge(clusterWith([policy('data/all', { ingress: [] })]), to(unknown('data'))).verdict).toBe('denied');
    const ofOthers = policy('data/in', { selects: labels({ scrape: 'no' }), ingress: [] });
    expect(judge(clusterWith([ofOthers]), to(unknown('data'))).verdict).toBe('allowed');
  });

  test('of any namespace may be subject to the policies of each', () => {
    expect(judge(clusterWith([ingress()]), to(unknown())).verdict).toBe('unknown');
    expect(judge(clusterWith([ingress({})]), to(unknown())).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [{ namespaceSelector: labels({}) }] })]), to(unknown())).verdict).toBe(
      'allowed',
    );
    expect(judge(clusterWith([egress({ peers: [podsIn('data')] })]), to(unknown())).verdict).toBe('unknown');
    expect(judge(clusterWith([egress({ peers: [{ podSelector: labels({}) }] })]), to(unknown())).verdict).toBe(
      'unknown',
    );
  });

  test('are told apart by their labels', () => {
    const world = clusterWith([policy('data/in', { selects: labels({ app: 'x' }), ingress: [] })]);
    const verdict = (app: string) =>
      judge(world, to({ kind: 'pods', pods: { namespace: 'data', name: app, labels: { app }, dataPlane: 'none' } }))
        .verdict;
    expect([verdict('x'), verdict('y')]).toEqual(['denied', 'allowed']);
  });

  test('in a namespace that nobody described leave its labels open, but not its name', () => {
    const allow = (peer: PolicyPeer) => judge(clusterWith([egress({ peers: [peer] })]), to(unknown('foreign'))).verdict;
    expect(allow({ namespaceSelector: labels({ team: 'a' }) })).toBe('unknown');
    expect(allow(podsIn('foreign'))).toBe('allowed');
    expect(allow(podsIn('other'))).toBe('denied');
  });
});
