import type { Connection, Destination } from '../../../src/plan/connection';
import { judge } from '../../../src/plan/verdicts';
import {
  BARE,
  cluster,
  connection,
  deployment,
  HEADLESS,
  INJECTED,
  istio,
  judged,
  peerAuthentication,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

/** Istio intercepts everything by default, which is all that these tests need. */
const CLIENT = deployment('shop/client', { labels: INJECTED });
const SERVER = deployment('shop/app', { labels: INJECTED });
const named = (name: string) => ({ port: 8080, name });
const strict = cluster({ mtls: 'STRICT' });
const vendor = { kind: 'external', host: 'otlp.vendor.example' } as const;

type Scene = Parameters<typeof world>[0];

function causes(
  scene: Scene,
  to: (found: ReturnType<typeof world>) => Destination,
  options: Partial<Connection> = {},
  facts = strict,
) {
  const found = world(scene, facts);
  return judge(found, connection(workload(found, 'shop/client'), to(found), options)).causes;
}

describe('a Service by its cluster IP', () => {
  test.each(['http', 'grpc-otlp', 'tcp', 'https', 'otlp', ''])('named "%s", plaintext: mutual TLS', (name) => {
    const found = world([CLIENT, SERVER, service('shop/app', name === '' ? { port: 8080 } : named(name))], strict);
    expect(judged(found, toService(found, 'shop/app'))).toBe('sidecar mesh-mtls works');
  });

  test.each<[string, Connection['tls'], string]>([
    ['http', 'app', 'sidecar app-tls refused'],
    ['http', 'istio-cert', 'sidecar istio-cert works'],
    ['https', 'app', 'sidecar mesh-mtls works'],
    ['tcp', 'app', 'sidecar mesh-mtls works'],
    ['otlp', 'app', 'sidecar mesh-mtls works'],
    ['tcp', 'istio-cert', 'sidecar mesh-mtls broken'],
    ['https', 'istio-cert', 'sidecar mesh-mtls broken'],
    ['web', 'istio-cert', 'sidecar mesh-mtls broken'],
  ])('named %s, %s TLS under STRICT: %s', (name, tls, result) => {
    const found = world([CLIENT, SERVER, service('shop/app', named(name))], strict);
    expect(judged(found, toService(found, 'shop/app'), { tls })).toBe(result);
  });

  test('double TLS is named as the cause', () => {
    const scene = [CLIENT, SERVER, service('shop/app', named('tcp'))];
    expect(causes(scene, (found) => toService(found, 'shop/app'), { tls: 'istio-cert' })).toEqual(['double-tls']);
  });

  test('bytes that are no HTTP lose the mutual TLS of an HTTP port', () => {
    const found = world([CLIENT, SERVER, service('shop/app', named('http'))], strict);
    expect(judged(found, toService(found, 'shop/app'), { application: 'tcp' })).toBe('sidecar none refused');
    const registry = world([CLIENT, SERVER, service('shop/app', named('http'))], cluster({ registryOnly: true }));
    expect(judged(registry, toService(registry, 'shop/app'), { tls: 'app' })).toBe('sidecar app-tls refused');
  });

  test('the namespace’s mode decides for the client, the port’s for the endpoint', () => {
    const scene = [CLIENT, SERVER, service('shop/app', named('http'))];
    const selector = { matchLabels: { app: 'app' } };
    const port = peerAuthentication('shop/app', { selector, portLevelMtls: { 8080: { mode: 'DISABLE' } } });
    const overruled = [
      peerAuthentication('shop/default', { mtls: { mode: 'DISABLE' } }),
      peerAuthentication('shop/app', { selector, mtls: { mode: 'STRICT' } }),
    ];
    const [open, refused] = [world([...scene, port], strict), world([...scene, ...overruled], strict)];
    expect(judged(open, toService(open, 'shop/app'))).toBe('sidecar none works');
    expect(judged(refused, toService(refused, 'shop/app'))).toBe('sidecar none refused');
  });

  test('a port that the Service does not have', () => {
    const found = world([CLIENT, SERVER, service('shop/app', named('http'))], strict);
    expect(judged(found, toService(found, 'shop/app'), { port: 9 })).toBe('sidecar none broken');
    const { flow } = judge(
      found,
      connection(workload(found, 'shop/client'), toService(found, 'shop/app'), { port: 9 }),
    );
    expect(flow.why).toContain('Service shop/app has no port 9.');
  });

  test('pods that nobody describes get mutual TLS if they can', () => {
    const found = world([CLIENT, service('shop/elsewhere', named('http'))], strict);
    expect(judged(found, toService(found, 'shop/elsewhere'))).toBe('sidecar unknown works');
  });

  test('pods with and without a sidecar behind one Service', () => {
    const selector = { tier: 'backend' };
    const scene = [
      CLIENT,
      deployment('shop/a', { labels: { ...INJECTED, ...selector } }),
      deployment('shop/b', { labels: { ...BARE, ...selector } }),
      service('shop/app', named('http'), { selector }),
    ];
    const found = world(scene, strict);
    expect(judged(found, toService(found, 'shop/app'))).toBe('sidecar unknown works');
    const { flow } = judge(found, connection(workload(found, 'shop/client'), toService(found, 'shop/app')));
    expect(flow.why).toMatch(
      /works with mutual TLS of the mesh.*works unencrypted|works unencrypted.*works with mutual TLS/,
    );
  });
});

describe('a headless Service by name', () => {
  const headless = (name: string) => service('shop/app', named(name), HEADLESS);

  test.each(['http', 'tcp', 'web'])('named %s: mutual TLS if all pods have a sidecar', (name) => {
    const found = world([CLIENT, SERVER, headless(name)], strict);
    expect(judged(found, toService(found, 'shop/app'))).toBe('sidecar mesh-mtls works');
  });

  test('one pod without a sidecar takes it from all', () => {
    const mixed = service('shop/app', named('tcp'), { ...HEADLESS, selector: { tier: 'backend' } });
    const pods = [
      ['a', INJECTED],
      ['b', BARE],
    ] as const;
    const deployments = pods.map(([name, labels]) =>
      deployment(`shop/${name}`, { labels: { ...labels, tier: 'backend' } }),
    );
    const found = world([CLIENT, ...deployments, mixed], strict);
    expect(judged(found, toService(found, 'shop/app'))).toBe('sidecar none unknown');
    const lenient = world([CLIENT, ...deployments, mixed], cluster());
    expect(judged(lenient, toService(lenient, 'shop/app'))).toBe('sidecar none works');
  });

  test('another port than the declared one is an unknown host', () => {
    const found = world([CLIENT, SERVER, headless('tcp')], strict);
    expect(judged(found, toService(found, 'shop/app'), { port: 9 })).toBe('sidecar none refused');
  });
});

describe('an intercepted scrape by pod address', () => {
  const at = (scene: Scene, tls: Connection['tls'], facts = strict) => {
    const found = world(scene, facts);
    return judged(found, toPods(found, 'shop/app'), { tls });
  };

  test.each<[string, Scene]>([
    ['nothing visible on the port', []],
    ['only a Service with a cluster IP', [service('shop/app', named('tcp'))]],
    ['a Service that declares HTTP', [service('shop/app', named('http'))]],
    ['a headless Service that declares HTTP', [service('shop/app', named('http'), HEADLESS)]],
    ['a headless Service on another port', [service('shop/app', { port: 1, name: 'tcp' }, HEADLESS)]],
    ['a headless Service of other pods', [service('shop/app', named('tcp'), { ...HEADLESS, selector: { app: 'x' } })]],
  ])('%s: as if it were direct', (_, services) => {
    const scene = [CLIENT, SERVER, ...services];
    expect(at(scene, 'none')).toBe('sidecar none refused');
    expect(at(scene, 'istio-cert')).toBe('sidecar istio-cert works');
  });

  test.each(['tcp', 'web'])('a headless Service named %s: mutual TLS, and double TLS with certificates', (name) => {
    const scene = [CLIENT, SERVER, service('shop/app', named(name), HEADLESS)];
    expect(at(scene, 'none')).toBe('sidecar mesh-mtls works');
    expect(at(scene, 'istio-cert')).toBe('sidecar mesh-mtls broken');
  });

  test('REGISTRY_ONLY refuses what is in no matching listener', () => {
    const registryOnly = cluster({ registryOnly: true });
    expect(at([CLIENT, SERVER], 'none', registryOnly)).toBe('sidecar none refused');
    expect(at([CLIENT, SERVER, service('shop/app', named('http'))], 'none', registryOnly)).toBe('sidecar none refused');
    expect(at([CLIENT, SERVER], 'istio-cert', registryOnly)).toBe('sidecar istio-cert refused');
    const headless = service('shop/app', named('tcp'), HEADLESS);
    expect(at([CLIENT, SERVER, headless], 'none', registryOnly)).toBe('sidecar mesh-mtls works');
    expect(causes([CLIENT, SERVER], (found) => toPods(found, 'shop/app'), {}, registryOnly)).toEqual([
      'unknown-host-refused',
    ]);
  });

  test.each([15090, 15021])('port %d is the client’s own (istio#31301)', (port) => {
    const found = world([CLIENT, SERVER], cluster());
    expect(judged(found, toPods(found, 'shop/app'), { port })).toBe('sidecar none broken');
    expect(causes([CLIENT, SERVER], (all) => toPods(all, 'shop/app'), { port })).toEqual(['own-envoy-answers']);
  });

  test('a headless Service that may select the pods leaves it open', () => {
    const found = world([CLIENT, SERVER, service('shop/app', named('tcp'), HEADLESS)], strict);
    const pods = { namespace: 'shop', name: 'pods', labels: {}, dataPlane: 'sidecar' } as const;
    expect(judged(found, { kind: 'pods', pods })).toBe('sidecar unknown unknown');
    const others = { ...pods, labels: { app: 'other' } };
    expect(judged(found, { kind: 'pods', pods: others })).toBe('sidecar none refused');
  });
});

describe('DestinationRules win over auto mTLS', () => {
  const rule = (path: string, host: string, tls?: string, spec: Record<string, unknown> = {}) =>
    istio('DestinationRule', path, {
      host,
      ...(tls !== undefined && { trafficPolicy: { tls: { mode: tls } } }),
      ...spec,
    });
  const FULL = 'app.back.svc.cluster.local';
  const scene = [CLIENT, deployment('back/app', { labels: INJECTED }), service('back/app', named('http'))];
  const through = (...rules: Scene) => {
    const found = world([...scene, ...rules], cluster());
    return judged(found, toService(found, 'back/app'));
  };

  test.each<[string, Scene, string]>([
    ['none', [], 'mesh-mtls works'],
    ['of the server’s namespace', [rule('back/r', FULL, 'DISABLE')], 'none works'],
    ['by short name in its own namespace', [rule('back/r', 'app', 'DISABLE')], 'none works'],
    ['by short name elsewhere is another host', [rule('shop/r', 'app', 'DISABLE')], 'mesh-mtls works'],
    [
      'of the client’s namespace before the server’s',
      [rule('shop/r', FULL, 'ISTIO_MUTUAL'), rule('back/r', FULL, 'DISABLE')],
      'mesh-mtls works',
    ],
    [
      'of the client’s namespace, even if silent on TLS',
      [rule('shop/r', FULL), rule('back/r', FULL, 'DISABLE')],
      'mesh-mtls works',
    ],
    [
      'of the server’s namespace before the root’s',
      [rule('istio-system/r', '*', 'DISABLE'), rule('back/r', FULL, 'ISTIO_MUTUAL')],
      'mesh-mtls works',
    ],
    ['of the root namespace', [rule('istio-system/r', '*.local', 'DISABLE')], 'none works'],
    ['of any other namespace', [rule('other/r', FULL, 'DISABLE')], 'mesh-mtls works'],
    ['not exported to the client', [rule('back/r', FULL, 'DISABLE', { exportTo: ['.'] })], 'mesh-mtls works'],
    ['exported to the client by name', [rule('back/r', FULL, 'DISABLE', { exportTo: ['shop'] })], 'none works'],
    [
      'a name before a wildcard',
      [rule('back/w', '*.local', 'DISABLE'), rule('back/r', FULL, 'ISTIO_MUTUAL')],
      'mesh-mtls works',
    ],
    [
      'a long wildcard before a short one',
      [rule('back/a', '*', 'DISABLE'), rule('back/b', '*.back.svc.cluster.local', 'ISTIO_MUTUAL')],
      'mesh-mtls works',
    ],
    [
      'for other clients only',
      [rule('shop/r', FULL, 'DISABLE', { workloadSelector: { matchLabels: { app: 'x' } } })],
      'mesh-mtls works',
    ],
    [
      'for this client',
      [rule('shop/r', FULL, 'DISABLE', { workloadSelector: { matchLabels: { app: 'client' } } })],
      'none works',
    ],
    [
      'for certain clients stays in its namespace',
      [rule('back/r', FULL, 'DISABLE', { workloadSelector: { matchLabels: { app: 'client' } } })],
      'mesh-mtls works',
    ],
    [
      'for this client before others of the same host',
      [
        rule('shop/a', FULL, 'ISTIO_MUTUAL'),
        rule('shop/b', FULL, 'DISABLE', { workloadSelector: { matchLabels: { app: 'client' } } }),
      ],
      'none works',
    ],
    ['the one of two that speaks of TLS', [rule('back/a', FULL), rule('back/b', FULL, 'DISABLE')], 'none works'],
    [
      'a silent name before a wildcard',
      [rule('back/a', FULL), rule('back/w', '*.local', 'DISABLE')],
      'mesh-mtls works',
    ],
    [
      'a name before a wildcard that is longer',
      [rule('back/w', `*${FULL}`, 'DISABLE'), rule('back/r', FULL, 'ISTIO_MUTUAL')],
      'mesh-mtls works',
    ],
    ['a wildcard without a dot', [rule('back/r', '*local', 'DISABLE')], 'none works'],
    ['exported to everybody', [rule('back/r', FULL, 'DISABLE', { exportTo: ['*'] })], 'none works'],
    ['SIMPLE makes the sidecar encrypt as an application would', [rule('back/r', FULL, 'SIMPLE')], 'app-tls refused'],
  ])('%s', (_, rules, result) => {
    expect(through(...rules)).toBe(`sidecar ${result}`);
  });

  test('a port’s mode wins over the rule’s', () => {
    const portLevelSettings = [{ port: { number: 8080 }, tls: { mode: 'ISTIO_MUTUAL' } }];
    const trafficPolicy = { tls: { mode: 'DISABLE' }, portLevelSettings };
    expect(through(istio('DestinationRule', 'back/r', { host: FULL, trafficPolicy }))).toBe('sidecar mesh-mtls works');
  });

  test('of the server’s namespace before the root’s, for a client in the root namespace, too', () => {
    const rules = [rule('istio-system/r', '*', 'DISABLE'), rule('back/r', FULL, 'ISTIO_MUTUAL')];
    const client = deployment('istio-system/client', { labels: INJECTED });
    const found = world([...scene, client, ...rules], cluster());
    const asked = connection(workload(found, 'istio-system/client'), toService(found, 'back/app'));
    expect(judge(found, asked).flow.encryption).toBe('mesh-mtls');
  });

  test('the fix for a port that is not captured', () => {
    const annotations = { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' };
    const uncaptured = [
      CLIENT,
      deployment('back/app', { labels: INJECTED, annotations }),
      service('back/app', named('http')),
    ];
    const [broken, fixed] = [[], [rule('back/r', FULL, 'DISABLE')]].map((rules) =>
      world([...uncaptured, ...rules], strict),
    );
    expect(judged(broken!, toService(broken!, 'back/app'))).toBe('sidecar mesh-mtls broken');
    expect(judged(fixed!, toService(fixed!, 'back/app'))).toBe('sidecar none works');
  });
});

describe('a Sidecar resource narrows what the client knows', () => {
  const scope = (path: string, hosts: string[], spec: Record<string, unknown> = {}) =>
    istio('Sidecar', path, { egress: [{ hosts }], ...spec });
  const scene = [CLIENT, deployment('back/app', { labels: INJECTED }), service('back/app', named('http'))];
  const through = (rule: Scene[number], facts = strict) => {
    const found = world([...scene, rule], facts);
    return judged(found, toService(found, 'back/app'));
  };

  test.each<[string, string[], string]>([
    ['all of the namespace', ['back/*'], 'mesh-mtls works'],
    ['the host', ['back/app.back.svc.cluster.local'], 'mesh-mtls works'],
    ['the host anywhere', ['*/*.back.svc.cluster.local'], 'mesh-mtls works'],
    ['its own namespace only', ['./*'], 'none refused'],
    ['its own namespace and the server’s', ['./*', 'back/*'], 'mesh-mtls works'],
    ['nothing', ['~/*'], 'none refused'],
    ['another host', ['back/x.back.svc.cluster.local'], 'none refused'],
  ])('%s', (_, hosts, result) => {
    expect(through(scope('shop/default', hosts))).toBe(`sidecar ${result}`);
  });

  test.each<[string, string]>([
    ['.', 'mesh-mtls works'],
    ['back', 'none refused'],
  ])('hosts of %s in its own namespace', (wanted, result) => {
    const found = world(
      [CLIENT, SERVER, service('shop/app', named('http')), scope('shop/default', [`${wanted}/*`])],
      strict,
    );
    expect(judged(found, toService(found, 'shop/app'))).toBe(`sidecar ${result}`);
  });

  test.each<[string, Scene[number], string]>([
    [
      'for other workloads',
      scope('shop/x', ['./*'], { workloadSelector: { labels: { app: 'x' } } }),
      'mesh-mtls works',
    ],
    [
      'for this workload',
      scope('shop/x', ['./*'], { workloadSelector: { labels: { app: 'client' } } }),
      'none refused',
    ],
    ['of another namespace', scope('back/default', ['./*']), 'mesh-mtls works'],
    ['of the root namespace', scope('istio-system/default', ['./*']), 'none refused'],
  ])('%s', (_, rule, result) => {
    expect(through(rule)).toBe(`sidecar ${result}`);
  });

  test('can set REGISTRY_ONLY, or take it back', () => {
    const policy = (mode: string) => istio('Sidecar', 'shop/default', { outboundTrafficPolicy: { mode } });
    const to = (rule: Scene[number], registryOnly: boolean) => {
      const found = world([...scene, rule], cluster({ registryOnly }));
      return judged(found, vendor, { tls: 'app', port: 443 });
    };
    expect(to(policy('REGISTRY_ONLY'), false)).toBe('sidecar app-tls refused');
    expect(to(policy('ALLOW_ANY'), true)).toBe('sidecar app-tls works');
  });
});

describe('hosts outside the cluster', () => {
  const entry = (options: Record<string, unknown> = {}) =>
    istio('ServiceEntry', 'shop/vendor', {
      hosts: ['otlp.vendor.example'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'DNS',
      ...options,
    });
  const through = (rules: Scene, options: Partial<Connection> = {}, to: Destination = vendor) => {
    const found = world([CLIENT, ...rules], cluster({ registryOnly: true }));
    return judged(found, to, { tls: 'app', port: 443, ...options });
  };

  test('ALLOW_ANY passes them on as they are', () => {
    const found = world([CLIENT], cluster());
    expect(judged(found, vendor, { tls: 'app', port: 443 })).toBe('sidecar app-tls works');
    expect(judged(found, vendor, { tls: 'none', port: 80 })).toBe('sidecar none works');
  });

  test.each<[string, Scene, string]>([
    ['no ServiceEntry', [], 'refused'],
    ['a ServiceEntry', [entry()], 'works'],
    ['a ServiceEntry with a wildcard', [entry({ hosts: ['*.vendor.example'] })], 'works'],
    ['for another host', [entry({ hosts: ['vendor.example'] })], 'refused'],
    ['for another port', [entry({ ports: [{ number: 8443, name: 'tls', protocol: 'TLS' }] })], 'refused'],
    ['for HTTP', [entry({ ports: [{ number: 443, name: 'http', protocol: 'HTTP' }] })], 'refused'],
    ['not exported to the client', [entry({ exportTo: ['back'] })], 'refused'],
    ['exported to its own namespace', [entry({ exportTo: ['.'] })], 'works'],
  ])('REGISTRY_ONLY with %s', (_, rules, verdict) => {
    expect(through(rules)).toBe(`sidecar app-tls ${verdict}`);
  });

  test('an address belongs to the ServiceEntry with its range', () => {
    const address: Destination = { kind: 'external', host: '203.0.113.9' };
    expect(through([entry({ addresses: ['203.0.113.0/24'] })], {}, address)).toBe('sidecar app-tls works');
    expect(through([entry({ addresses: ['203.0.113.8'] })], {}, address)).toBe('sidecar app-tls refused');
  });

  test('a DestinationRule can make the sidecar encrypt', () => {
    const rule = istio('DestinationRule', 'shop/vendor', {
      host: 'otlp.vendor.example',
      trafficPolicy: { tls: { mode: 'SIMPLE' } },
    });
    const http = entry({ ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] });
    expect(through([http, rule], { tls: 'none', port: 80 })).toBe('sidecar app-tls works');
    expect(through([entry(), rule])).toBe('sidecar app-tls broken');
  });

  test('whether the mesh refuses unknown hosts is not known without facts', () => {
    const found = world([CLIENT], {});
    expect(judged(found, vendor, { tls: 'app', port: 443 })).toBe('sidecar app-tls unknown');
    const { flow } = judge(found, connection(workload(found, 'shop/client'), vendor, { tls: 'app', port: 443 }));
    expect(flow.why).toContain(
      'whether the mesh refuses unknown hosts: if it refuses them (REGISTRY_ONLY) it is refused, if it lets them pass (ALLOW_ANY) it works with the TLS of the application.',
    );
  });

  test('the API server is in every registry, by the name and port of its Service', () => {
    expect(through([], {}, { kind: 'kubernetes-api' })).toBe('sidecar app-tls works');
    expect(through([], { port: 6443 }, { kind: 'kubernetes-api' })).toBe('sidecar app-tls refused');
    expect(through([], { port: 10250 }, { kind: 'kubelet' })).toBe('sidecar app-tls refused');
    expect(through([], { port: 15012 }, { kind: 'istiod', namespace: 'istio-system' })).toBe('sidecar app-tls works');
  });
});
