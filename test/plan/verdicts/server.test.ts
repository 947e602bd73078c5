import type { Connection, Destination, UnknownPods } from '../../../src/plan/connection';
import type { Labels, Service } from '../../../src/plan/inventory';
import { isDeclaredHttp } from '../../../src/plan/verdicts/declared-protocol';
import { lacksPort, type Server, serversOf } from '../../../src/plan/verdicts/server';
import { targetOf, targetPortOf } from '../../../src/plan/verdicts/target';
import type { World } from '../../../src/plan/world';
import { cluster, connection, deployment, HEADLESS, INJECTED, service, workload, world } from './mesh-builders';
import { service as builtService } from './network-policy/builders';

const CLIENT = deployment('shop/client');
const asked = (found: World, to: Destination, options: Partial<Connection> = {}): Connection =>
  connection(workload(found, 'shop/client'), to, options);

describe('who answers', () => {
  const strangers: UnknownPods = { name: 'strangers', labels: { app: 'x' }, dataPlane: 'unknown' };
  const server = { name: 'strangers', known: { labels: { app: 'x' }, complete: false }, dataPlane: 'unknown' };

  test.each<[string, Partial<UnknownPods>]>([
    ['anywhere', {}],
    ['in a namespace', { namespace: 'shop' }],
    ['outside of some namespaces', { exceptNamespaces: ['legacy'] }],
  ])('are pods %s that nobody described', (_, where) => {
    const found = world([CLIENT]);
    const to: Destination = { kind: 'pods', pods: { ...strangers, ...where } };
    expect(serversOf(found, asked(found, to))).toStrictEqual([{ ...server, ...where, port: 8080 }]);
    const { dataPlane } = strangers;
    expect(targetOf(to)).toStrictEqual({ kind: 'pods', name: 'strangers', ...where, dataPlane });
  });

  test('have no sidecar without a mesh', () => {
    const found = world([CLIENT], { mesh: { mode: 'none' } });
    const to: Destination = { kind: 'pods', pods: { ...strangers, dataPlane: 'sidecar' } };
    expect(serversOf(found, asked(found, to))).toMatchObject([{ dataPlane: 'none' }]);
  });

  test('is the pod itself over loopback', () => {
    const found = world([CLIENT]);
    const to: Destination = { kind: 'loopback', workload: workload(found, 'shop/client') };
    expect(serversOf(found, asked(found, to))).toMatchObject([
      { name: 'Deployment/shop/client', known: { complete: true }, port: 8080 },
    ]);
  });

  const behind = (found: World, more: Partial<Service>): readonly Server[] => {
    const described = builtService('shop/app', { selector: { app: 'app' }, ...more });
    return serversOf(found, asked(found, { kind: 'service', namespace: 'shop', name: 'app', service: described }));
  };

  test('behind a Service are pods with at least its labels', () => {
    const found = world([CLIENT]);
    expect(behind(found, {})).toMatchObject([{ known: { labels: { app: 'app' }, complete: false } }]);
    const { selector, ...byHand } = builtService('shop/by-hand', { selector: undefined });
    expect(selector).toBeUndefined();
    expect(behind(found, byHand)).toMatchObject([{ dataPlane: 'unknown' }]);
    const to: Destination = { kind: 'service', namespace: 'shop', name: 'by-hand', service: byHand };
    expect(serversOf(found, asked(found, to))).toMatchObject([{ known: { labels: {}, complete: false } }]);
  });

  test('behind a described Service have the data plane that the facts tell, unless the pods do', () => {
    const one = (labels: Labels): World => world([CLIENT, deployment('shop/app', { labels })], {});
    expect(behind(one({}), { dataPlane: 'ambient' })).toMatchObject([{ dataPlane: 'ambient' }]);
    expect(behind(one({}), {})).toMatchObject([{ dataPlane: 'unknown' }]);
    expect(behind(one(INJECTED), { dataPlane: 'ambient' })).toMatchObject([{ dataPlane: 'sidecar' }]);
  });
});

