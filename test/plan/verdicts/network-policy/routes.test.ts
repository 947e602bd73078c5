import { Cni } from '../../../../src/cluster-props';
import type { Connection, Destination } from '../../../../src/plan/connection';
import type { Service } from '../../../../src/plan/inventory';
import type { PlanFacts } from '../../../../src/plan/world';
import { sidecarMeshFacts } from '../../support/mesh';
import { block, connection, labels, pods, policy, service, tcp } from './builders';
import { clusterWith, egress, FACTS, ingress, judge, server, to, withPlugin } from './cast';

const mode = (value: string) => ({ 'istio.io/dataplane-mode': value });
const AMBIENT: Partial<PlanFacts> = { ...FACTS, mesh: { mode: 'ambient' } };
const ambientClient = pods('shop/client', mode('ambient'));

describe('DNS servers', () => {
  const dns = to({ kind: 'dns' }, { port: 53 });
  type Peer = PlanFacts['dns'][number]['peer'];
  const at = (peer: Peer, more: Partial<PlanFacts> = {}): Partial<PlanFacts> => ({
    ...{ ...FACTS, dns: [{ peer, port: 53 }] },
    ...more,
  });
  const why = (facts: Partial<PlanFacts>): string => judge(clusterWith([egress()], facts), dns).why;

  test('are called by what the facts say of them', () => {
    const labels = { app: 'dns', tier: 'node' };
    expect(why(FACTS)).toMatch(/ to pods k8s-app=kube-dns in kube-system$/);
    expect(why(at({ kind: 'pods', namespace: 'a', labels }))).toMatch(/ to pods app=dns, tier=node in a$/);
    expect(why(at({ kind: 'namespaces', namespaces: { only: ['a'] } }))).toMatch(/ to pods in a$/);
    expect(why(at({ kind: 'namespaces', namespaces: { allExcept: ['a'] } }))).toMatch(/ to pods$/);
    expect(why(at({ kind: 'selectors', pods: undefined, namespaces: undefined }))).toMatch(/ to pods$/);
    expect(why(at({ kind: 'cidr', cidr: '169.254.20.10/32' }))).toMatch(/ to 169.254.20.10\/32$/);
  });

  test('can be pods of any namespace with certain labels', () => {
    const open = [egress({ peers: [{ namespaceSelector: labels({}), podSelector: labels({ app: 'dns' }) }] })];
    const verdict = (peer: Peer): string => judge(clusterWith(open, at(peer)), dns).verdict;
    const everywhere = { allExcept: [] };
    expect(verdict({ kind: 'namespaces', namespaces: everywhere, labels: { app: 'dns' } })).toBe('allowed');
    expect(verdict({ kind: 'namespaces', namespaces: everywhere })).toBe('unknown');
    const selected = { matchLabels: { app: 'dns' } };
    expect(verdict({ kind: 'selectors', pods: selected, namespaces: undefined })).toBe('allowed');
    expect(verdict({ kind: 'selectors', pods: {}, namespaces: undefined })).toBe('unknown');
    expect(verdict({ kind: 'selectors', pods: undefined, namespaces: undefined })).toBe('unknown');
  });

  test('by address are on the node', () => {
    const facts = at({ kind: 'cidr', cidr: '169.254.20.10/32' }, { cni: Cni.CILIUM });
    expect(judge(clusterWith([egress({ peers: [block('0.0.0.0/0')] })], facts), dns).verdict).toBe('unknown');
  });

  test('in no namespace answer nobody', () => {
    expect(judge(clusterWith([], at({ kind: 'namespaces', namespaces: { only: [] } })), dns)).toMatchObject({
      verdict: 'unknown',
      why: 'nobody is known to answer',
    });
  });
});

describe('the platform', () => {
  test('is called by name', () => {
    const closed = clusterWith([ingress()]);
    const described = service('data/db', {
      selector: { app: 'server' },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    });
    const behind: Destination = { kind: 'service', namespace: 'data', name: 'db', service: described };
    expect(judge(closed, connection({ kind: 'kubelet' }, behind, { port: 80 }), null).why).toContain('from the nodes');
    expect(judge(closed, connection({ kind: 'kube-apiserver' }, behind, { port: 80 }), null).why).toContain(
      'from the API server',
    );
  });

  test('is outside of ambient', () => {
    const open = clusterWith([egress({ ports: [tcp(6443), tcp(443), tcp(53)] })], AMBIENT);
    const verdict = (destination: Destination, port: number): string =>
      judge(open, connection(ambientClient, destination, { port })).verdict;
    expect(verdict({ kind: 'kubernetes-api' }, 443)).toBe('allowed');
    expect(verdict({ kind: 'external', host: '203.0.113.7' }, 443)).toBe('allowed');
    expect(verdict({ kind: 'dns' }, 53)).toBe('allowed');
  });
});

