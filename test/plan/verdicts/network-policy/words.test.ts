import { Cni } from '../../../../src/cluster-props';
import type { Destination } from '../../../../src/plan/connection';
import type { NetworkPolicy, PolicyPort, PolicyRule } from '../../../../src/plan/inventory';
import { block, connection, labels, pods, podsIn, policy, service, tcp, worldWith } from './builders';
import { client, clusterWith, egress, FACTS, ingress, judge, server, to, toServer, withPlugin } from './cast';

const udp = (port: number | string): PolicyPort => ({ protocol: 'UDP', port });
const strangers: Destination = {
  kind: 'pods',
  pods: { namespace: 'x', name: 'strangers', labels: {}, dataPlane: 'none' },
};
const vendor: Destination = { kind: 'external', host: '203.0.113.7' };

describe('why policies allow it', () => {
  test('three are listed in full', () => {
    const three = ['a', 'b', 'c'].map((name) => policy(`shop/${name}`, { egress: [] }));
    expect(judge(clusterWith(three), toServer).why).toContain('NetworkPolicy shop/a, shop/b or shop/c allows');
  });

  test('what is no pod is selected by none', () => {
    const calico = withPlugin(Cni.CALICO);
    const onNode = pods('shop/exporter', {}, { hostNetwork: true });
    const fromNode = connection(onNode, { kind: 'workload', workload: server });
    expect(judge(clusterWith([], calico), fromNode).why).toBe('no NetworkPolicy selects Deployment/data/server');
    const outward = connection({ kind: 'kube-apiserver' }, vendor);
    expect(judge(clusterWith([]), outward)).toEqual({
      ...{ verdict: 'allowed', egress: 'allowed', ingress: 'allowed' },
      why: 'NetworkPolicy applies to pods only',
    });
  });

  test('of policies that may select the pods, and all allow it, the first is named', () => {
    const open = ['a', 'b'].map((name) => policy(`x/${name}`, { selects: labels({ app: name }), ingress: [{}] }));
    expect(judge(clusterWith(open), to(strangers)).why).toBe('NetworkPolicy x/a allows it');
  });

  test('the policies of each way are named', () => {
    const twins = ['one', 'two'].map((name) => pods(`data/${name}`, { app: 'twin', name }));
    const described = service('data/twins', {
      selector: { app: 'twin' },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    });
    const networkPolicies = ['one', 'two'].map((name) =>
      policy(`data/${name}`, { selects: labels({ name }), ingress: [{}] }),
    );
    const world = worldWith({ workloads: [client, ...twins], networkPolicies });
    const asked = to({ kind: 'service', namespace: 'data', name: 'twins', service: described }, { port: 80 });
    expect(judge(world, asked, null).why).toBe('NetworkPolicies data/one and data/two allow it');
  });
});

describe('why policies deny it', () => {
  test('both directions are told', () => {
    expect(judge(clusterWith([egress(), ingress()]), toServer).why).toBe(
      'egress: no rule of NetworkPolicy shop/out allows TCP 8080 to Deployment/data/server; ' +
        'ingress: no rule of NetworkPolicy data/in allows TCP 8080 from Deployment/shop/client',
    );
  });

  test('a port that is not known is not named', () => {
    const anyPort = { ...toServer, port: null };
    expect(judge(clusterWith([egress()]), anyPort, null).why).toBe(
      'egress: no rule of NetworkPolicy shop/out allows TCP to Deployment/data/server',
    );
  });

  test('HBONE is told apart', () => {
    const ambient = { 'istio.io/dataplane-mode': 'ambient' };
    const asked = connection(pods('shop/client', ambient), {
      kind: 'workload',
      workload: pods('data/server', ambient),
    });
    const world = clusterWith([egress()], { ...FACTS, mesh: { mode: 'ambient' } });
    expect(judge(world, asked).why).toContain('allows TCP 15008 (HBONE) to Deployment/data/server');
  });

  const hint = 'a range of addresses is not counted';
  test.each<[string, PolicyRule, Destination, boolean]>([
    ['a range for pods', { peers: [block('0.0.0.0/0')] }, { kind: 'workload', workload: server }, true],
    [
      'a range and other pods',
      { peers: [podsIn('other'), block('0.0.0.0/0')] },
      { kind: 'workload', workload: server },
      true,
    ],
    [
      'a range on another port',
      { peers: [block('0.0.0.0/0')], ports: [tcp(1)] },
      { kind: 'workload', workload: server },
      false,
    ],
    ['other pods', { peers: [podsIn('other')] }, { kind: 'workload', workload: server }, false],
    ['another range for an address', { peers: [block('10.0.0.0/8')] }, vendor, false],
  ])('%s', (_, rule, destination, hinted) => {
    expect(judge(clusterWith([egress(rule)]), to(destination)).why.includes(hint)).toBe(hinted);
  });
});

