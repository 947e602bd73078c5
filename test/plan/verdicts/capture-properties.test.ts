import { BlockList, isIPv4 } from 'node:net';
import {
  array,
  assert,
  boolean,
  constantFrom,
  type Arbitrary,
  integer,
  option,
  property,
  record,
  subarray,
} from 'fast-check';
import type { Connection, Destination } from '../../../src/plan/connection';
import type { Labels } from '../../../src/plan/inventory';
import { type Capture, captureOf, type CaptureResult } from '../../../src/plan/verdicts/capture';
import type { PlanFacts } from '../../../src/plan/world';
import {
  cluster,
  connection,
  deployment,
  INJECTED,
  mesh,
  NODES,
  PODS,
  SERVICES,
  workload,
  world,
} from './mesh-builders';

/** One connection of a pod as the kernel sees it. */
interface Packet {
  readonly tcp: boolean;
  readonly ip: string;
  readonly port: number;
  readonly uid: number;
  /** Leaves through `lo`. */
  readonly local: boolean;
  readonly nameserver: boolean;
}

interface Rules {
  readonly includePorts: readonly number[];
  /** Undefined: not annotated. */
  readonly excludePorts: readonly number[] | undefined;
  readonly includeRanges: '*' | readonly string[];
  readonly excludeRanges: readonly string[];
  readonly dns: boolean;
  readonly allDns: boolean;
  readonly mode: 'REDIRECT' | 'TPROXY' | 'NONE';
}

/** The rules of istio `tools/istio-iptables/pkg/capture/run.go` from top to bottom; the first row that matches decides. */
function kernel(rules: Rules, packet: Packet, cni: boolean): CaptureResult {
  const { ip, port, uid, local, tcp } = packet;
  const proxy = uid === 1337;
  const excluded = rules.excludePorts ?? (cni ? [15020] : []);
  const included = rules.includeRanges;
  const rows: [boolean, CaptureResult][] = [
    [rules.mode === 'NONE', 'direct'],
    /* 1 */ [excluded.includes(port), 'direct'],
    /* 3 */ [
      proxy && local && tcp && !/^127\.0\.0\.1$|^::1$/.test(ip) && port !== 15008 && !(rules.dns && port === 53),
      'envoy-inbound',
    ],
    /* 4 */ [!proxy && local && (!rules.dns || (tcp && port !== 53)) && !hasLoopback(included), 'direct'],
    /* 5 */ [proxy, 'direct'],
    /* 7 */ [rules.dns && port === 53 && (cni || rules.allDns || packet.nameserver), 'agent-dns'],
    /* 8 */ [ip === '127.0.0.1' || ip === '::1', 'direct'],
    /* 9 */ [inside(rules.excludeRanges, ip), 'direct'],
    /* 10 */ [tcp && rules.includePorts.includes(port), 'envoy-outbound'],
    /* 11 */ [tcp && included === '*', 'envoy-outbound'],
    /* 12 */ [tcp && included !== '*' && inside(included, ip), 'envoy-outbound'],
  ];
  return rows.find(([matches]) => matches)?.[1] ?? 'direct';
}

function hasLoopback(included: Rules['includeRanges']): boolean {
  return included !== '*' && included.some((cidr) => inside(['127.0.0.0/8'], cidr.split('/')[0]!));
}

function inside(cidrs: readonly string[], ip: string): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) list.addSubnet(cidr.split('/')[0]!, Number(cidr.split('/')[1]), family(cidr));
  return list.check(ip, family(ip));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address.split('/')[0]!) ? 'ipv4' : 'ipv6';
}

const PORTS = [53, 80, 443, 4317, 8080, 9090, 10250, 15008, 15012, 15020];
const RANGES = [PODS, NODES, SERVICES, '10.244.3.0/24', '10.96.0.1/32', '203.0.113.0/24', '0.0.0.0/0', '127.0.0.0/8'];
const ADDRESSES = ['10.244.3.4', '10.244.9.9', '10.10.0.4', '10.96.0.1', '10.96.7.7', '203.0.113.9', '198.51.100.1'];

const rules: Arbitrary<Rules> = record({
  includePorts: subarray(PORTS),
  excludePorts: option(subarray(PORTS, { maxLength: 3 }), { nil: undefined }),
  includeRanges: constantFrom<Rules['includeRanges']>('*', [], [SERVICES], [PODS, '203.0.113.0/24'], ['127.0.0.0/8']),
  excludeRanges: subarray(RANGES, { maxLength: 3 }),
  dns: boolean(),
  allDns: boolean(),
  mode: constantFrom('REDIRECT', 'REDIRECT', 'REDIRECT', 'TPROXY', 'NONE'),
});

