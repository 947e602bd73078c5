import { type Arbitrary, assert, boolean, constantFrom, property, record, tuple } from 'fast-check';
import type { Connection, Destination } from '../../../src/plan/connection';
import type { Labels } from '../../../src/plan/inventory';
import type { Flow } from '../../../src/plan/result';
import { judge } from '../../../src/plan/verdicts';
import type { PlanFacts, World } from '../../../src/plan/world';
import {
  AMBIENT,
  BARE,
  cluster,
  connection,
  deployment,
  HEADLESS,
  INJECTED,
  istio,
  mesh,
  namespace,
  peerAuthentication,
  PODS,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

/** A cluster as it is: what a cluster file would say about it. */
const modes = constantFrom<'STRICT' | 'PERMISSIVE' | 'DISABLE'>('STRICT', 'PERMISSIVE', 'DISABLE');
const clusters = record({
  mode: modes,
  registryOnly: boolean(),
  istioCni: boolean(),
  namespaceLabels: constantFrom<Labels>({}, { 'istio-injection': 'enabled' }, { 'istio.io/dataplane-mode': 'ambient' }),
});

const labels = constantFrom<Labels>({}, INJECTED, BARE, AMBIENT, { 'sidecar.istio.io/inject': 'false' });
const annotations = constantFrom<Labels>(
  {},
  { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '', 'traffic.sidecar.istio.io/includeOutboundPorts': '8080' },
  { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': PODS, 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' },
  {
    'traffic.sidecar.istio.io/includeInboundPorts': '',
    'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }',
  },
);
interface Scene {
  readonly client: { readonly labels: Labels; readonly annotations: Labels };
  readonly server: { readonly labels: Labels; readonly annotations: Labels };
  readonly other: Labels;
  readonly portName: string;
  readonly headless: boolean;
  readonly policy: string | undefined;
  readonly rule: string | undefined;
}

const scenes: Arbitrary<Scene> = record({
  client: record({ labels, annotations }),
  server: record({ labels, annotations }),
  other: labels,
  portName: constantFrom('http', 'tcp', 'web'),
  headless: boolean(),
  policy: constantFrom(undefined, 'STRICT', 'DISABLE'),
  rule: constantFrom(undefined, 'DISABLE', 'ISTIO_MUTUAL', 'SIMPLE'),
});

const connections = record({
  to: constantFrom('service', 'pods', 'unknown pods', 'vendor', 'api', 'dns', 'itself'),
  tls: constantFrom<Connection['tls']>('none', 'app', 'istio-cert', 'unknown'),
  port: constantFrom<number | null>(8080, 8080, 8080, 443, 53, 15090, null),
  protocol: constantFrom<Connection['protocol']>('TCP', 'TCP', 'TCP', 'UDP'),
  application: constantFrom<Connection['application']>('http', 'tcp'),
});

function manifests({ client, server, other, portName, headless, policy, rule }: Scene) {
  const selector = { tier: 'backend' };
  return [
    deployment('shop/client', client),
    deployment('shop/app', { ...server, labels: { ...server.labels, ...selector } }),
    deployment('shop/other', { labels: { ...other, ...selector } }),
    service('shop/app', { port: 8080, name: portName }, { selector, ...(headless && HEADLESS) }),
    ...(policy
      ? [peerAuthentication('shop/app', { selector: { matchLabels: { app: 'app' } }, mtls: { mode: policy } })]
      : []),
    ...(rule ? [istio('DestinationRule', 'shop/app', { host: 'app', trafficPolicy: { tls: { mode: rule } } })] : []),
  ];
}

function destination(found: World, to: string): Destination {
  switch (to) {
    case 'service':
      return toService(found, 'shop/app');
    case 'pods':
      return toPods(found, 'shop/app');
    case 'unknown pods':
      return { kind: 'pods', pods: { name: 'pods', namespace: 'shop', labels: { app: 'app' }, dataPlane: 'unknown' } };
    case 'vendor':
      return { kind: 'external', host: 'vendor.example' };
    case 'api':
      return { kind: 'kubernetes-api' };
    case 'dns':
      return { kind: 'dns' };
    default:
      return { kind: 'loopback', workload: workload(found, 'shop/client') };
  }
}

type Asked = Pick<Connection, 'tls' | 'port' | 'protocol' | 'application'> & { readonly to: string };

function flowIn(scene: Scene, facts: Partial<PlanFacts>, extra: ReturnType<typeof namespace>[], asked: Asked): Flow {
  const { to, ...options } = asked;
  const found = world([...manifests(scene), ...extra], facts);
  return judge(found, connection(workload(found, 'shop/client'), destination(found, to), options)).flow;
}

/** What is known must not change when more is known. */
function expectRefined(rough: Flow, exact: Flow): void {
  if (rough.verdict !== 'unknown' && rough.verdict !== 'broken') expect(exact.verdict).toBe(rough.verdict);
  // `broken` also stands for refused in one case and broken in another.
  if (rough.verdict === 'broken') expect(['refused', 'broken']).toContain(exact.verdict);
  if (rough.encryption !== 'unknown') expect(exact.encryption).toBe(rough.encryption);
  if (rough.path !== 'conditional') expect(exact.path).toBe(rough.path);
}

test('without a cluster file nothing is claimed that a cluster file could refute', () => {
  assert(
    property(scenes, clusters, connections, (scene, { mode, registryOnly, istioCni, namespaceLabels }, asked) => {
      const facts = cluster({ mtls: mode, registryOnly, istioCni });
      const exact = flowIn(scene, facts, [namespace('shop', namespaceLabels)], asked);
      expectRefined(flowIn(scene, {}, [], asked), exact);
      expectRefined(flowIn(scene, {}, [namespace('shop', namespaceLabels)], asked), exact);
    }),
    { numRuns: 400 },
  );
});

test('nor with a cluster file that leaves out addresses', () => {
  assert(
    property(scenes, clusters, connections, (scene, { mode, registryOnly, istioCni, namespaceLabels }, asked) => {
      const known = { mtls: mode, registryOnly, istioCni };
      const extra = [namespace('shop', namespaceLabels)];
      const exact = flowIn(scene, cluster(known), extra, asked);
      expectRefined(flowIn(scene, { mesh: mesh(known) }, extra, asked), exact);
    }),
    { numRuns: 200 },
  );
});

test('what is said of any TLS and of any port of an application holds for each', () => {
  assert(
    property(
      scenes,
      clusters,
      connections,
      tuple(constantFrom<Connection['tls']>('none', 'app'), constantFrom(8080, 9090, 443)),
      (scene, { mode, registryOnly }, asked, [tls, port]) => {
        const facts = cluster({ mtls: mode, registryOnly });
        const rough = flowIn(scene, facts, [], {
          ...asked,
          tls: 'unknown',
          port: null,
        });
        expectRefined(rough, flowIn(scene, facts, [], { ...asked, tls, port: asked.to === 'service' ? 8080 : port }));
      },
    ),
    { numRuns: 300 },
  );
});

test('every row has a reason in sentences', () => {
  assert(
    property(scenes, clusters, connections, boolean(), (scene, { mode, registryOnly }, asked, declared) => {
      const facts = declared ? cluster({ mtls: mode, registryOnly }) : {};
      const { why } = flowIn(scene, facts, [], asked);
      expect(why).toMatch(/^[A-Z].*\.$/);
      expect(why).not.toMatch(/undefined|null|\.\.| {2}| ,|: :/);
    }),
    { numRuns: 200 },
  );
});
