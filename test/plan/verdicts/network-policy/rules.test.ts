import type { Destination, UnknownPods } from '../../../../src/plan/connection';
import type { NetworkPolicy, PolicyPort, PolicyRule, Selector } from '../../../../src/plan/inventory';
import { connection, labels, podsIn, policy, tcp } from './builders';
import { clusterWith, egress, ingress, judge, server, to, toServer } from './cast';

function strangers(more: Partial<UnknownPods> = {}): Destination {
  return { kind: 'pods', pods: { name: 'strangers', labels: {}, dataPlane: 'none', ...more } };
}

describe('a policy', () => {
  const closed = (selects: Selector): NetworkPolicy => policy('data/in', { selects, ingress: [] });

  test('selects described pods by their labels', () => {
    expect(judge(clusterWith([closed(labels({ app: 'server' }))]), toServer).verdict).toBe('denied');
    expect(judge(clusterWith([closed(labels({ app: 'other' }))]), toServer).verdict).toBe('allowed');
  });

  test('does not select pods of another namespace', () => {
    expect(judge(clusterWith([ingress()]), to(strangers({ namespace: 'elsewhere' }))).verdict).toBe('allowed');
  });

  test('is about described pods only if its whole selector takes them', () => {
    const expression = (key: string, operator: 'Exists' | 'DoesNotExist'): Selector => ({
      matchLabels: { app: 'server' },
      matchExpressions: [{ key, operator, values: [] }],
    });
    const asked = to(strangers({ namespace: 'data' }));
    expect(judge(clusterWith([closed(expression('canary', 'DoesNotExist'))]), asked).verdict).toBe('allowed');
    expect(judge(clusterWith([closed(expression('canary', 'Exists'))]), asked).verdict).toBe('unknown');
  });

  test('that certainly selects pods denies what no other one could allow', () => {
    const policies = [ingress(), policy('data/some', { selects: labels({ app: 'x' }), ingress: [] })];
    expect(judge(clusterWith(policies), to(strangers({ namespace: 'data' }))).verdict).toBe('denied');
  });

  test('denies the API server pods that nobody described', () => {
    const webhook = connection({ kind: 'kube-apiserver' }, strangers({ namespace: 'data' }));
    expect(judge(clusterWith([ingress()]), webhook).verdict).toBe('denied');
  });

  test('means its own namespace by a pod selector, which can be left out', () => {
    const own = egress({ peers: [{ podSelector: labels({}) }] });
    expect(judge(clusterWith([own]), to(strangers({ exceptNamespaces: ['shop'] }))).verdict).toBe('denied');
    expect(judge(clusterWith([own]), to(strangers({ exceptNamespaces: ['data'] }))).verdict).toBe('unknown');
  });
});

describe('the rules of a policy', () => {
  const allow = (...rules: PolicyRule[]): string => judge(clusterWith([egress(...rules)]), toServer).verdict;

  test('need one that admits the pods, wherever it stands', () => {
    const [right, wrong] = [{ peers: [podsIn('data')] }, { peers: [podsIn('other')] }];
    expect(allow(wrong, right)).toBe('allowed');
    expect(allow(right, wrong)).toBe('allowed');
    expect(allow({ ...right, ports: [tcp(1)] }, { ...wrong, ports: [tcp(8080)] })).toBe('denied');
  });

  test('admit everybody without peers', () => {
    expect(allow({ peers: [] })).toBe('allowed');
  });

  test.each<[string, PolicyPort[], string]>([
    ['every port among others', [tcp(80), tcp()], 'allowed'],
    ['nearly every port', [tcp(2, 65535)], 'unknown'],
    ['every port but the last', [tcp(1, 65534)], 'unknown'],
  ])('where any port may be dialled admit it by %s', (_, ports, expected) => {
    expect(judge(clusterWith([egress({ ports })]), { ...toServer, port: null }, null).egress).toBe(expected);
  });

  test('may admit an address on some of its ports', () => {
    const outside = to({ kind: 'external', host: '203.0.113.7' });
    expect(judge(clusterWith([egress({ ports: [tcp()] })]), outside).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ ports: [tcp(443)] })]), { ...outside, port: null }, null).verdict).toBe(
      'unknown',
    );
  });

  test('compare the port of the server where no other is told', () => {
    const open = { kind: 'workload', workload: server } as const;
    expect(judge(clusterWith([egress({ ports: [tcp(8080)] })]), to(open), null).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ ports: [tcp(9090)] })]), to(open), 9090).verdict).toBe('allowed');
  });
});
