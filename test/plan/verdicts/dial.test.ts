import type { Connection, Destination } from '../../../src/plan/connection';
import { addressSet } from '../../../src/plan/verdicts/address-set';
import { type Dial, dialOf, inRanges, isPort } from '../../../src/plan/verdicts/dial';
import { interceptionOf } from '../../../src/plan/verdicts/interception';
import type { PlanFacts, World } from '../../../src/plan/world';
import {
  cluster,
  connection,
  deployment,
  HEADLESS,
  INJECTED,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

type To = (found: World) => Destination;

interface Setup {
  readonly spec?: Record<string, unknown>;
  readonly facts?: Partial<PlanFacts>;
  readonly annotations?: Record<string, string>;
}

function dial(to: To, options: Partial<Connection> = {}, { facts = cluster(), ...client }: Setup = {}): Dial {
  const found = world(
    [
      deployment('shop/client', { labels: INJECTED, ...client }),
      deployment('shop/app'),
      service('shop/client', {}, HEADLESS),
      service('shop/app', {}, HEADLESS),
      service('shop/balanced', {}, { selector: { app: 'client' } }),
    ],
    facts,
  );
  const pod = workload(found, 'shop/client');
  return dialOf(found, pod, interceptionOf(pod), connection(pod, to(found), options));
}

const itself: To = (found) => ({ kind: 'loopback', workload: workload(found, 'shop/client') });
const vendor: To = () => ({ kind: 'external', host: 'vendor.example' });

test('what is dialled is seen as the kernel sees it', () => {
  expect(dial(itself)).toMatchObject({ tcp: true, port: 8080, local: 'yes', loopback: 'yes', nameserver: 'unknown' });
  expect(dial(itself, { dialler: 'proxy' })).toMatchObject({ local: 'yes', loopback: 'unknown', byProxy: 'yes' });
  expect(dial(() => ({ kind: 'dns' }), { protocol: 'UDP' })).toMatchObject({
    ...{ tcp: false, local: 'no', loopback: 'no', nameserver: 'yes', byProxy: 'no', unruledIpv6: 'no' },
  });
});

test.each<[string, To, string]>([
  ['its own workload', (found) => toPods(found, 'shop/client'), 'unknown'],
  ['another workload', (found) => toPods(found, 'shop/app'), 'no'],
  ['its own headless Service', (found) => toService(found, 'shop/client'), 'unknown'],
  ['another headless Service', (found) => toService(found, 'shop/app'), 'no'],
  ['its own Service by cluster IP', (found) => toService(found, 'shop/balanced'), 'no'],
  ['a Service that nobody described', (found) => toService(found, 'far/away'), 'no'],
  ['a vendor', vendor, 'no'],
])('%s may be the pod itself or not', (_, to, expected) => {
  expect(dial(to).local).toBe(expected);
});

describe('who dials', () => {
  const user = (runAsUser: number) => ({ securityContext: { runAsUser } });
  const group = (runAsGroup: number) => ({ securityContext: { runAsGroup } });
  const container = (name: string, more: object = {}) => ({ name, image: 'image:1', ...more });

  test.each<[string, Record<string, unknown>, string]>([
    ['an application', { containers: [container('main')] }, 'no'],
    ['one with the user of the sidecar', { containers: [container('main', user(1337))] }, 'yes'],
    ['one with the group of the sidecar', { containers: [container('main', group(1337))] }, 'yes'],
    ['a pod with the user of the sidecar', { containers: [container('main')], ...user(1337) }, 'yes'],
    ['a pod with the group of the sidecar', { containers: [container('main')], ...group(1337) }, 'yes'],
    ['one of two', { containers: [container('main', user(1337)), container('other')] }, 'unknown'],
    ['the sidecar alone', { containers: [container('main'), container('istio-proxy', user(1337))] }, 'no'],
    [
      'all but the sidecar',
      { containers: [container('main', user(1337)), container('istio-proxy', user(1337))] },
      'yes',
    ],
    [
      'a container that is gone by then',
      { containers: [container('main')], initContainers: [container('init', user(1337))] },
      'no',
    ],
    [
      'one beside a container that is gone by then',
      { containers: [container('main', user(1337))], initContainers: [container('init')] },
      'yes',
    ],
    [
      'a container that starts first and stays',
      {
        containers: [container('main')],
        initContainers: [container('init', { ...user(1337), restartPolicy: 'Always' })],
      },
      'unknown',
    ],
  ])('%s may pass for the sidecar', (_, spec, expected) => {
    expect(dial(vendor, {}, { spec }).byProxy).toBe(expected);
  });
});

describe('IPv6 without rules', () => {
  const anywhere: Partial<PlanFacts> = { mesh: cluster().mesh! };
  const ipv6: To = () => ({ kind: 'external', host: '2001:db8::7' });

  test.each<[string, To, Setup, string]>([
    ['where nobody tells the family of the pods', ipv6, { facts: anywhere }, 'unknown'],
    ['in a dual-stack cluster', ipv6, { facts: { ...anywhere, podCidrs: ['10.244.0.0/16', 'fd00::/48'] } }, 'unknown'],
    ['in an IPv4 cluster', ipv6, {}, 'no'],
    ['in an IPv6 cluster', ipv6, { facts: { ...anywhere, podCidrs: ['fd00::/48'], ipv6: true } }, 'no'],
    ['for IPv4 alone', () => ({ kind: 'external', host: '203.0.113.7' }), { facts: anywhere }, 'no'],
    [
      'unless Istio is told',
      ipv6,
      {
        facts: anywhere,
        annotations: { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_DUAL_STACK: "true" }' },
      },
      'no',
    ],
  ])('is possible %s', (_, to, setup, expected) => {
    expect(dial(to, {}, setup).unruledIpv6).toBe(expected);
  });
});

describe('annotated ranges', () => {
  const ranges = (cidrs: string[], unreadable: string[] = [], everything = false) => ({
    cidrs,
    unreadable,
    everything,
  });
  const ten = ['10.1.0.0/16'];
  const both = ['10.1.0.0/16', 'fd00:1::/64'];

  test.each<[string, ReturnType<typeof ranges>, string[], string]>([
    ['everything', ranges([], [], true), ten, 'yes'],
    ['nothing', ranges([]), ten, 'no'],
    ['nothing, of no address', ranges([]), [], 'no'],
    ['it', ranges(['10.0.0.0/8']), ten, 'yes'],
    ['part of it', ranges(['10.1.0.0/24']), ten, 'unknown'],
    ['others', ranges(['10.2.0.0/16']), ten, 'no'],
    ['something that nobody can read', ranges([], ['ten']), ten, 'unknown'],
    ['others, and something that nobody can read', ranges(['10.2.0.0/16'], ['ten']), ten, 'unknown'],
    ['it, and something that nobody can read', ranges(['10.0.0.0/8'], ['ten']), ten, 'yes'],
    ['an IPv6 range', ranges(['fd00:1::/64']), ['fd00:1::/64'], 'yes'],
  ])('may contain %s', (_, list, to, expected) => {
    expect(inRanges(list, { ...dial(vendor), to: addressSet(to) })).toBe(expected);
  });

  test.each<[string, ReturnType<typeof ranges>, string[], string]>([
    ['it', ranges(['fd00:1::/64']), ['fd00:1::/64'], 'unknown'],
    ['IPv4 addresses', ranges(['10.0.0.0/8']), ['10.1.0.0/16'], 'yes'],
    ['other IPv6 addresses', ranges(['fd00:2::/64']), both, 'no'],
    ['part of it', ranges(['10.0.0.0/8', 'fd00:1::/64']), both, 'unknown'],
    ['other IPv4 addresses', ranges(['10.2.0.0/16']), both, 'no'],
    ['others of both families', ranges(['10.2.0.0/16', 'fd00:2::/64']), both, 'no'],
  ])('with IPv6 that may have no rules may contain %s', (_, list, to, expected) => {
    expect(inRanges(list, { ...dial(vendor), to: addressSet(to), unruledIpv6: 'unknown' })).toBe(expected);
  });
});

test('any port may be the one asked for', () => {
  expect(isPort(dial(vendor), 8080)).toBe('yes');
  expect(isPort(dial(vendor), 53)).toBe('no');
  expect(isPort(dial(vendor, { port: null }), 53)).toBe('unknown');
});
