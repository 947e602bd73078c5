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

function pair(client: Labels, server: object, facts: Partial<PlanFacts>, portName = 'tcp-app'): World {
  return world(
    [
      deployment('shop/client', { labels: client }),
      deployment('shop/app', server),
      service('shop/app', { port: 8080, name: portName }),
    ],
    facts,
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
  const rows: Row[] = [
    ...ELSEWHERE.map(([to, destination, options]): Row => [to, found, destination, options]),
    ['itself', found, { kind: 'loopback', workload: workload(found, 'shop/client') }],
    ['UDP', found, toPods(found, 'shop/app'), { protocol: 'UDP' }],
    ['merged metrics', found, toPods(found, 'shop/app'), { port: 15020 }],
    ['merged metrics with TLS', found, toPods(found, 'shop/app'), { port: 15020, tls: 'app' }],
    ['a port that the Service lacks', found, toService(found, 'shop/app'), { port: 81 }],
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
  const vendor: Destination = { kind: 'external', host: 'vendor.example' };
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
    ['nothing, but there is no mesh', pair({}, {}, anywhere), { kind: 'service', namespace: 'far', name: 'away' }],
  ];
  expect(reasons(rows)).toMatchFile(golden('unknown'));
});

test.each(['kubelet', 'kube-apiserver'] as const)('the %s is told why', (kind) => {
  const client: Client = { kind };
  const text = Object.entries(SERVERS).map(([server, stage]) => {
    const found = stage(BARE);
    const to = kind === 'kubelet' ? toPods(found, 'shop/app') : toService(found, 'shop/app');
    return `${server}: ${reasonOf(found, { ...connection(workload(found, 'shop/client'), to), client })}`;
  });
  expect(text.join('\n')).toMatchFile(golden(kind));
});
