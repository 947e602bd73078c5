import { join } from 'node:path';
import { ANY_SERVICE, type Client, type Connection, type Destination } from '../../../src/plan/connection';
import type { Labels } from '../../../src/plan/inventory';
import { clientSide } from '../../../src/plan/verdicts/client';
import { agree } from '../../../src/plan/verdicts/outcome';
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
  namespace,
  peerAuthentication,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

/** What the plan says about connections, reviewed as text. */
const golden = (name: string): string => join(__dirname, `goldens/${name}.txt`);

/** Path, encryption, verdict and causes, then what the client's side does and how it ends. */
function reasonOf(found: World, asked: Connection): string {
  const side = clientSide(found, asked);
  const { encryption, verdict, causes, why } = agree(side.cases);
  return `${side.path}, ${encryption}, ${verdict} (${causes.join(', ')})\n  ${side.why}\n  ${why}\n`;
}

type Row = readonly [name: string, found: World, to: Destination, options?: Partial<Connection>];

function reasons(rows: readonly Row[]): string {
  return rows
    .map(([name, found, to, options]) => {
      return `${name}: ${reasonOf(found, connection(workload(found, 'shop/client'), to, options))}`;
    })
    .join('\n');
}

const UNCAPTURED = { annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' } };
const CLIENTS: Record<string, Labels> = { bare: BARE, 'in a sidecar mesh': INJECTED, ambient: AMBIENT };
const CONTENTS: Record<string, Connection['tls']> = {
  plaintext: 'none',
  TLS: 'app',
  'TLS with the certificate of Istio': 'istio-cert',
};

function pair(client: Labels, server: object, facts: Partial<PlanFacts>, name = 'tcp-app', targetPort = 8080): World {
  return world(
    [
      deployment('shop/client', { labels: client }),
      deployment('shop/app', server),
      service('shop/app', { port: 8080, name, targetPort }),
    ],
    facts,
  );
}

const VENDOR: Destination = { kind: 'external', host: 'vendor.example' };

/** A server in DISABLE, a vendor in the registry, and a DestinationRule for one of them. */
function ruled(client: Labels, rule: object, mode: string): World {
  return world(
    [
      deployment('shop/client', { labels: client }),
      deployment('shop/app', { labels: INJECTED }),
      service('shop/app', { port: 8080, name: 'tcp-app' }),
      istio('ServiceEntry', 'shop/vendor', {
        hosts: ['vendor.example'],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'DNS',
      }),
      istio('DestinationRule', 'shop/rule', { ...rule, trafficPolicy: { tls: { mode } } }),
    ],
    cluster({ mtls: 'DISABLE' }),
  );
}

const strict = cluster({ mtls: 'STRICT' });
const SERVERS: Record<string, (client: Labels) => World> = {
  'a bare pod': (client) => pair(client, { labels: BARE }, strict),
  'a sidecar in STRICT': (client) => pair(client, { labels: INJECTED }, strict),
  'a sidecar in PERMISSIVE': (client) => pair(client, { labels: INJECTED }, cluster()),
  'a sidecar in DISABLE': (client) => pair(client, { labels: INJECTED }, cluster({ mtls: 'DISABLE' })),
  'an HTTP port in PERMISSIVE': (client) => pair(client, { labels: INJECTED }, cluster(), 'http'),
  'an excluded port': (client) => pair(client, { labels: INJECTED, ...UNCAPTURED }, strict),
  'ztunnel in STRICT': (client) => pair(client, { labels: AMBIENT }, strict),
  'ztunnel in PERMISSIVE': (client) => pair(client, { labels: AMBIENT }, cluster()),
};

test.each(Object.entries(CLIENTS))('every server tells a client that is %s why', (name, client) => {
  const rows = Object.entries(SERVERS).flatMap(([server, stage]) => {
    const found = stage(client);
    return Object.entries(CONTENTS).map(([content, tls]): Row => {
      return [`${content} to ${server}`, found, toService(found, 'shop/app'), { tls }];
    });
  });
  expect(reasons(rows)).toMatchFile(golden(`client-${name.replaceAll(' ', '-')}`));
});

const ELSEWHERE: readonly (readonly [string, Destination, Partial<Connection>?])[] = [
  ['the API server', { kind: 'kubernetes-api' }, { port: 443, tls: 'app' }],
  ['the kubelet', { kind: 'kubelet' }, { port: 10250, tls: 'app' }],
  ['istiod', { kind: 'istiod', namespace: 'istio-system' }, { port: 15012, tls: 'app' }],
  ['metrics of istiod', { kind: 'istiod', namespace: 'istio-system' }, { port: 15014 }],
  ['metrics of istiod with TLS', { kind: 'istiod', namespace: 'istio-system' }, { port: 15014, tls: 'app' }],
  ['DNS', { kind: 'dns' }, { port: 53, protocol: 'UDP', application: 'tcp' }],
  ['DNS over TCP', { kind: 'dns' }, { port: 53, application: 'tcp' }],
  ['a vendor', { kind: 'external', host: 'vendor.example' }, { port: 443, tls: 'app' }],
  ['a vendor with the certificate of Istio', { kind: 'external', host: 'vendor.example' }, { tls: 'istio-cert' }],
  ['a Service that nobody describes', { kind: 'service', namespace: 'far', name: 'away' }],
  ['an address that nobody describes', { kind: 'service', namespace: '', name: '10.96.0.9' }],
  ['any Service', { kind: 'service', namespace: '', name: ANY_SERVICE }],
  ['a port of Envoy', { kind: 'external', host: 'vendor.example' }, { port: 15090 }],
];

test.each(Object.entries(CLIENTS))('what is no pod tells a client that is %s why', (name, client) => {
  const found = pair(client, { labels: INJECTED }, strict);
  const bare = pair(client, { labels: BARE }, strict);
  const metrics = pair(client, { labels: INJECTED }, strict, 'http', 15020);
  const mutual = ruled(client, { host: 'app' }, 'ISTIO_MUTUAL');
  const [encrypted, plain] = ['SIMPLE', 'DISABLE'].map((mode) => ruled(client, { host: 'vendor.example' }, mode));
  const rows: Row[] = [
    ...ELSEWHERE.map(([to, destination, options]): Row => [to, found, destination, options]),
    ['itself', found, { kind: 'loopback', workload: workload(found, 'shop/client') }],
    ['UDP', found, toPods(found, 'shop/app'), { protocol: 'UDP' }],
    ['merged metrics', found, toPods(found, 'shop/app'), { port: 15020 }],
    ['merged metrics with TLS', found, toPods(found, 'shop/app'), { port: 15020, tls: 'app' }],
    ['a port that the Service lacks', found, toService(found, 'shop/app'), { port: 81 }],
    ['any port of a pod', found, toPods(found, 'shop/app'), { port: null }],
    ['merged metrics of a bare pod with TLS', bare, toPods(bare, 'shop/app'), { port: 15020, tls: 'app' }],
    ['merged metrics by a Service', metrics, toService(metrics, 'shop/app')],
    ['mutual TLS that nobody expects', mutual, toService(mutual, 'shop/app')],
    ['a vendor that a rule encrypts', encrypted!, VENDOR, { port: 80 }],
    ['a vendor that a rule leaves alone', plain!, VENDOR, { port: 80 }],
  ];
  expect(reasons(rows)).toMatchFile(golden(`elsewhere-${name.replaceAll(' ', '-')}`));
});

test('what is not known is asked for', () => {
  const undescribed = pair({}, {}, {});
  const bare = pair(BARE, {}, {});
  const bareInMesh = pair(BARE, {}, strict);
  const anywhere = { mesh: { mode: 'none' } } as const;
  const behind = (spec: object): World =>
    world(
      [
        deployment('shop/client', { labels: INJECTED }),
        deployment('shop/app', { labels: { ...INJECTED, tier: 'x' } }),
        deployment('shop/other', { labels: { tier: 'x' } }),
        service('shop/app', { port: 8080, name: 'tcp-app' }, { selector: { tier: 'x' }, ...spec }),
      ],
      cluster(),
    );
  const registryOnly = world(
    [
      deployment('shop/client', { labels: INJECTED }),
      istio('Sidecar', 'shop/all', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }),
    ],
    cluster(),
  );
  const hbone = world(
    [
      deployment('shop/client', { labels: AMBIENT }),
      deployment('shop/app', { labels: INJECTED }),
      namespace('shop', { 'istio.io/dataplane-mode': 'ambient' }),
    ],
    {},
  );
  const vendor = VENDOR;
  const anyPort = pair(INJECTED, { labels: INJECTED }, cluster(), 'http');
  const anyTcp = pair(INJECTED, { labels: INJECTED }, cluster());
  const headless = (labels: Labels[], facts = cluster()): World =>
    world(
      [
        deployment('shop/client', { labels: INJECTED }),
        ...labels.map((each, i) => deployment(`shop/app${i}`, { labels: { ...each, tier: 'x' } })),
        service('shop/app', { port: 8080, name: 'tcp-app' }, { ...HEADLESS, selector: { tier: 'x' } }),
      ],
      facts,
    );
  const maybe = headless([{}, {}]);
  const mixed = headless([INJECTED, {}, BARE]);
  const around = headless([INJECTED], strict);
  const strangers: Destination = {
    kind: 'pods',
    pods: { name: 'strangers', namespace: 'shop', labels: {}, dataPlane: 'sidecar' },
  };
  const undecided = pair({}, { labels: AMBIENT }, { mesh: { mode: 'ambient' } });
  const withoutHbone = { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_ENABLE_HBONE: "false" }' };
  const onlyAmbient = world(
    [
      deployment('shop/client', { annotations: withoutHbone }),
      deployment('shop/app', { labels: AMBIENT }),
      service('shop/app', { port: 8080, name: 'tcp-app' }),
      peerAuthentication('istio-system/default', { mtls: { mode: 'STRICT' } }),
    ],
    { mesh: { mode: 'ambient' } },
  );
  const registryMesh = pair({}, {}, cluster({ registryOnly: true }));
  const inboundUnread = pair(
    BARE,
    { labels: INJECTED, annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': 'http' } },
    strict,
  );
  const protocolUnread = world(
    [
      deployment('shop/client', { labels: BARE }),
      deployment('shop/app', { labels: INJECTED }),
      service('shop/a', { port: 8080, name: 'http' }, { selector: { app: 'app' } }),
      service('shop/b', { port: 8080, name: 'tcp' }, { selector: { app: 'app' } }),
    ],
    cluster(),
  );
  const namespaceMode = world(
    [
      deployment('shop/client', { labels: INJECTED }),
      deployment('shop/app', { labels: INJECTED }),
      service('shop/app', { port: 8080, name: 'tcp-app' }),
      peerAuthentication('shop/a', { mtls: { mode: 'DISABLE' } }),
      peerAuthentication('shop/b', { mtls: { mode: 'PERMISSIVE' } }),
      peerAuthentication('shop/app', { selector: { matchLabels: { app: 'app' } }, mtls: { mode: 'STRICT' } }),
    ],
    cluster(),
  );
  const rows: Row[] = [
    ['nothing about a Service', undescribed, toService(undescribed, 'shop/app')],
    ['nothing about a pod', undescribed, toPods(undescribed, 'shop/app')],
    ['nothing, with TLS', undescribed, toPods(undescribed, 'shop/app'), { tls: 'app' }],
    ['nothing about the server', bare, toPods(bare, 'shop/app')],
    ['whether it uses TLS', bare, vendor, { tls: 'unknown' }],
    ['whether it uses TLS towards a server', bareInMesh, toPods(bareInMesh, 'shop/app'), { tls: 'unknown' }],
    ['whether unknown hosts are refused', pair(INJECTED, {}, {}), vendor, { port: 443, tls: 'app' }],
    ['nothing, but that they are', registryOnly, vendor, { port: 443, tls: 'app' }],
    ['which port is dialled', pair(INJECTED, { labels: INJECTED }, strict), vendor, { port: null }],
    ['which pod answers', behind({}), toService(behind({}), 'shop/app')],
    ['which pod of a headless Service answers', behind(HEADLESS), toService(behind(HEADLESS), 'shop/app')],
    ['whether a headless Service is used', behind(HEADLESS), toPods(behind(HEADLESS), 'shop/other'), { port: null }],
    ['whether the sidecar takes HBONE', hbone, toPods(hbone, 'shop/app')],
    ['which port of a Service is dialled', anyPort, toService(anyPort, 'shop/app'), { port: null, tls: 'app' }],
    ['which port of a Service is dialled in plaintext', anyTcp, toService(anyTcp, 'shop/app'), { port: null }],
    ['which pods of a headless Service have a sidecar', maybe, toService(maybe, 'shop/app')],
    ['which of them has one, where another one has none', mixed, toService(mixed, 'shop/app')],
    ['whether a headless Service takes strangers', around, strangers],
    ['which mesh the client is in', undecided, toPods(undecided, 'shop/app')],
    ['whether the client is in ambient', onlyAmbient, toService(onlyAmbient, 'shop/app')],
    ['which mesh the client is in, of UDP', undecided, toPods(undecided, 'shop/app'), { protocol: 'UDP' }],
    ['whether the client has a sidecar', registryMesh, vendor, { port: 443, tls: 'app' }],
    [
      'whether the client has a sidecar, of its port',
      registryMesh,
      toService(registryMesh, 'far/away'),
      { port: 15090 },
    ],
    ['whether the server takes the port', inboundUnread, toPods(inboundUnread, 'shop/app')],
    ['whether the port is HTTP', protocolUnread, toPods(protocolUnread, 'shop/app'), { tls: 'app' }],
    ['which mode the namespace has', namespaceMode, toService(namespaceMode, 'shop/app')],
    ['nothing about a Service and the mesh', bare, { kind: 'service', namespace: 'far', name: 'away' }],
    ['nothing, but there is no mesh', pair({}, {}, anywhere), { kind: 'service', namespace: 'far', name: 'away' }],
  ];
  expect(reasons(rows)).toMatchFile(golden('unknown'));
});

test('every way through a sidecar is told', () => {
  const stage = (annotations: Labels): World =>
    world([deployment('shop/client', { labels: INJECTED, annotations })], cluster({ registryOnly: true }));
  const excluded = stage({ 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '203.0.113.0/24' });
  const dnsCapture = stage({ 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }' });
  const plain = stage({});
  const ownPods: Destination = { kind: 'workload', workload: workload(plain, 'shop/client') };
  const resolver: Destination = { kind: 'external', host: '203.0.113.53' };
  const rows: Row[] = [
    ['past it or through it', excluded, VENDOR, { port: 443, tls: 'app' }],
    ['the DNS proxy', dnsCapture, { kind: 'dns' }, { port: 53, protocol: 'UDP' }],
    ['the DNS proxy or past it', dnsCapture, resolver, { port: 53, protocol: 'UDP' }],
    ['the DNS proxy or through it', dnsCapture, resolver, { port: 53 }],
    ['its inbound side or past it', plain, ownPods, { dialler: 'proxy' }],
    ['its inbound side', plain, { kind: 'loopback', workload: workload(plain, 'shop/client') }, { dialler: 'proxy' }],
  ];
  expect(reasons(rows)).toMatchFile(golden('sidecar'));
});

test('ambient clients use HBONE where the server takes it', () => {
  const tunnel = (value: string): World =>
    pair(AMBIENT, { labels: { ...INJECTED, 'networking.istio.io/tunnel': value } }, strict);
  const strangers = (dataPlane: 'sidecar' | 'ambient'): Destination => ({
    kind: 'pods',
    pods: { name: 'strangers', namespace: 'far', labels: {}, dataPlane },
  });
  const found = pair(AMBIENT, {}, strict);
  const rows: Row[] = [
    ['a sidecar with HBONE', tunnel('http'), toPods(tunnel('http'), 'shop/app')],
    ['a sidecar without HBONE', tunnel('none'), toPods(tunnel('none'), 'shop/app')],
    ['strangers with a sidecar', found, strangers('sidecar')],
    ['strangers in ambient', found, strangers('ambient')],
  ];
  expect(reasons(rows)).toMatchFile(golden('hbone'));
});

test.each(['kubelet', 'kube-apiserver'] as const)('the %s is told why', (kind) => {
  const client: Client = { kind };
  const text = Object.entries(SERVERS).map(([server, stage]) => {
    const found = stage(BARE);
    const to = kind === 'kubelet' ? toPods(found, 'shop/app') : toService(found, 'shop/app');
    return `${server}: ${reasonOf(found, { ...connection(workload(found, 'shop/client'), to), client })}`;
  });
  const others: [string, Partial<PlanFacts>, Destination][] = [
    ['a Service that nobody describes', strict, { kind: 'service', namespace: 'far', name: 'away' }],
    ['a Service that nobody describes, without facts', {}, { kind: 'service', namespace: 'far', name: 'away' }],
    [
      'a Service that nobody describes, without a mesh',
      { mesh: { mode: 'none' } },
      { kind: 'service', namespace: 'far', name: 'away' },
    ],
    ['a vendor', strict, VENDOR],
    [
      'strangers',
      strict,
      { kind: 'pods', pods: { name: 'strangers', namespace: 'far', labels: {}, dataPlane: 'unknown' } },
    ],
  ];
  for (const [name, facts, to] of others) {
    const found = pair(BARE, {}, facts);
    text.push(`${name}: ${reasonOf(found, { ...connection(workload(found, 'shop/client'), to), client })}`);
  }
  expect(text.join('\n')).toMatchFile(golden(kind));
});
