import { isIPv4 } from 'node:net';
import { array, assert, integer, oneof, property, record, tuple } from 'fast-check';
import type { Destination } from '../../../src/plan/connection';
import { addressSet, dialledAddresses, within } from '../../../src/plan/verdicts/addresses';
import { contains } from '../../../src/private/cidr';
import type { PlanFacts } from '../../../src/plan/world';
import { pods, service, worldWith } from './network-policy/builders';

const FACTS: Partial<PlanFacts> = {
  podCidrs: ['10.244.0.0/16'],
  nodeCidrs: ['10.10.0.0/16'],
  serviceCidrs: ['10.96.0.0/16'],
  apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: [], ports: [443] },
};

function dialled(destination: Destination, facts: Partial<PlanFacts> = FACTS) {
  return dialledAddresses(worldWith({}, facts), destination);
}

describe('a set of addresses', () => {
  const octet = integer({ min: 0, max: 3 });
  const ipv4 = tuple(octet, octet).map(([a, b]) => `10.0.${a}.${b}`);
  const ipv6 = tuple(octet, octet).map(([a, b]) => (a === 0 ? `fd00::${b}` : `fd00::${a}:${b}`));
  const address = oneof(ipv4, ipv6);
  const range = tuple(address, integer({ min: 0, max: 12 })).map(
    ([ip, bits]) => `${ip}/${(isIPv4(ip) ? 32 : 128) - bits}`,
  );
  const ranges = array(range, { maxLength: 4 });

  test('holds an address exactly if a range does and no exception', () => {
    assert(
      property(record({ cidrs: ranges, except: ranges, address }), ({ cidrs, except, address: ip }) => {
        const expected = contains(cidrs, ip) && !contains(except, ip);
        const host = `${ip}/${isIPv4(ip) ? 32 : 128}`;
        expect(within(addressSet([host]), cidrs) === 'yes' && within(addressSet([host]), except) !== 'yes').toBe(
          expected,
        );
        const set = addressSet(cidrs, except);
        expect(set.ranges.length > 0 && within(set, [host]) !== 'no').toBe(expected);
      }),
    );
  });

  test('lies within ranges that together cover it, and within none of its exceptions', () => {
    assert(
      property(record({ cidrs: ranges, except: ranges }), ({ cidrs, except }) => {
        const set = addressSet(cidrs, except);
        if (set.ranges.length === 0) return;
        expect(within(set, cidrs)).toBe('yes');
        expect(within(set, except)).toBe('no');
      }),
    );
  });

  test.each([
    ['two halves', ['10.0.0.0/8'], ['10.0.0.0/9', '10.128.0.0/9'], 'yes'],
    ['one half', ['10.0.0.0/8'], ['10.0.0.0/9'], 'unknown'],
    ['a neighbour', ['10.0.0.0/9'], ['10.128.0.0/9'], 'no'],
    ['every IPv6 address, asked about IPv4', ['10.0.0.0/8'], ['::/0'], 'no'],
    ['both families', ['10.0.0.0/8', 'fd00::/8'], ['0.0.0.0/0', '::/0'], 'yes'],
    ['a range with host bits', ['10.1.2.3/8'], ['10.0.0.0/8'], 'yes'],
    ['an IPv6 range that ends in an IPv4 address', ['64:ff9b::10.0.0.1/128'], ['64:ff9b::a00:0/104'], 'yes'],
    ['no range', ['10.0.0.0/8'], [], 'no'],
  ] as const)('is compared with %s', (_, set, cidrs, expected) => {
    expect(within(addressSet(set), cidrs)).toBe(expected);
  });

  test('is the same however it is written', () => {
    expect(addressSet(['2001:db8:0:0:0:0:0:1/128'])).toEqual(addressSet(['2001:db8::1/128']));
    expect(addressSet(['10.2.0.0/16', '10.1.0.0/16', '10.3.0.0/16'])).toEqual(
      addressSet(['10.1.0.0/16', '10.2.0.0/15']),
    );
    expect(addressSet(['10.0.0.0/30'], ['10.0.0.3/32'])).toEqual(addressSet(['10.0.0.0/31', '10.0.0.2/32']));
  });

  test('without any address is unknown', () => {
    expect(within(addressSet([]), ['0.0.0.0/0'])).toBe('unknown');
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'fd00::/129',
    'fe80::1%eth0/64',
    'no/1',
    '/',
    '10.0.0.0/8x',
    '10.0.0.0/x8',
  ])('is not known to be outside of %p, which is no range', (malformed) => {
    const set = addressSet(['10.0.0.0/8']);
    expect(within(set, [malformed])).toBe('unknown');
    expect(within(set, [malformed, '10.0.0.0/8'])).toBe('yes');
    expect(addressSet([malformed]).ranges).toEqual([]);
  });

  test('is not known to be outside of what is no range, with IPv6 either', () => {
    expect(within(addressSet(['fd00::/8']), ['nonsense'])).toBe('unknown');
  });
});

