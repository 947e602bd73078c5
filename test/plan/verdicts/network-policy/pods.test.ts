import { Cni } from '../../../../src/cluster-props';
import type { Connection, UnknownPods } from '../../../../src/plan/connection';
import type { Labels, NetworkPolicy, Selector, Workload } from '../../../../src/plan/inventory';
import type { DataPlane } from '../../../../src/plan/result';
import { NAMESPACE_NAME } from '../../../../src/private/labels';
import { block, connection, labels, podsIn, policy, pods, tcp } from './builders';
import { client, clusterWith, egress, FACTS, ingress, judge, server, to, withPlugin } from './cast';

describe('pods on the network of their node', () => {
  const onNode = pods('shop/exporter', { app: 'exporter' }, { hostNetwork: true });
  const fromNode = connection(onNode, { kind: 'workload', workload: server });

  test('are selected by policies or not, as the plugin does it', () => {
    expect(judge(clusterWith([egress()]), fromNode)).toMatchObject({
      verdict: 'unknown',
      why: expect.stringContaining("network plugins differ on pods that use their node's network") as string,
    });
    expect(judge(clusterWith([egress({})]), fromNode).verdict).toBe('allowed');
  });

  test.each([Cni.CALICO, Cni.CILIUM, Cni.CILIUM_MATCHING_NODES])('are not selected by policies with %s', (cni) => {
    expect(judge(clusterWith([egress()], withPlugin(cni)), fromNode).verdict).toBe('allowed');
  });

  test('are met at the address of the node', () => {
    const calico = withPlugin(Cni.CALICO);
    const toNode = to({ kind: 'workload', workload: onNode });
    expect(judge(clusterWith([egress({ peers: [block('10.10.0.0/16')] })], calico), toNode).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [podsIn('shop')] })], calico), toNode).verdict).toBe('denied');
    expect(judge(clusterWith([egress({ peers: [podsIn('shop')] })]), toNode).verdict).toBe('unknown');
  });

  test('reach at least the pods of the same node', () => {
    const calico = withPlugin(Cni.CALICO);
    expect(judge(clusterWith([ingress()], calico), fromNode).why).toBe(
      "ingress: no rule of NetworkPolicy data/in allows TCP 8080 from Deployment/shop/exporter (on the node's network), unless that is the node of the pod",
    );
  });
});

describe('a pod and itself', () => {
  test('may always talk over loopback', () => {
    const own = to({ kind: 'loopback', workload: client });
    expect(judge(clusterWith([egress()]), own)).toEqual({
      ...{ verdict: 'allowed', egress: 'allowed', ingress: 'allowed' },
      why: 'a pod always reaches itself',
    });
  });

  test('may talk by address, which other pods of the same workload may not', () => {
    const own = to({ kind: 'workload', workload: client });
    expect(judge(clusterWith([egress()]), own).why).toBe(
      'egress: no rule of NetworkPolicy shop/out allows TCP 8080 to Deployment/shop/client, unless that is the pod itself',
    );
    expect(judge(clusterWith([egress()]), own).verdict).toBe('unknown');
  });
});