describe('probes of ambient pods', () => {
  const ambient = pods('data/ambient', mode('ambient'), {
    ports: [{ name: 'web', port: 8080, protocol: 'TCP' }],
  });
  const probe = (workload = ambient): Connection => connection({ kind: 'kubelet' }, { kind: 'workload', workload });

  test.each([Cni.CILIUM, Cni.CILIUM_MATCHING_NODES])('come from an address of their own with %s', (cni) => {
    const closed = clusterWith([ingress()], { ...withPlugin(cni), ...{ mesh: { mode: 'ambient' } } });
    expect(judge(closed, probe())).toMatchObject({ verdict: 'unknown', ingress: 'unknown' });
    expect(judge(closed, probe(server)).verdict).toBe('allowed');
  });

  test.each([Cni.CALICO, undefined])('come from the node with %s', (cni) => {
    const facts: Partial<PlanFacts> = { ...AMBIENT, ...(cni && { cni }) };
    expect(judge(clusterWith([ingress()], facts), probe()).verdict).toBe('allowed');
  });

  test('need the port of the pod', () => {
    const facts: Partial<PlanFacts> = { ...withPlugin(Cni.CILIUM), mesh: { mode: 'ambient' } };
    const open = clusterWith([ingress({ peers: [block('169.254.7.127/32')], ports: [tcp(8080)] })], facts);
    expect(judge(open, probe(), null).verdict).toBe('allowed');
    expect(judge(open, probe(), 9090).verdict).toBe('unknown');
  });

  test('come from an IPv6 address in an IPv6 cluster', () => {
    const facts: Partial<PlanFacts> = { ...withPlugin(Cni.CILIUM), mesh: { mode: 'ambient' }, ipv6: true };
    expect(judge(clusterWith([ingress()], facts), probe()).why).toContain(
      'allow fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128',
    );
  });
});

describe('behind a Service', () => {
  const port = { port: 80, targetPort: 'web', protocol: 'TCP' } as const;
  const db = (more: Partial<Service> = {}): Destination => ({
    ...{ kind: 'service', namespace: 'data', name: 'db' },
    service: service('data/db', { selector: { app: 'server' }, ports: [port], ...more }),
  });

  test('are the described pods, with the policies about their labels', () => {
    const about = policy('data/in', { selects: labels({ app: 'server' }), ingress: [] });
    expect(judge(clusterWith([about]), to(db(), { port: 80 }), null).verdict).toBe('denied');
  });

  test('only ports of the protocol count where any may be dialled', () => {
    const ports = [port, { port: 81, targetPort: 9000, protocol: 'UDP' as const }];
    const open = clusterWith([ingress({ ports: [tcp(8080)] })]);
    expect(judge(open, to(db({ ports }), { port: null }), null).verdict).toBe('allowed');
    const second = [port, { port: 81, targetPort: 9000, protocol: 'TCP' as const }];
    expect(judge(open, to(db({ ports: second }), { port: 80 }), null).verdict).toBe('allowed');
  });

  test('any port may be dialled of a headless one, and of one without ports', () => {
    const open = clusterWith([ingress({ ports: [tcp(80)] })]);
    const any = (more: Partial<Service>): string => judge(open, to(db(more), { port: null }), null).verdict;
    expect(any({ headless: true })).toBe('unknown');
    expect(any({ ports: [] })).toBe('unknown');
    expect(judge(clusterWith([ingress()]), to(db({ ports: [] }), { port: null }), null).verdict).toBe('denied');
  });

  test('those that nobody described are called by the Service', () => {
    const far: Destination = { kind: 'service', namespace: 'obs', name: 'otlp' };
    expect(judge(clusterWith([egress()]), to(far), null).why).toMatch(/ to the pods behind otlp$/);
  });

  test('those that somebody wrote by hand can be outside, where Cilium compares ranges', () => {
    const byHand: Destination = { kind: 'service', namespace: 'data', name: 'db', service: service('data/db') };
    const both = egress({ peers: [{ namespaceSelector: labels({}) }, block('0.0.0.0/0')] });
    expect(judge(clusterWith([both], withPlugin(Cni.CILIUM)), to(byHand)).verdict).toBe('allowed');
  });
});

describe('HBONE', () => {
  const strangers = (dataPlane: 'unknown' | 'ambient'): Destination => ({
    kind: 'pods',
    pods: { namespace: 'data', name: 'strangers', labels: {}, dataPlane },
  });
  const far: Destination = { kind: 'service', namespace: 'data', name: 'away' };
  const verdict = (destination: Destination, facts: Partial<PlanFacts>, from = ambientClient, ...ports: number[]) =>
    judge(clusterWith([egress({ ports: ports.map((port) => tcp(port)) })], facts), connection(from, destination), 8080);

  test('may be what policies see, so that both ports are needed', () => {
    expect(verdict(strangers('unknown'), AMBIENT, ambientClient, 8080, 15008)).toMatchObject({
      verdict: 'allowed',
      why: 'NetworkPolicy shop/out allows it',
    });
    expect(verdict(strangers('unknown'), AMBIENT, ambientClient, 8080).verdict).toBe('unknown');
    expect(verdict(far, AMBIENT, ambientClient, 8080).verdict).toBe('unknown');
    expect(verdict(far, AMBIENT, ambientClient, 8080, 15008).verdict).toBe('allowed');
  });

  test('is known where a pod says so, whatever the mesh is', () => {
    const facts = { ...FACTS, mesh: sidecarMeshFacts() };
    expect(verdict(strangers('unknown'), facts, ambientClient, 8080).verdict).toBe('unknown');
    const injected = pods('shop/client', { 'sidecar.istio.io/inject': 'true' });
    expect(verdict(strangers('unknown'), facts, injected, 8080).verdict).toBe('allowed');
    expect(verdict(strangers('ambient'), facts, injected, 8080).verdict).toBe('unknown');
  });
});
