import type { Connection, Destination } from '../../../src/plan/connection';
import { headlessAround, knownHosts } from '../../../src/plan/verdicts/registry';
import { servicesSelecting } from '../../../src/plan/verdicts/selecting-services';
import { type Server, serversOf } from '../../../src/plan/verdicts/server';
import type { World } from '../../../src/plan/world';
import {
  connection,
  deployment,
  HEADLESS,
  INJECTED,
  istio,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

type Scene = Parameters<typeof world>[0];

const CLIENT = deployment('shop/client', { labels: INJECTED });
const vendor: Destination = { kind: 'external', host: 'vendor.example' };

function asked(found: World, to: Destination, options: Partial<Connection> = {}): Connection {
  return connection(workload(found, 'shop/client'), to, options);
}

/** Hosts as `name:port protocol`, and `unknown`. */
function hosts(scene: Scene, to: (found: World) => Destination, options: Partial<Connection> = {}): string[] {
  const found = world([CLIENT, ...scene]);
  return knownHosts(found, workload(found, 'shop/client'), asked(found, to(found), options)).map((host) =>
    host ? `${host.hostname}:${host.port} ${host.protocol}` : 'unknown',
  );
}

const entry = (host: string, port: number, options: object = {}) =>
  istio('ServiceEntry', 'shop/entry', {
    ...{ hosts: [host], ports: [{ number: port, name: 'tls', protocol: 'TLS' }], resolution: 'DNS' },
    ...options,
  });
const only = (...visible: string[]) => istio('Sidecar', 'shop/default', { egress: [{ hosts: visible }] });

describe('the client’s sidecar knows', () => {
  const api = { kind: 'kubernetes-api' } as const;
  const istiod = { kind: 'istiod', namespace: 'istio-system' } as const;

  test.each<[string, Destination, Partial<Connection>, string]>([
    ['the API server', api, { port: 443 }, 'kubernetes.default.svc.cluster.local:443 tcp'],
    ['istiod', istiod, { port: 15012 }, 'istiod.istio-system.svc.cluster.local:15012 tcp'],
    ['DNS', { kind: 'dns' }, { port: 53 }, 'kube-dns.kube-system.svc.cluster.local:53 tcp'],
  ])('%s', (_, to, options, expected) => {
    expect(hosts([], () => to, options)).toEqual([expected]);
    expect(hosts([only('./*')], () => to, options)).toEqual(['unknown']);
  });

  test('neither nodes nor pods by address', () => {
    expect(hosts([], () => ({ kind: 'kubelet' }), { port: 443 })).toEqual(['unknown']);
    expect(hosts([], (found) => toPods(found, 'shop/client'), { port: 443 })).toEqual(['unknown']);
  });

  test('what a ServiceEntry declares, if it is in sight', () => {
    const known = ['vendor.example:8080 tcp'];
    expect(hosts([entry('vendor.example', 8080)], () => vendor)).toEqual(known);
    expect(hosts([entry('vendor.example', 8080), only('./vendor.example')], () => vendor)).toEqual(known);
    expect(hosts([entry('vendor.example', 8080), only('back/*')], () => vendor)).toEqual(['unknown']);
  });

  test('a name by its name, whatever addresses the entry has', () => {
    const byRange = entry('other.example', 8080, { addresses: ['203.0.113.0/24'] });
    expect(hosts([byRange], () => vendor)).toEqual(['unknown']);
    const address: Destination = { kind: 'external', host: '203.0.113.9' };
    expect(hosts([byRange], () => address)).toEqual(['other.example:8080 tcp']);
    expect(hosts([entry('203.0.113.9', 8080, { addresses: ['198.51.100.0/24'] })], () => address)).toEqual([
      '203.0.113.9:8080 tcp',
    ]);
  });
});

describe('where any port may be dialled', () => {
  const any = { port: null };
  const ports = [
    { name: 'http', port: 80 },
    { name: 'tcp', port: 81 },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];

  test('it is any of the Service, or an unknown host', () => {
    expect(hosts([service('shop/app', {}, { ports })], (found) => toService(found, 'shop/app'), any)).toEqual([
      ...['unknown', 'app.shop.svc.cluster.local:80 http', 'app.shop.svc.cluster.local:81 tcp'],
    ]);
    expect(hosts([], (found) => toService(found, 'far/away'), any)).toEqual(['unknown']);
  });

  test('it is any of the ServiceEntries for the name, or an unknown host', () => {
    const entries = [entry('vendor.example', 8443), entry('other.example', 9443)];
    expect(hosts(entries, () => vendor, any)).toEqual(['unknown', 'vendor.example:8443 tcp']);
    expect(hosts(entries, () => ({ kind: 'kubelet' }), any)).toEqual(['unknown']);
  });

  test('it may be the one of the API server', () => {
    expect(hosts([entry('vendor.example', 8443)], () => ({ kind: 'kubernetes-api' }), any)).toEqual([
      ...['unknown', 'kubernetes.default.svc.cluster.local:443 tcp'],
    ]);
  });
});

describe('around a pod that is dialled by its address', () => {
  const around = (to: (found: World) => Destination, options: Partial<Connection>, ...scene: Scene): string[] => {
    const found = world([CLIENT, deployment('shop/app'), ...scene]);
    return headlessAround(found, workload(found, 'shop/client'), asked(found, to(found), options)).map(
      ({ host, takesIt }) => `${host.hostname}:${host.port} ${takesIt}`,
    );
  };
  const app = (found: World): Destination => toPods(found, 'shop/app');
  const headless = (port: Record<string, unknown>, spec: Record<string, unknown> = {}) =>
    service('shop/app', port, { ...HEADLESS, ...spec });
  const HOST = 'app.shop.svc.cluster.local';

  test('are headless Services with the port', () => {
    expect(around(app, {}, headless({ port: 8080, name: 'tcp' }))).toEqual([`${HOST}:8080 yes`]);
    expect(around(app, {}, headless({ port: 8080, name: 'web' }))).toEqual([`${HOST}:8080 yes`]);
    expect(around(app, {}, headless({ port: 80, name: 'tcp' }))).toEqual([]);
    expect(around(app, {}, headless({ port: 8080, name: 'http' }))).toEqual([]);
    expect(around(app, {}, headless({ port: 8080, name: 'tcp', protocol: 'UDP' }))).toEqual([]);
    expect(around(app, {}, service('shop/app', { port: 8080, name: 'tcp' }))).toEqual([]);
    expect(around(app, {}, headless({ port: 8080, name: 'tcp' }), only('back/*'))).toEqual([]);
  });

  test('may be each of its ports where any may be dialled', () => {
    const ports = [
      { name: 'tcp', port: 80 },
      { name: 'tcp-two', port: 81 },
    ];
    expect(around(app, { port: null }, headless({}, { ports }))).toEqual([`${HOST}:80 unknown`, `${HOST}:81 unknown`]);
  });

  test('may take pods of which not all labels are known', () => {
    const strangers = (labels: Record<string, string>) => (): Destination => ({
      kind: 'pods',
      pods: { name: 'strangers', namespace: 'shop', labels, dataPlane: 'sidecar' },
    });
    const tcp = headless({ port: 8080, name: 'tcp' });
    expect(around(strangers({}), {}, tcp)).toEqual([`${HOST}:8080 unknown`]);
    expect(around(strangers({ app: 'app' }), {}, tcp)).toEqual([`${HOST}:8080 yes`]);
    expect(around(strangers({ app: 'other' }), {}, tcp)).toEqual([]);
  });
});

test('the Services that select a server are those that take its labels, or may', () => {
  const found = world([
    CLIENT,
    deployment('shop/app'),
    service('shop/app'),
    service('shop/other'),
    service('back/app'),
  ]);
  const selecting = (server: Server): string[] =>
    servicesSelecting(found, server).map(({ service: { id }, selects }) => `${id} ${selects}`);
  const [described] = serversOf(found, asked(found, toPods(found, 'shop/app')));
  expect(selecting(described!)).toEqual(['Service/shop/app yes']);
  expect(selecting({ ...described!, known: { labels: { app: 'app' }, complete: false } })).toEqual([
    'Service/shop/app yes',
  ]);
  expect(selecting({ ...described!, known: { labels: {}, complete: false } })).toEqual([
    ...['Service/shop/app unknown', 'Service/shop/other unknown'],
  ]);
});
