import type { Connection, Destination } from '../../../src/plan/connection';
import type { Labels } from '../../../src/plan/inventory';
import { captureOf } from '../../../src/plan/verdicts/capture';
import type { PlanFacts } from '../../../src/plan/world';
import {
  cluster,
  connection,
  deployment,
  HEADLESS,
  INJECTED,
  mesh,
  NODES,
  PODS,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

const TRAFFIC = 'traffic.sidecar.istio.io';
/** ADR 26, without exclusions. */
const ADR: Labels = { [`${TRAFFIC}/includeOutboundPorts`]: '9090', [`${TRAFFIC}/includeOutboundIPRanges`]: '' };

const OTHERS = [
  deployment('shop/target'),
  service('shop/target', { port: 9090 }, { clusterIP: '10.96.7.7' }),
  service('shop/headless', { port: 9090 }, { ...HEADLESS, selector: { app: 'target' } }),
];

interface Setup {
  readonly annotations?: Labels;
  readonly spec?: Record<string, unknown>;
  readonly facts?: Partial<PlanFacts>;
}

type To = (found: ReturnType<typeof world>) => Destination;

function capture(
  { annotations = ADR, spec = {}, facts = cluster() }: Setup,
  to: To,
  options: Partial<Connection> = {},
) {
  const client = deployment('shop/client', { labels: INJECTED, annotations, spec });
  const found = world([client, ...OTHERS], facts);
  const pod = workload(found, 'shop/client');
  return captureOf(found, pod, connection(pod, to(found), { port: 9090, ...options }));
}

const backend: To = (found) => toService(found, 'shop/target');
const headless: To = (found) => toService(found, 'shop/headless');
const foreign: To = (found) => toService(found, 'far/away');
const target: To = (found) => toPods(found, 'shop/target');
const ownPods: To = (found) => toPods(found, 'shop/client');
const itself: To = (found) => ({ kind: 'loopback', workload: workload(found, 'shop/client') });
const apiServer: To = () => ({ kind: 'kubernetes-api' });
const kubelet: To = () => ({ kind: 'kubelet' });
const dns: To = () => ({ kind: 'dns' });
const istiod: To = () => ({ kind: 'istiod', namespace: 'istio-system' });
const vendor: To = () => ({ kind: 'external', host: 'vendor.example' });
const EXCLUDED_PODS = { ...ADR, [`${TRAFFIC}/excludeOutboundIPRanges`]: PODS };

describe('includeOutboundPorts "9090", includeOutboundIPRanges ""', () => {
  test.each<[string, To, Partial<Connection>, string]>([
    ['backend by cluster IP on 9090', backend, {}, 'envoy-outbound'],
    ['scrape target by pod IP on 9090', target, {}, 'envoy-outbound'],
    ['any address on 8080', target, { port: 8080 }, 'direct'],
    ['API server on 443', apiServer, { port: 443 }, 'direct'],
    ['kubelet on 10250', kubelet, { port: 10250 }, 'direct'],
    ['istiod on 15014', istiod, { port: 15014 }, 'direct'],
    ['the pod itself on 9090', itself, {}, 'direct'],
    ['DNS by UDP', dns, { port: 53, protocol: 'UDP' }, 'direct'],
    ['DNS by TCP', dns, { port: 53 }, 'direct'],
    ['the sidecar itself to istiod on 15012', istiod, { port: 15012, dialler: 'proxy' }, 'direct'],
    ['the sidecar itself to anything on 9090', target, { dialler: 'proxy' }, 'direct'],
  ])('%s', (_, to, options, result) => {
    expect(capture({}, to, options)).toMatchObject({ result, possible: [result] });
  });

  test('with excludeOutboundPorts "9090", too, nothing is captured', () => {
    const annotations = { ...ADR, [`${TRAFFIC}/excludeOutboundPorts`]: '9090' };
    expect([backend, target].map((to) => capture({ annotations }, to).result)).toEqual(['direct', 'direct']);
  });

  test('with excludeOutboundIPRanges of the pods, targets go direct and backends do not', () => {
    const annotations = EXCLUDED_PODS;
    expect([backend, target, headless].map((to) => capture({ annotations }, to).result)).toEqual([
      'envoy-outbound',
      'direct',
      'direct',
    ]);
  });

  test('with DNS capture the agent answers, whatever the lists say', () => {
    const annotations = { ...ADR, 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }' };
    for (const protocol of ['TCP', 'UDP'] as const) {
      expect(capture({ annotations }, dns, { port: 53, protocol }).result).toBe('agent-dns');
    }
    const excluded = { ...annotations, [`${TRAFFIC}/excludeOutboundPorts`]: '53' };
    expect(capture({ annotations: excluded }, dns, { port: 53 }).result).toBe('direct');
  });

  test('the sidecar’s own connection to its pod meets its inbound side, unless it is 127.0.0.1', () => {
    expect(capture({}, itself, { dialler: 'proxy' }).possible).toEqual(['envoy-inbound', 'direct']);
    expect(capture({}, itself, { dialler: 'proxy', port: 15008 }).result).toBe('direct');
  });
});

describe('the rules one by one', () => {
  test.each<[string, Setup, To, Partial<Connection>, string, RegExp]>([
    ['by default everything is captured', { annotations: {} }, vendor, { port: 443 }, 'envoy-outbound', /"\*"/],
    ['but UDP is not', { annotations: {} }, vendor, { port: 443, protocol: 'UDP' }, 'direct', /TCP only/],
    [
      'port 443 captures the API server',
      { annotations: { ...ADR, [`${TRAFFIC}/includeOutboundPorts`]: '443' } },
      apiServer,
      { port: 443 },
      'envoy-outbound',
      /port 443/,
    ],
    [
      'ranges capture by address',
      { annotations: { [`${TRAFFIC}/includeOutboundIPRanges`]: '10.96.0.0/16' } },
      backend,
      {},
      'envoy-outbound',
      /lies in includeOutboundIPRanges/,
    ],
    [
      'and not what lies elsewhere',
      { annotations: { [`${TRAFFIC}/includeOutboundIPRanges`]: '10.96.0.0/16' } },
      target,
      {},
      'direct',
      /neither/,
    ],
    [
      'excluded ranges win over "*"',
      { annotations: { [`${TRAFFIC}/excludeOutboundIPRanges`]: `${PODS},${NODES}` } },
      kubelet,
      { port: 10250 },
      'direct',
      /excludeOutboundIPRanges/,
    ],
    [
      'interceptionMode NONE makes the rest inert',
      { annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' } },
      vendor,
      {},
      'direct',
      /NONE/,
    ],
    [
      'an application that runs as the sidecar’s user bypasses it',
      { annotations: {}, spec: { securityContext: { runAsUser: 1337 } } },
      vendor,
      {},
      'direct',
      /user and group/,
    ],
    [
      'so does one in its group',
      { annotations: {}, spec: { securityContext: { runAsGroup: 1337 } } },
      vendor,
      {},
      'direct',
      /user and group/,
    ],
    [
      'a supplementary group does not',
      { annotations: {}, spec: { securityContext: { fsGroup: 1337 } } },
      vendor,
      {},
      'envoy-outbound',
      /"\*"/,
    ],
    [
      'the pod itself is not captured, even if its range is included',
      { annotations: { [`${TRAFFIC}/includeOutboundIPRanges`]: '127.0.0.0/8' } },
      itself,
      {},
      'direct',
      /itself/,
    ],
  ])('%s', (_, setup, to, options, result, why) => {
    const found = capture(setup, to, options);
    expect(found.result).toBe(result);
    expect(found.why).toMatch(why);
  });
});

describe('who writes the rules', () => {
  const init = cluster({ istioCni: false });
  const cni = cluster({ istioCni: true });
  const DNS = { ...ADR, 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }' };
  const ALL_DNS = {
    ...ADR,
    'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true", CAPTURE_ALL_DNS: "true" }',
  };
  const DISABLED = { 'proxy.istio.io/config': 'proxyMetadata: { DISABLE_ENVOY: "true" }' };
  const GROUPS = { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_OUTBOUND_OWNER_GROUPS: "101" }' };
  const results = (annotations: Labels, to: To, options: Partial<Connection>) =>
    [init, cni, { mesh: undefined }].map((facts) => capture({ annotations, facts: facts }, to, options).result);

  test.each<[string, Labels, To, Partial<Connection>, string[]]>([
    [
      'DNS to another server than the pod’s',
      DNS,
      vendor,
      { port: 53, protocol: 'UDP' },
      ['conditional', 'agent-dns', 'conditional'],
    ],
    ['DNS to the pod’s server', DNS, dns, { port: 53, protocol: 'UDP' }, ['agent-dns', 'agent-dns', 'agent-dns']],
    [
      'DNS to any server, if istio-init is told',
      ALL_DNS,
      vendor,
      { port: 53, protocol: 'UDP' },
      ['agent-dns', 'agent-dns', 'agent-dns'],
    ],
    ['port 15020', {}, vendor, { port: 15020 }, ['envoy-outbound', 'direct', 'conditional']],
    [
      'port 15020, when exclusions are annotated',
      { [`${TRAFFIC}/excludeOutboundPorts`]: '1' },
      vendor,
      { port: 15020 },
      ['envoy-outbound', 'envoy-outbound', 'envoy-outbound'],
    ],
    ['DISABLE_ENVOY', DISABLED, vendor, { port: 443 }, ['envoy-outbound', 'direct', 'conditional']],
    ['exempt groups', GROUPS, vendor, { port: 443 }, ['conditional', 'envoy-outbound', 'conditional']],
    ['anything else', {}, vendor, { port: 443 }, ['envoy-outbound', 'envoy-outbound', 'envoy-outbound']],
  ])('%s: istio-init, istio-cni, unknown', (_, annotations, to, options, expected) => {
    expect(results(annotations, to, options)).toEqual(expected);
  });

  test('the condition is what is not known', () => {
    const why = (annotations: Labels, options: Partial<Connection>, facts: Partial<PlanFacts> = {}): string =>
      capture({ annotations, facts }, vendor, options).why;
    const answers = 'the DNS proxy of the sidecar answers if DNS capture (ISTIO_META_DNS_CAPTURE) is on';
    expect(why(DNS, { port: 53, protocol: 'UDP' })).toBe(
      `${answers} and its server is one of /etc/resolv.conf, otherwise it bypasses the sidecar`,
    );
    expect(why(ALL_DNS, { port: null, protocol: 'UDP' }, init)).toBe(
      `${answers} and its port is 53, otherwise it bypasses the sidecar`,
    );
    expect(why(GROUPS, { port: 443 })).toBe(
      'it bypasses the sidecar if ISTIO_OUTBOUND_OWNER_GROUPS exempts the group of the process with istio-init, otherwise the sidecar takes it',
    );
    expect(why(DISABLED, { port: 443 })).toBe(
      'it bypasses the sidecar if DISABLE_ENVOY is set, which means no rules with istio-cni, otherwise the sidecar takes it',
    );
    expect(why({ ...DNS, [`${TRAFFIC}/excludeInterfaces`]: 'net1' }, { port: 53 }, init)).toBe(
      `it bypasses the sidecar if it leaves through an interface of excludeInterfaces, ${answers} and its server is one of /etc/resolv.conf, otherwise it bypasses the sidecar`,
    );
  });

  test('the condition names the installer', () => {
    expect(capture({ annotations: {}, facts: {} }, vendor, { port: 15020 }).why).toBe(
      'it bypasses the sidecar if port 15020 is in excludeOutboundPorts with istio-cni, otherwise the sidecar takes it',
    );
  });
});

describe('what is not known stays a condition, in words', () => {
  test('any port', () => {
    expect(capture({}, target, { port: null })).toEqual({
      result: 'conditional',
      possible: ['envoy-outbound', 'direct'],
      why: 'the sidecar takes it if its port is 9090 (includeOutboundPorts), otherwise it bypasses the sidecar',
    });
    expect(capture({ annotations: EXCLUDED_PODS }, target, { port: null }).result).toBe('direct');
  });

  test('any port of many', () => {
    const why = (count: number): string => {
      const list = Array.from({ length: count }, (_, i) => i + 1).join(',');
      return capture({ annotations: { ...ADR, [`${TRAFFIC}/includeOutboundPorts`]: list } }, target, { port: null })
        .why;
    };
    expect(why(10)).toContain('its port is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 (includeOutboundPorts)');
    expect(why(11)).toContain('its port is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and others (includeOutboundPorts)');
  });

  test('addresses that nobody declared', () => {
    const found = capture({ annotations: EXCLUDED_PODS, facts: { mesh: mesh() } }, target);
    expect(found).toMatchObject({ result: 'conditional', possible: ['direct', 'envoy-outbound'] });
    expect(found.why).toMatch(/^it bypasses the sidecar if the destination lies in excludeOutboundIPRanges, otherwise/);
    expect(capture({ annotations: ADR, facts: { mesh: mesh() } }, target).result).toBe('envoy-outbound');
  });

  test('a Service that nobody describes has an address of the Service range', () => {
    expect(capture({ annotations: EXCLUDED_PODS }, foreign).result).toBe('envoy-outbound');
  });

  test('another pod of the same workload, or the pod itself', () => {
    expect(capture({}, ownPods).why).toMatch(/if the destination is the pod itself, otherwise the sidecar takes it/);
    expect(capture({}, ownPods, { port: 8080 }).result).toBe('direct');
  });

  test.each(['127.0.0.0/8', '::1/128'])('which does not matter where the range %s is included', (range) => {
    const annotations = { ...ADR, [`${TRAFFIC}/includeOutboundIPRanges`]: range };
    expect(capture({ annotations }, ownPods).result).toBe('envoy-outbound');
  });

  test('which matters where only the range of pods is included', () => {
    const annotations = { [`${TRAFFIC}/includeOutboundIPRanges`]: PODS };
    expect(capture({ annotations }, ownPods).result).toBe('conditional');
  });

  test('a value that stages of Istio read differently', () => {
    const annotations = { ...ADR, [`${TRAFFIC}/includeOutboundPorts`]: '9000:9100' };
    const found = capture({ annotations }, target);
    expect(found.why).toMatch(/if Istio takes "9000:9100" in includeOutboundPorts for port 9090/);
    expect(found.result).toBe('conditional');
  });

  test('one container of several that runs as the sidecar’s user', () => {
    const spec = { containers: [{ name: 'a', securityContext: { runAsUser: 1337 } }, { name: 'b' }] };
    expect(capture({ spec }, target).result).toBe('conditional');
  });

  test('excluded interfaces', () => {
    const annotations = { ...ADR, [`${TRAFFIC}/excludeInterfaces`]: 'net1' };
    expect(capture({ annotations }, target).why).toMatch(/if it leaves through an interface of excludeInterfaces/);
  });

  test('IPv6 of a dual-stack pod that is not told so', () => {
    const facts = { ...cluster(), podCidrs: [PODS, 'fd00:10:244::/56'] };
    const found = capture({ facts }, vendor);
    expect(found).toMatchObject({ result: 'conditional', possible: ['direct', 'envoy-outbound'] });
    expect(found.why).toMatch(/by IPv6/);
    const told = { ...ADR, 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_DUAL_STACK: "true" }' };
    expect(capture({ facts, annotations: told }, vendor).result).toBe('envoy-outbound');
    expect(capture({ facts }, backend).result).toBe('envoy-outbound');
    const excluded = { ...ADR, [`${TRAFFIC}/excludeOutboundIPRanges`]: `${PODS},fd00:10:244::/56` };
    // nftables captures by port and knows no IPv6 exclusion then.
    expect(capture({ facts, annotations: excluded }, target).possible).toContain('envoy-outbound');
  });
});