function annotationsOf(written: Rules): Labels {
  const { includePorts, excludePorts, includeRanges, excludeRanges, dns, allDns, mode } = written;
  const metadata = { ISTIO_META_DNS_CAPTURE: String(dns), CAPTURE_ALL_DNS: String(allDns) };
  return {
    'traffic.sidecar.istio.io/includeOutboundPorts': includePorts.join(','),
    ...(excludePorts && { 'traffic.sidecar.istio.io/excludeOutboundPorts': excludePorts.join(',') }),
    'traffic.sidecar.istio.io/includeOutboundIPRanges': includeRanges === '*' ? '*' : includeRanges.join(','),
    'traffic.sidecar.istio.io/excludeOutboundIPRanges': excludeRanges.join(','),
    'sidecar.istio.io/interceptionMode': mode,
    'proxy.istio.io/config': JSON.stringify({ proxyMetadata: metadata }),
  };
}

function captured(
  written: Rules,
  facts: Partial<PlanFacts>,
  uid: number,
  to: (pod: ReturnType<typeof workload>) => Destination,
  options: Partial<Connection>,
): Capture {
  const spec = { securityContext: { runAsUser: uid } };
  const found = world(
    [deployment('shop/client', { labels: INJECTED, annotations: annotationsOf(written), spec })],
    facts,
  );
  const pod = workload(found, 'shop/client');
  return captureOf(found, pod, connection(pod, to(pod), options));
}

const dials = record({
  ip: constantFrom(...ADDRESSES),
  port: constantFrom(...PORTS),
  tcp: boolean(),
  uid: constantFrom(1000, 1000, 1000, 1337),
});
const pods = (name: string): Destination => ({ kind: 'pods', pods: { name, labels: {}, dataPlane: 'unknown' } });

test('a connection whose address is known goes where the kernel’s table sends it', () => {
  assert(
    property(rules, dials, boolean(), (written, { ip, port, tcp, uid }, cni) => {
      const expected = kernel(written, { ip, port, tcp, uid, local: false, nameserver: false }, cni);
      const protocol = tcp ? 'TCP' : 'UDP';
      const got = captured(written, cluster({ istioCni: cni }), uid, () => pods(ip), { port, protocol });
      // Which servers /etc/resolv.conf names is not known.
      const other = kernel(written, { ip, port, tcp, uid, local: false, nameserver: true }, cni);
      expect(got.result).toBe(expected === other ? expected : 'conditional');
      expect(new Set(got.possible)).toEqual(new Set([expected, other]));
    }),
    { numRuns: 600 },
  );
});

test('so does a connection to the pod itself', () => {
  assert(
    property(rules, dials, boolean(), (written, { port, tcp, uid }, cni) => {
      const expected = kernel(written, { ip: '127.0.0.1', port, tcp, uid, local: true, nameserver: false }, cni);
      const protocol = tcp ? 'TCP' : 'UDP';
      const loopback = (pod: ReturnType<typeof workload>): Destination => ({ kind: 'loopback', workload: pod });
      const got = captured(written, cluster({ istioCni: cni }), uid, loopback, { port, protocol });
      expect(got.possible).toContain(expected);
      if (!written.dns) expect(got.result).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

/** What a cluster file may leave out, and everything that it may then be. */
const unknowns: [string, Partial<PlanFacts>, Destination, string[], boolean[]][] = [
  ['who writes the rules', { ...cluster(), mesh: undefined }, pods('10.244.3.4'), ['10.244.3.4'], [false, true]],
  ['which pod', cluster(), pods('some'), ['10.244.3.4', '10.244.9.9', '10.244.0.1'], [false]],
  ['where pods are', { mesh: mesh() }, pods('some'), ['10.244.3.4', '10.10.0.4', '192.168.1.1'], [false]],
  [
    'which Service',
    cluster(),
    { kind: 'service', namespace: 'far', name: 'away' },
    ['10.96.7.7', '10.96.255.1'],
    [false],
  ],
  [
    'where a host is',
    cluster(),
    { kind: 'external', host: 'vendor.example' },
    ['203.0.113.9', '198.51.100.1'],
    [false],
  ],
  ['where nodes are', { mesh: mesh() }, { kind: 'kubelet' }, ['10.10.0.4', '172.16.3.3'], [false]],
  ['anything', {}, { kind: 'external', host: 'vendor.example' }, ['203.0.113.9', '198.51.100.1'], [false, true]],
];

describe('what the plan says of a set of connections holds for each of them', () => {
  test.each(unknowns)('%s', (_, facts, to, addresses, installers) => {
    const port = option(constantFrom(...PORTS), { nil: null });
    assert(
      property(
        rules,
        port,
        boolean(),
        array(integer({ min: 1, max: 65535 }), { maxLength: 3 }),
        (written, dialled, tcp, more) => {
          const got = captured(written, facts, 1000, () => to, { port: dialled, protocol: tcp ? 'TCP' : 'UDP' });
          const ports = dialled === null ? [...PORTS, ...more] : [dialled];
          const outcomes = addresses.flatMap((ip) =>
            installers.flatMap((cni) =>
              [true, false].flatMap((nameserver) =>
                ports.map((each) => kernel(written, { ip, port: each, tcp, uid: 1000, local: false, nameserver }, cni)),
              ),
            ),
          );
          expect(got.possible).toEqual(expect.arrayContaining([...new Set(outcomes)]));
          expect(got.result === 'conditional').toBe(got.possible.length > 1);
        },
      ),
      { numRuns: 150 },
    );
  });
});
