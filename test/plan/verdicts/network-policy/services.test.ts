import type { Destination } from '../../../../src/plan/connection';
import type { PolicyPeer } from '../../../../src/plan/inventory';
import { block, podsIn, pods, service, tcp, worldWith } from './builders';
import { client, clusterWith, egress, ingress, judge, server, to } from './cast';

describe('behind a Service', () => {
  const selector = { app: 'server' };
  const described = service('data/db', { selector, ports: [{ port: 80, targetPort: 'web', protocol: 'TCP' }] });
  const destination: Destination = { kind: 'service', namespace: 'data', name: 'db', service: described };

  test('the port of the pod counts, not the one of the Service', () => {
    const dialled = to(destination, { port: 80 });
    expect(judge(clusterWith([ingress({ ports: [tcp(8080)] })]), dialled, null).verdict).toBe('allowed');
    expect(judge(clusterWith([ingress({ ports: [tcp(80)] })]), dialled, null).verdict).toBe('denied');
  });

  test('every port of the Service must be allowed where any may be dialled', () => {
    const ports = [...described.ports, { port: 81, targetPort: 9000, protocol: 'TCP' as const }];
    const any = to({ ...destination, service: { ...described, ports } }, { port: null });
    expect(judge(clusterWith([ingress({ ports: [tcp(8080), tcp(9000)] })]), any, null).verdict).toBe('allowed');
    expect(judge(clusterWith([ingress({ ports: [tcp(8080)] })]), any, null).verdict).toBe('unknown');
  });

  test('every port of the Service must be known where any may be dialled', () => {
    const selected = { selector: { app: 'gateway' } };
    const ports = [80, 81].map((port) => ({ port, targetPort: port === 80 ? 4317 : 'web', protocol: 'TCP' as const }));
    const foreign = service('obs/otlp', { ...selected, ports });
    const any = to({ kind: 'service', namespace: 'obs', name: 'otlp', service: foreign }, { port: null });
    expect(judge(clusterWith([egress({ ports: [tcp(4317)] })]), any, null).verdict).toBe('unknown');
  });

  test('of a headless Service the dialled port is the port of the pod', () => {
    const headless = to({ ...destination, service: { ...described, headless: true } }, { port: 80 });
    expect(judge(clusterWith([ingress({ ports: [tcp(80)] })]), headless).verdict).toBe('allowed');
  });

  test('pods with different answers leave it open, with both answers', () => {
    const second = pods('data/second', selector, { ports: [{ name: 'web', port: 9090, protocol: 'TCP' }] });
    const world = worldWith({
      workloads: [client, server, second],
      networkPolicies: [ingress({ ports: [tcp(8080)] })],
    });
    expect(judge(world, to(destination, { port: 80 }), null)).toMatchObject({
      verdict: 'unknown',
      why:
        'it is not the same for all that it can be: ' +
        'TCP 8080 to Deployment/data/server is allowed (NetworkPolicy data/in allows it), ' +
        'TCP 9090 to Deployment/data/second is denied ' +
        '(ingress: no rule of NetworkPolicy data/in allows TCP 9090 from Deployment/shop/client)',
    });
  });

  test('pods that no manifest describes have at least the labels of its selector', () => {
    const foreign = service('obs/otlp', {
      selector: { app: 'gateway' },
      ports: [{ port: 80, targetPort: 4317, protocol: 'TCP' }],
    });
    const asked = to({ kind: 'service', namespace: 'obs', name: 'otlp', service: foreign }, { port: 80 });
    const allow = (peer: PolicyPeer) =>
      judge(clusterWith([egress({ peers: [peer], ports: [tcp(4317)] })]), asked, 4317);
    expect(allow(podsIn('obs', { app: 'gateway' })).verdict).toBe('allowed');
    expect(allow(podsIn('obs', { app: 'other' })).verdict).toBe('denied');
    expect(allow(podsIn('data')).verdict).toBe('denied');
    expect(allow(podsIn('obs', { tier: 'edge' })).why).toBe(
      'egress: NetworkPolicy shop/out may allow TCP 4317 to the pods of Service obs/otlp: ' +
        'that depends on labels of the pods of Service obs/otlp or of their namespace that no manifest shows',
    );
  });

  test('that nobody described the namespace is known, and any port may be meant', () => {
    const asked = to({ kind: 'service', namespace: 'obs', name: 'otlp' });
    expect(judge(clusterWith([egress({ peers: [podsIn('obs')] })]), asked, null).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [podsIn('data')] })]), asked, null).verdict).toBe('denied');
    expect(judge(clusterWith([egress({ peers: [podsIn('obs')], ports: [tcp(8080)] })]), asked, null).why).toContain(
      'the port of the pods is not known, and it allows only some ports',
    );
    expect(
      judge(clusterWith([ingress()]), to({ kind: 'service', namespace: '', name: '10.96.3.3' }), null).verdict,
    ).toBe('unknown');
  });

  test('without selector can be pods or any address', () => {
    const asked = to({ kind: 'service', namespace: 'data', name: 'db', service: service('data/db') });
    expect(judge(clusterWith([egress({})]), asked).verdict).toBe('allowed');
    expect(judge(clusterWith([egress({ peers: [block('0.0.0.0/0')] })]), asked).verdict).toBe('unknown');
    expect(judge(clusterWith([egress()]), asked).verdict).toBe('denied');
  });
});
