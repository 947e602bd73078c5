import { Cni } from '../../../../src/cluster-props';
import type { PolicyPeer, PolicyPort } from '../../../../src/plan/inventory';
import { block, connection, labels, podsIn, pods, tcp, worldWith } from './builders';
import { client, clusterWith, egress, FACTS, ingress, judge, server, to, withPlugin } from './cast';

describe('what is no pod', () => {
  test('a name outside is every address that is not of the cluster', () => {
    const vendor = to({ kind: 'external', host: 'vendor.example' }, { port: 443 });
    const allow = (...peers: PolicyPeer[]) => judge(clusterWith([egress({ peers, ports: [tcp(443)] })]), vendor);
    expect(allow(block('0.0.0.0/0')).verdict).toBe('allowed');
    expect(allow(block('0.0.0.0/0', '10.244.0.0/16', '169.254.0.0/16')).verdict).toBe('allowed');
    expect(allow(block('0.0.0.0/1'), block('128.0.0.0/1')).verdict).toBe('allowed');
    expect(allow(block('::/0')).verdict).toBe('denied');
    expect(allow({ namespaceSelector: labels({}) }).verdict).toBe('denied');
    expect(allow(block('0.0.0.0/0', '192.168.0.0/16')).why).toBe(
      'egress: NetworkPolicy shop/out may allow TCP 443 to vendor.example: ' +
        'its ranges contain only some of the addresses that vendor.example can have',
    );
    expect(allow(block('nonsense')).verdict).toBe('unknown');
    expect(allow(block('0.0.0.0/0', 'nonsense')).verdict).toBe('unknown');
  });

  test('ranges of several rules count together', () => {
    const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((cidr) => ({ peers: [block(cidr)] }));
    expect(judge(clusterWith([egress(...halves)]), to({ kind: 'external', host: 'vendor.example' })).verdict).toBe(
      'allowed',
    );
  });

  test('an address outside is compared with ranges and exceptions', () => {
    const address = to({ kind: 'external', host: '203.0.113.7' });
    expect(judge(clusterWith([egress({ peers: [block('203.0.113.0/24')] })]), address).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [block('203.0.113.0/24', '203.0.113.7/32')] })]), address).verdict).toBe(
      'denied',
    );
  });

  test('the API server is met at its endpoints, all of which must be allowed', () => {
    const api = to({ kind: 'kubernetes-api' }, { port: 443 });
    const at = (cidr: string, port: number) =>
      judge(clusterWith([egress({ peers: [block(cidr)], ports: [tcp(port)] })]), api).verdict;
    expect(at('10.10.0.4/31', 6443)).toBe('allowed');
    expect(at('10.10.0.4/32', 6443)).toBe('unknown');
    expect(at('10.96.0.1/32', 443)).toBe('denied');
    expect(at('10.10.0.4/31', 443)).toBe('denied');
  });

  test('the API server can be anywhere and on both usual ports where the facts do not tell', () => {
    const api = to({ kind: 'kubernetes-api' }, { port: 443 });
    const at = (...ports: PolicyPort[]) =>
      judge(clusterWith([egress({ peers: [block('0.0.0.0/0')], ports })], {}), api);
    expect(at(tcp(443), tcp(6443)).verdict).toBe('allowed');
    const apart = [tcp(443), tcp(6443)].map((port) => ({ ports: [port] }));
    expect(judge(clusterWith([egress(...apart)], {}), api).verdict).toBe('allowed');
    expect(at(tcp(443)).why).toBe(
      'it is not the same for all that it can be: TCP 443 to the API server is allowed (NetworkPolicy shop/out allows it), ' +
        'TCP 6443 to the API server is denied (egress: no rule of NetworkPolicy shop/out allows TCP 6443 to the API server)',
    );
    expect(judge(clusterWith([egress({ ports: [tcp(443)] })], {}), api).verdict).toBe('unknown');
    expect(judge(clusterWith([egress({ peers: [block('10.0.0.0/8')] })], {}), api).why).toMatch(
      /only some of the addresses that the API server can have as long as no apiServer.endpointCidrs are declared$/,
    );
  });

  test('the kubelet is met at the nodes', () => {
    const kubelet = to({ kind: 'kubelet' }, { port: 10250 });
    expect(judge(clusterWith([egress({ peers: [block('10.10.0.0/16')], ports: [tcp(10250)] })]), kubelet).verdict).toBe(
      'allowed',
    );
    expect(judge(clusterWith([egress({ peers: [block('10.244.0.0/16')] })]), kubelet).verdict).toBe('denied');
    const anywhere = judge(clusterWith([egress({ peers: [block('10.0.0.0/8')] })], {}), kubelet);
    expect(anywhere.why).toContain('as long as no nodeCidrs are declared');
  });

  test.each(['kubernetes-api', 'kubelet'] as const)('with Cilium a range matches the %s only by a setting', (kind) => {
    const policies = [egress({ peers: [block('0.0.0.0/0')] })];
    const verdictWith = (cni: Cni) => judge(clusterWith(policies, withPlugin(cni)), to({ kind }));
    expect(verdictWith(Cni.CILIUM).verdict).toBe('unknown');
    expect(verdictWith(Cni.CILIUM).why).toContain(
      'policyCIDRMatchMode: nodes; set that, or allow kube-apiserver, host and remote-node by toEntities',
    );
    expect(verdictWith(Cni.CILIUM_MATCHING_NODES).verdict).toBe('allowed');
    expect(verdictWith(Cni.OTHER).verdict).toBe('allowed');
    const everybody = clusterWith([egress({})], withPlugin(Cni.CILIUM));
    expect(judge(everybody, to({ kind })).verdict).toBe('allowed');
  });

  test('Cilium matches ranges with what lies outside', () => {
    const cilium = withPlugin(Cni.CILIUM);
    const world = clusterWith([egress({ peers: [block('0.0.0.0/0')] })], cilium);
    expect(judge(world, to({ kind: 'external', host: 'vendor.example' })).verdict).toBe('allowed');
  });
});