describe('what the kernel of the client sees', () => {
  test('of a Service is its cluster IP', () => {
    const known = dialled({
      kind: 'service',
      namespace: 'a',
      name: 'b',
      service: service('a/b', { clusterIps: ['10.96.7.7'] }),
    });
    expect(within(known, ['10.96.7.7/32'])).toBe('yes');
  });

  test('of a Service without known address is a Service address, and never the one of the API server', () => {
    const unknown = dialled({ kind: 'service', namespace: 'a', name: 'b' });
    expect(within(unknown, ['10.96.0.0/16'])).toBe('yes');
    expect(within(unknown, ['10.96.0.1/32', '10.244.0.0/16', '10.10.0.0/16'])).toBe('no');
    expect(within(unknown, ['10.96.0.0/24'])).toBe('unknown');
  });

  test('of a Service is anything but pods and nodes where the range of Services is unknown', () => {
    const unknown = dialled({ kind: 'service', namespace: 'a', name: 'b' }, { ...FACTS, serviceCidrs: [] });
    expect(within(unknown, ['10.244.0.0/16', '10.10.0.0/16', '10.96.0.1/32', '127.0.0.0/8'])).toBe('no');
    expect(within(unknown, ['10.96.0.0/16'])).toBe('unknown');
    expect(within(unknown, ['0.0.0.0/0'])).toBe('yes');
  });

  test('of a headless Service are the addresses of its pods', () => {
    const selector = { app: 'b' };
    const headless = service('a/b', { headless: true, clusterIps: ['None'], selector });
    const destination: Destination = { kind: 'service', namespace: 'a', name: 'b', service: headless };
    expect(within(dialled(destination), ['10.244.0.0/16'])).toBe('yes');
    const onNodes = worldWith({ workloads: [pods('a/b', selector, { hostNetwork: true })] }, FACTS);
    expect(within(dialledAddresses(onNodes, destination), ['10.10.0.0/16'])).toBe('yes');
    const byHand: Destination = { ...destination, service: { ...headless, selector: undefined } };
    expect(within(dialled(byHand), ['10.244.0.0/16'])).toBe('unknown');
    expect(within(dialled(byHand), ['0.0.0.0/0'])).toBe('yes');
  });

  test.each([
    ['a pod', { kind: 'workload', workload: pods('a/b') }, ['10.244.0.0/16']],
    [
      'pods that nobody described',
      { kind: 'pods', pods: { name: 'x', labels: {}, dataPlane: 'unknown' } },
      ['10.244.0.0/16'],
    ],
    [
      'a pod by its address',
      { kind: 'pods', pods: { name: '10.244.3.4', labels: {}, dataPlane: 'unknown' } },
      ['10.244.3.4/32'],
    ],
    ['a Service by its address', { kind: 'service', namespace: '', name: '10.96.3.4' }, ['10.96.3.4/32']],
    [
      'a pod on the network of its node',
      { kind: 'workload', workload: pods('a/b', {}, { hostNetwork: true }) },
      ['10.10.0.0/16'],
    ],
    ['the pod itself', { kind: 'loopback', workload: pods('a/b') }, ['127.0.0.0/8', '::1/128']],
    ['the kubelet', { kind: 'kubelet' }, ['10.10.0.0/16']],
    ['the API server', { kind: 'kubernetes-api' }, ['10.96.0.1/32']],
    ['istiod', { kind: 'istiod', namespace: 'istio-system' }, ['10.96.0.0/16']],
    ['DNS', { kind: 'dns' }, ['10.96.0.0/16']],
    ['an address outside', { kind: 'external', host: '203.0.113.7' }, ['203.0.113.7/32']],
    ['an IPv6 address outside', { kind: 'external', host: '2001:db8::7' }, ['2001:db8::/32']],
    ['a name outside', { kind: 'external', host: 'vendor.example' }, ['0.0.0.0/0']],
  ] satisfies [string, Destination, string[]][])('of %s lies in the declared range', (_, destination, cidrs) => {
    expect(within(dialled(destination), cidrs)).toBe('yes');
  });

  test.each([
    ['pods', { kind: 'workload', workload: pods('a/b') }, ['10.96.0.0/16'], ['10.10.0.0/16']],
    ['nodes', { kind: 'kubelet' }, ['10.96.0.0/16'], ['192.168.0.0/16']],
    ['the API server', { kind: 'kubernetes-api' }, ['127.0.0.0/8'], ['10.96.0.0/16']],
  ] satisfies [string, Destination, string[], string[]][])(
    'of %s is unknown without facts, but for what they cannot be',
    (_, destination, never, perhaps) => {
      const set = dialled(destination, { serviceCidrs: destination.kind === 'kubernetes-api' ? [] : ['10.96.0.0/16'] });
      expect(within(set, never)).toBe('no');
      expect(within(set, perhaps)).toBe('unknown');
      expect(within(set, ['0.0.0.0/0'])).toBe('yes');
    },
  );

  test('of a name outside is no address of the cluster, of the node or of nobody', () => {
    const cluster = ['10.244.0.0/16', '10.10.0.0/16', '10.96.0.0/16', '127.0.0.0/8', '169.254.0.0/16', '::/0'];
    expect(within(dialled({ kind: 'external', host: 'vendor.example' }), cluster)).toBe('no');
    expect(within(dialled({ kind: 'external', host: 'vendor.example' }), ['203.0.113.0/24'])).toBe('unknown');
  });

  test('of a name outside can be of both families in a dual-stack cluster, and of IPv6 alone in an IPv6 cluster', () => {
    const name: Destination = { kind: 'external', host: 'vendor.example' };
    const dual = dialled(name, { podCidrs: ['10.244.0.0/16', 'fd00::/48'] });
    expect(within(dual, ['0.0.0.0/0'])).toBe('unknown');
    expect(within(dual, ['0.0.0.0/0', '::/0'])).toBe('yes');
    expect(within(dialled(name, { podCidrs: ['fd00::/48'], ipv6: true }), ['::/0'])).toBe('yes');
  });

  test('of a name outside is IPv6 where only the range of Services tells', () => {
    const name: Destination = { kind: 'external', host: 'vendor.example' };
    expect(within(dialled(name, { serviceCidrs: ['fd00::/112'] }), ['::/0'])).toBe('yes');
    expect(within(dialled(name, { serviceCidrs: ['10.96.0.0/16'] }), ['0.0.0.0/0'])).toBe('yes');
  });

  test.each([['0.0.0.0/8'], ['127.0.0.0/8'], ['224.0.0.0/3'], ['::/127'], ['ff00::/8']])(
    'of a name outside is not in %s',
    (nobody) => {
      const set = dialled({ kind: 'external', host: 'vendor.example' }, { podCidrs: ['10.0.0.0/8', 'fd00::/48'] });
      expect(within(set, [nobody])).toBe('no');
    },
  );

  test('of the pod itself are both of its loopback addresses', () => {
    expect(dialled({ kind: 'loopback', workload: pods('a/b') })).toEqual(addressSet(['127.0.0.1/32', '::1/128']));
  });

  test('of pods is not an endpoint of the API server, although it may be in the range of the nodes', () => {
    const among = (endpoint: string, podCidrs: string[] = []) =>
      within(
        dialled(
          { kind: 'workload', workload: pods('a/b') },
          {
            ...{ podCidrs, ipv6: endpoint.includes(':') },
            apiServer: { serviceIps: [], endpointCidrs: [endpoint], ports: [443] },
          },
        ),
        [endpoint],
      );
    expect(among('192.0.2.4/32')).toBe('no');
    expect(among('192.0.2.0/24')).toBe('unknown');
    expect(among('2001:db8::4/128')).toBe('no');
    expect(among('2001:db8::/120')).toBe('unknown');
    expect(among('2001:db8::/32')).toBe('unknown');
  });

  test('of istiod is the address of its Service, where that is described', () => {
    const istiod = service('istio-system/istiod', { clusterIps: ['10.96.8.8'] });
    const described = worldWith({ services: [istiod] }, FACTS);
    const set = dialledAddresses(described, { kind: 'istiod', namespace: 'istio-system' });
    expect(within(set, ['10.96.8.8/32'])).toBe('yes');
  });

  test('of an ExternalName is what the name stands for', () => {
    const alias = service('a/b', { externalName: 'vendor.example' });
    const set = dialled({ kind: 'service', namespace: 'a', name: 'b', service: alias });
    expect(within(set, ['10.96.0.0/16', '10.244.0.0/16'])).toBe('no');
  });

  test('of DNS includes servers on the node and the declared address of kube-dns', () => {
    const nodeLocal = { peer: { kind: 'cidr', cidr: '169.254.20.10/32' }, port: 53 } as const;
    const kubeDns = service('kube-system/kube-dns', { clusterIps: ['10.96.0.10'] });
    const world = worldWith({ services: [kubeDns] }, { ...FACTS, dns: [nodeLocal] });
    const set = dialledAddresses(world, { kind: 'dns' });
    expect(within(set, ['169.254.20.10/32', '10.96.0.10/32'])).toBe('yes');
    expect(within(set, ['169.254.20.10/32'])).toBe('unknown');
  });
});