describe('the port of a Service', () => {
  const tcp = { port: 80, targetPort: 8080, protocol: 'TCP' } as const;
  const udp = { port: 80, targetPort: 9090, protocol: 'UDP' } as const;
  const to = (ports: Service['ports'], more: Partial<Service> = {}): Destination => ({
    ...{ kind: 'service', namespace: 'shop', name: 'app' },
    service: builtService('shop/app', { selector: { app: 'app' }, ports, ...more }),
  });

  test('is the one of the protocol', () => {
    const found = world([CLIENT]);
    const target = (protocol: 'TCP' | 'UDP'): number | null =>
      targetPortOf(found, asked(found, to([udp, tcp]), { port: 80, protocol }));
    expect([target('TCP'), target('UDP')]).toEqual([8080, 9090]);
  });

  test('is the one of DNS servers, if all have the same', () => {
    const peer = { kind: 'pods', namespace: 'openshift-dns', labels: {} } as const;
    const target = (...ports: number[]): number | null => {
      const found = world([CLIENT], { dns: ports.map((port) => ({ peer, port })) });
      return targetPortOf(found, asked(found, { kind: 'dns' }, { port: 53 }));
    };
    expect([target(5353), target(5353, 53), target()]).toEqual([5353, null, null]);
  });

  test.each<[string, Destination, number | null, boolean]>([
    ['a port that it declares', to([tcp]), 80, false],
    ['a port that it does not declare', to([tcp]), 81, true],
    ['a port of another protocol', to([udp]), 80, true],
    ['any port', to([tcp]), null, false],
    ['a headless Service', to([tcp], { headless: true }), 81, false],
    ['a Service of which no port is known', to([]), 81, false],
    ['a Service that nobody described', { kind: 'service', namespace: 'shop', name: 'app' }, 81, false],
    ['no Service', { kind: 'kubelet' }, 81, false],
  ])('can be missing: %s', (_, destination, port, expected) => {
    expect(lacksPort(destination, { port, protocol: 'TCP' })).toBe(expected);
  });
});

describe('whether a port is declared as HTTP', () => {
  const labels = { app: 'app' };
  const stranger: Server = {
    ...{ name: 'app', namespace: 'shop', dataPlane: 'sidecar', port: 8080 },
    known: { labels, complete: false },
  };
  const described = (found: World): Server => ({
    ...stranger,
    known: { labels: { app: 'app' }, complete: true },
    workload: workload(found, 'shop/app'),
  });
  const scene = (...manifests: ReturnType<typeof service>[]): World =>
    world([CLIENT, deployment('shop/app', { ports: { web: 8080 } }), ...manifests], cluster());
  const http = service('shop/app', { name: 'http' });
  const tcp = service('shop/other', { name: 'tcp' }, { selector: labels });

  test.each<[string, World, string, string]>([
    ['nobody', scene(), 'no', 'unknown'],
    ['a Service', scene(http), 'yes', 'yes'],
    ['a Service for TCP', scene(tcp), 'no', 'no'],
    ['Services that disagree', scene(http, tcp), 'unknown', 'unknown'],
    ['a headless Service', scene(service('shop/app', { name: 'http' }, HEADLESS)), 'yes', 'yes'],
    ['a Service for another port', scene(service('shop/app', { name: 'http', targetPort: 1 })), 'no', 'unknown'],
    [
      'a Service for UDP, which is not HTTP',
      scene(service('shop/app', { name: 'http', protocol: 'UDP' })),
      'no',
      'unknown',
    ],
    [
      'a Service of other pods',
      scene(service('shop/app', { name: 'http' }, { selector: { app: 'x' } })),
      'no',
      'unknown',
    ],
    [
      'a Service that may select them',
      scene(service('shop/app', { name: 'http' }, { selector: { ...labels, 'pod-template-hash': 'x' } })),
      'unknown',
      'unknown',
    ],
    ['a named port', scene(service('shop/app', { name: 'http', targetPort: 'web' })), 'yes', 'unknown'],
    [
      'a named port beside a number',
      scene(service('shop/app', { name: 'http', targetPort: 'web' }), tcp),
      'unknown',
      'no',
    ],
  ])('by %s', (_, found, ofDescribed, ofStranger) => {
    expect(isDeclaredHttp(found, described(found))).toBe(ofDescribed);
    expect(isDeclaredHttp(found, stranger)).toBe(ofStranger);
  });

  test('is not known of any port and of pods anywhere', () => {
    const found = scene(tcp);
    expect(isDeclaredHttp(found, { ...described(found), port: null })).toBe('unknown');
    const { namespace, ...anywhere } = stranger;
    expect(namespace).toBe('shop');
    expect(isDeclaredHttp(found, anywhere)).toBe('unknown');
  });
});