describe('fixed servers', () => {
  const coreDns = { ...podsIn('kube-system', { 'k8s-app': 'kube-dns' }) };

  test('DNS is CoreDNS unless the facts say otherwise', () => {
    const dns = to({ kind: 'dns' }, { port: 53, protocol: 'UDP' });
    const udp = [{ protocol: 'UDP' as const, port: 53 }];
    expect(judge(clusterWith([egress({ peers: [coreDns], ports: udp })]), dns).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [block('0.0.0.0/0')], ports: udp })]), dns).verdict).toBe('denied');
    const openShift = { peer: { kind: 'namespaces', namespaces: { only: ['openshift-dns'] } }, port: 5353 } as const;
    const facts = { ...FACTS, dns: [openShift] };
    expect(judge(clusterWith([egress({ peers: [coreDns], ports: udp })], facts), dns).verdict).toBe('denied');
    const right = egress({ peers: [podsIn('openshift-dns')], ports: [{ protocol: 'UDP', port: 5353 }] });
    expect(judge(clusterWith([right], facts), dns).verdict).toBe('allowed');
  });

  test('DNS needs every declared group of servers', () => {
    const dns = to({ kind: 'dns' }, { port: 53 });
    const groups = [
      { peer: { kind: 'pods', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }, port: 53 },
      { peer: { kind: 'cidr', cidr: '169.254.20.10/32' }, port: 53 },
    ] as const;
    const facts = { ...FACTS, dns: groups };
    expect(judge(clusterWith([egress({ peers: [coreDns] })], facts), dns).verdict).toBe('unknown');
    expect(judge(clusterWith([egress({ peers: [coreDns, block('169.254.20.10/32')] })], facts), dns).verdict).toBe(
      'allowed',
    );
  });

  test('istiod is known by namespace and label without a manifest, and in full with one', () => {
    const istiod = to({ kind: 'istiod', namespace: 'istio-system' }, { port: 15012 });
    const allow = (selector: Record<string, string>) => [
      egress({ peers: [podsIn('istio-system', selector)], ports: [tcp(15012)] }),
    ];
    expect(judge(clusterWith(allow({ app: 'istiod' })), istiod).verdict).toBe('allowed');
    expect(judge(clusterWith(allow({ istio: 'pilot' })), istiod).verdict).toBe('unknown');
    const workloads = [client, pods('istio-system/istiod', { app: 'istiod', istio: 'pilot' })];
    expect(judge(worldWith({ workloads, networkPolicies: allow({ istio: 'pilot' }) }), istiod).verdict).toBe('allowed');
  });
});

describe('clients that are no pods', () => {
  const probe = connection({ kind: 'kubelet' }, { kind: 'workload', workload: server });

  test('the kubelet reaches the pods of its node whatever their policies say', () => {
    expect(judge(clusterWith([ingress()]), probe)).toMatchObject({
      verdict: 'allowed',
      why: 'a pod is always open to its own node',
    });
  });

  test('probes of ambient pods need the address that Istio gives them where the plugin is Cilium', () => {
    const ambient = pods('data/ambient', { 'istio.io/dataplane-mode': 'ambient' });
    const facts = { ...withPlugin(Cni.CILIUM), mesh: { mode: 'ambient' as const } };
    const asked = connection({ kind: 'kubelet' }, { kind: 'workload', workload: ambient });
    expect(judge(clusterWith([ingress()], facts), asked).why).toContain('allow 169.254.7.127/32');
    expect(judge(clusterWith([ingress()], facts), asked).verdict).toBe('unknown');
    expect(judge(clusterWith([ingress({ peers: [block('169.254.7.127/32')] })], facts), asked).verdict).toBe('allowed');
  });

  test('the API server calls webhooks from its endpoints', () => {
    const webhook = connection({ kind: 'kube-apiserver' }, { kind: 'workload', workload: server });
    const from = (cidr: string) => judge(clusterWith([ingress({ peers: [block(cidr)] })]), webhook).verdict;
    expect(from('10.10.0.0/24')).toBe('allowed');
    expect(from('10.96.0.0/16')).toBe('denied');
    expect(judge(clusterWith([ingress({ peers: [block('10.0.0.0/8')] })], {}), webhook).verdict).toBe('unknown');
  });
});