describe('in an ambient mesh', () => {
  const mode = (value: string) => ({ 'istio.io/dataplane-mode': value });
  const ambientClient = pods('shop/client', mode('ambient'));
  const facts = { ...FACTS, mesh: { mode: 'ambient' as const } };
  const onlyHbone = [
    policy('shop/out', { egress: [{ ports: [tcp(15008)] }] }),
    policy('data/in', { ingress: [{ ports: [tcp(15008)] }] }),
  ];
  const onlyApplication = [policy('shop/out', { egress: [{ ports: [tcp(8080)] }] }), ingress({ ports: [tcp(8080)] })];
  const verdict = (policies: NetworkPolicy[], target: Workload, options: Partial<Connection> = {}) =>
    judge(clusterWith(policies, facts), connection(ambientClient, { kind: 'workload', workload: target }, options))
      .verdict;

  test('policies see HBONE alone between pods of the mesh', () => {
    const target = pods('data/server', mode('ambient'));
    const asked = connection(ambientClient, { kind: 'workload', workload: target });
    expect(judge(clusterWith(onlyHbone, facts), asked).why).toBe(
      'NetworkPolicies shop/out and data/in allow TCP 15008 (HBONE)',
    );
    expect(verdict(onlyApplication, target)).toBe('denied');
  });

  test('UDP stays outside HBONE', () => {
    const target = pods('data/server', mode('ambient'));
    const onlyUdp = [egress({ ports: [{ protocol: 'UDP', port: 8080 }] })];
    expect(verdict(onlyUdp, target, { protocol: 'UDP' })).toBe('allowed');
    expect(verdict(onlyUdp, target)).toBe('denied');
  });

  test('policies see the application port where one end is outside', () => {
    const target = pods('data/server', mode('none'));
    expect(verdict(onlyHbone, target)).toBe('denied');
    expect(verdict(onlyApplication, target)).toBe('allowed');
  });

  test.each<[DataPlane, string]>([
    ['ambient', 'denied'],
    ['none', 'allowed'],
    ['unknown', 'unknown'],
    ['sidecar', 'unknown'],
  ])('pods that are %s need the port that belongs to them', (dataPlane, expected) => {
    const unknown = { kind: 'pods', pods: { namespace: 'data', name: 'pods', labels: {}, dataPlane } } as const;
    expect(judge(clusterWith(onlyApplication, facts), connection(ambientClient, unknown)).verdict).toBe(expected);
  });

  test('two sidecars talk as they do elsewhere', () => {
    const injected = pods('shop/client', { 'sidecar.istio.io/inject': 'true' });
    const unknown = { namespace: 'data', name: 'pods', labels: {}, dataPlane: 'sidecar' } as const;
    const asked = connection(injected, { kind: 'pods', pods: unknown });
    expect(judge(clusterWith(onlyApplication, facts), asked).verdict).toBe('allowed');
  });

  test('it matters that nobody knows whether pods belong to it', () => {
    const somewhere = pods('foreign/client');
    const unknown = { namespace: 'data', name: 'pods', labels: {}, dataPlane: 'unknown' } as const;
    const policies = [policy('foreign/out', { egress: [{ ports: [tcp(8080)] }] })];
    const asked = connection(somewhere, { kind: 'pods', pods: unknown });
    expect(judge(clusterWith(policies, facts), asked).verdict).toBe('unknown');
    expect(judge(clusterWith(policies), asked).verdict).toBe('allowed');
  });
});

describe('pods that no manifest describes', () => {
  const anywhere = (more: Partial<UnknownPods> = {}) =>
    connection(
      client,
      { kind: 'pods', pods: { name: 'pods', labels: {}, dataPlane: 'none', ...more } },
      { port: 8080 },
    );
  const verdict = (policies: NetworkPolicy[], found: Connection): string => judge(clusterWith(policies), found).verdict;

  test('are other pods than those that a policy selects by the labels of a described workload', () => {
    const about = (matchLabels: Labels): NetworkPolicy =>
      policy(`${server.namespace}/closed`, { selects: labels(matchLabels), ingress: [] });
    expect(verdict([about(server.labels)], anywhere())).toBe('allowed');
    expect(verdict([about({ app: 'somebody-else' })], anywhere())).toBe('unknown');
    expect(verdict([about({})], anywhere())).toBe('unknown');
  });

  test('are in none of the namespaces that the connection leaves out', () => {
    const others: Selector = {
      matchLabels: {},
      matchExpressions: [{ key: NAMESPACE_NAME, operator: 'NotIn', values: ['kube-system'] }],
    };
    const open = policy(`${client.namespace}/out`, { egress: [{ peers: [{ namespaceSelector: others }] }] });
    expect(verdict([open], anywhere())).toBe('unknown');
    expect(verdict([open], anywhere({ exceptNamespaces: ['kube-system', 'legacy'] }))).toBe('allowed');
    expect(verdict([open], anywhere({ exceptNamespaces: ['legacy'] }))).toBe('unknown');
    const closed = policy('legacy/closed', { ingress: [] });
    expect(verdict([closed], anywhere({ exceptNamespaces: ['legacy'] }))).toBe('allowed');
  });
});