describe('what it depends on', () => {
  const unknown = (...rules: PolicyRule[]): string => judge(clusterWith([egress(...rules)]), to(strangers)).why;

  test('is the name of a port, in the rule that may match', () => {
    expect(unknown({ ports: [tcp(1), udp('dns')] }, { ports: [tcp('web'), tcp(2), tcp('api'), tcp('web')] })).toMatch(
      /: which port is called web or api is not known$/,
    );
    expect(
      unknown({ peers: [podsIn('other')], ports: [tcp('metrics')] }, { peers: [podsIn('x')], ports: [tcp('web')] }),
    ).toMatch(/called web is not known$/);
  });

  test('is the port of an address, too', () => {
    const anyPort = to(vendor, { port: null });
    expect(judge(clusterWith([egress({ ports: [tcp(443)] })]), anyPort, null).why).toMatch(
      /: the port of the pods is not known, and it allows only some ports$/,
    );
  });

  test('is the labels or the address of pods with Calico, by the rule that may match', () => {
    const calico = (...peers: NonNullable<PolicyRule['peers']>): string =>
      judge(clusterWith([egress({ peers })], withPlugin(Cni.CALICO)), to(strangers)).why;
    expect(calico(podsIn('x', { app: 'a' }))).toMatch(
      /: that depends on labels of strangers or of their namespace that no manifest shows$/,
    );
    expect(calico(podsIn('other'), block('10.244.0.0/24'))).toMatch(
      /: its ranges contain only some of the addresses that strangers can have$/,
    );
  });

  test.each<[string, Destination, string, RegExp]>([
    ['the nodes', { kind: 'kubelet' }, '10.10.0.0/24', /addresses that the nodes can have$/],
    ['the API server', { kind: 'kubernetes-api' }, '10.10.0.4/32', /addresses that the API server can have$/],
  ])('is which declared addresses of %s are meant', (_, destination, cidr, expected) => {
    expect(judge(clusterWith([egress({ peers: [block(cidr)] })]), to(destination)).why).toMatch(expected);
  });

  test('is never what could be declared about somebody else', () => {
    const outside = to({ kind: 'external', host: 'vendor.example' });
    expect(judge(clusterWith([egress({ peers: [block('10.0.0.0/8')] })], {}), outside).why).toMatch(
      /addresses that vendor.example can have$/,
    );
  });

  test('is whether the first policy that would change it selects the pods', () => {
    const maybe = (name: string, rules: PolicyRule[]): NetworkPolicy =>
      policy(`x/${name}`, { selects: labels({ app: name }), ingress: rules });
    const why = (...policies: NetworkPolicy[]): string => judge(clusterWith(policies), to(strangers)).why;
    expect(why(maybe('closed', []), policy('x/all', { ingress: [] }), maybe('open', [{}]))).toContain(
      'whether NetworkPolicy x/open, which allows TCP 8080',
    );
    expect(why(maybe('open', [{}]), maybe('closed', []))).toContain(
      'whether NetworkPolicy x/closed, which does not allow TCP 8080',
    );
  });

  test('is a setting of Cilium, with the field of the direction', () => {
    const cilium = withPlugin(Cni.CILIUM);
    const webhook = connection({ kind: 'kube-apiserver' }, { kind: 'workload', workload: server });
    expect(judge(clusterWith([ingress({ peers: [block('0.0.0.0/0')] })], cilium), webhook).why).toContain(
      'by fromEntities in a CiliumNetworkPolicy',
    );
    const elsewhere = clusterWith([egress({ peers: [block('203.0.113.0/24')] })], cilium);
    expect(judge(elsewhere, to({ kind: 'kubelet' })).verdict).toBe('denied');
  });

  test('is which of its addresses a pod on the network of its node uses', () => {
    const onNode = pods('shop/exporter', {}, { hostNetwork: true });
    const asked = connection(onNode, { kind: 'workload', workload: server });
    expect(judge(clusterWith([egress()]), asked).why).toBe(
      "network plugins differ on pods that use their node's network: " +
        "TCP 8080 from Deployment/shop/exporter (on the node's network) to Deployment/data/server is allowed " +
        '(no NetworkPolicy selects Deployment/data/server), ' +
        'TCP 8080 from Deployment/shop/exporter to Deployment/data/server is denied ' +
        '(egress: no rule of NetworkPolicy shop/out allows TCP 8080 to Deployment/data/server)',
    );
  });
});
