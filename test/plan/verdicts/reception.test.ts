import type { Connection } from '../../../src/plan/connection';
import type { Labels } from '../../../src/plan/inventory';
import { judge } from '../../../src/plan/verdicts';
import type { PlanFacts } from '../../../src/plan/world';
import {
  AMBIENT,
  BARE,
  cluster,
  connection,
  deployment,
  INJECTED,
  istio,
  judged,
  peerAuthentication,
  PODS,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

type Mode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';
const MODES: Mode[] = ['STRICT', 'PERMISSIVE', 'DISABLE'];

/** A client whose sidecar is passed by on its way to pods, as ADR 26 has it. */
const SCRAPER = { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': PODS };

interface Server {
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** Name of the Service's port, which declares the protocol. */
  readonly portName?: string;
}

function stage(mode: Mode, client: Labels, { labels = INJECTED, annotations = {}, portName = 'tcp-app' }: Server) {
  return world(
    [
      deployment('shop/client', { labels: client, annotations: client === INJECTED ? SCRAPER : {} }),
      deployment('shop/app', { labels, annotations }),
      service('shop/app', { port: 8080, name: portName }),
    ],
    cluster({ mtls: mode }),
  );
}

/** What a client outside the mesh gets, by pod address. */
function outsider(mode: Mode, server: Server, tls: Connection['tls'], port = 8080) {
  const found = stage(mode, BARE, server);
  return judged(found, toPods(found, 'shop/app'), { tls, port });
}

/** What a client with an Istio certificate gets, past its own sidecar. */
function withCertificate(mode: Mode, server: Server, port = 8080) {
  const found = stage(mode, INJECTED, server);
  return judged(found, toPods(found, 'shop/app'), { tls: 'istio-cert', port });
}

/** What a client gets whose sidecar encrypts. */
function meshClient(mode: Mode, server: Server) {
  const found = stage(mode, INJECTED, server);
  return judged(found, toService(found, 'shop/app'), {});
}

const HTTP = { portName: 'http' };
const TCP = { portName: 'tcp' };
const UNCAPTURED = { annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' } };
const NOTHING_CAPTURED = { annotations: { 'traffic.sidecar.istio.io/includeInboundPorts': '' } };

describe('plaintext', () => {
  test.each<[Mode, string]>([
    ['STRICT', 'refused'],
    ['PERMISSIVE', 'works'],
    ['DISABLE', 'works'],
  ])('%s: %s', (mode, verdict) => {
    for (const server of [HTTP, TCP]) expect(outsider(mode, server, 'none')).toBe(`direct none ${verdict}`);
  });

  test('on a port that is not captured, modes do not matter', () => {
    for (const mode of MODES) {
      expect(outsider(mode, UNCAPTURED, 'none')).toBe('direct none works');
      expect(outsider(mode, NOTHING_CAPTURED, 'none')).toBe('direct none works');
    }
  });

  test('nor without a sidecar', () => {
    for (const mode of MODES) expect(outsider(mode, { labels: BARE }, 'none')).toBe('direct none works');
  });
});

describe('mutual TLS of the mesh', () => {
  test.each<[Mode, string]>([
    ['STRICT', 'mesh-mtls works'],
    ['PERMISSIVE', 'mesh-mtls works'],
    // Auto mTLS knows the mode and sends plaintext.
    ['DISABLE', 'none works'],
  ])('%s: %s', (mode, result) => {
    for (const server of [HTTP, TCP]) expect(meshClient(mode, server)).toBe(`sidecar ${result}`);
  });

  test('breaks on a port that is not captured, unless the mode tells clients', () => {
    for (const server of [UNCAPTURED, NOTHING_CAPTURED]) {
      expect(MODES.map((mode) => meshClient(mode, server))).toEqual([
        'sidecar mesh-mtls broken',
        'sidecar mesh-mtls broken',
        'sidecar none works',
      ]);
    }
  });

  test('is not sent to pods without a sidecar', () => {
    for (const mode of MODES) expect(meshClient(mode, { labels: BARE })).toBe('sidecar none works');
  });

  test('nor to pods whose owner has taken the label away', () => {
    const labels = { ...INJECTED, 'security.istio.io/tlsMode': 'disabled' };
    expect(meshClient('STRICT', { labels })).toBe('sidecar none refused');
  });
});

describe('TLS with an Istio certificate of the application', () => {
  test.each<[Mode, Server, string]>([
    ['STRICT', HTTP, 'works'],
    ['STRICT', TCP, 'works'],
    ['PERMISSIVE', HTTP, 'refused'],
    ['PERMISSIVE', TCP, 'broken'],
    ['PERMISSIVE', { portName: 'undeclared' }, 'broken'],
    ['DISABLE', HTTP, 'refused'],
    ['DISABLE', TCP, 'broken'],
    ['STRICT', UNCAPTURED, 'broken'],
    ['PERMISSIVE', NOTHING_CAPTURED, 'broken'],
    ['STRICT', { labels: BARE }, 'broken'],
  ])('%s, %j: %s', (mode, server, verdict) => {
    expect(withCertificate(mode, server)).toBe(`direct istio-cert ${verdict}`);
  });

  test('ends at the sidecar, also for an application that ends TLS itself', () => {
    const found = stage('STRICT', INJECTED, HTTP);
    const { why } = judge(
      found,
      connection(workload(found, 'shop/client'), toPods(found, 'shop/app'), { tls: 'istio-cert' }),
    ).flow;
    expect(why).toContain('the application gets plaintext');
  });
});

describe('TLS of the application', () => {
  test.each<[Mode, Server, string]>([
    ['STRICT', HTTP, 'refused'],
    ['STRICT', TCP, 'refused'],
    ['PERMISSIVE', HTTP, 'refused'],
    ['PERMISSIVE', TCP, 'works'],
    ['DISABLE', HTTP, 'refused'],
    ['DISABLE', TCP, 'works'],
    ['STRICT', UNCAPTURED, 'works'],
    ['STRICT', { labels: BARE }, 'works'],
  ])('%s, %j: %s', (mode, server, verdict) => {
    expect(outsider(mode, server, 'app')).toBe(`direct app-tls ${verdict}`);
  });
});

describe('ports of the sidecar are always plaintext', () => {
  test.each([15020, 15021, 15090])('%d', (port) => {
    for (const mode of MODES) {
      expect(outsider(mode, TCP, 'none', port)).toBe('direct none works');
      expect(withCertificate(mode, TCP, port)).toBe('direct istio-cert broken');
    }
  });

  test('istiod’s 15014, too', () => {
    const found = stage('STRICT', INJECTED, TCP);
    const istiod = { kind: 'istiod', namespace: 'istio-system' } as const;
    expect(judged(found, istiod, { port: 15014 })).toBe('sidecar none works');
    expect(judged(found, istiod, { port: 15014, tls: 'istio-cert' })).toMatch(/broken/);
  });
});

describe('ambient', () => {
  const MIXED: Partial<PlanFacts> = { ...cluster(), mesh: { mode: 'ambient' } };

  function between(
    client: Labels,
    server: Labels,
    mode: Mode | undefined,
    tls: Connection['tls'] = 'none',
    annotations: Labels = {},
  ) {
    const found = world(
      [
        deployment('shop/client', { labels: client, annotations: SCRAPER }),
        deployment('shop/app', { labels: server, annotations }),
        ...(mode ? [peerAuthentication('istio-system/default', { mtls: { mode } })] : []),
      ],
      MIXED,
    );
    return judged(found, toPods(found, 'shop/app'), { tls });
  }

  test('between ambient pods, by pod address too, ztunnel encrypts in every mode', () => {
    for (const mode of [...MODES, undefined]) expect(between(AMBIENT, AMBIENT, mode)).toBe('ztunnel mesh-mtls works');
  });

  test('certificates of the application are harmful', () => {
    expect(between(AMBIENT, AMBIENT, 'STRICT', 'istio-cert')).toBe('ztunnel mesh-mtls broken');
    expect(between(INJECTED, AMBIENT, 'STRICT', 'istio-cert')).toBe('direct istio-cert refused');
    expect(between(INJECTED, AMBIENT, 'PERMISSIVE', 'istio-cert')).toBe('direct istio-cert broken');
  });

  test.each<[Mode, string]>([
    ['STRICT', 'refused'],
    ['PERMISSIVE', 'works'],
    ['DISABLE', 'works'],
  ])('plaintext from outside under %s: %s', (mode, verdict) => {
    expect(between(BARE, AMBIENT, mode)).toBe(`direct none ${verdict}`);
    expect(between(INJECTED, AMBIENT, mode)).toBe(`direct none ${verdict}`);
  });

  test('nothing is known of plaintext from outside where no mode is declared', () => {
    expect(between(BARE, AMBIENT, undefined)).toBe('direct none unknown');
  });

  test.each([
    ['true', 'direct none works'],
    ['1', 'direct none works'],
    ['yes', 'direct none refused'],
  ])('a pod can let connections from outside pass, in a way that Istio reads: %s', (value, row) => {
    const bypass = { 'ambient.istio.io/bypass-inbound-capture': value };
    expect(between(BARE, AMBIENT, 'STRICT', 'none', bypass)).toBe(row);
  });

  test('a sidecar takes HBONE only if somebody says so', () => {
    const hbone = (value: string) => ({
      'proxy.istio.io/config': `proxyMetadata: { ISTIO_META_ENABLE_HBONE: "${value}" }`,
    });
    expect(between(AMBIENT, INJECTED, 'STRICT')).toBe('ztunnel unknown unknown');
    expect(between(AMBIENT, INJECTED, 'PERMISSIVE')).toBe('ztunnel unknown works');
    expect(between(AMBIENT, INJECTED, 'STRICT', 'none', hbone('true'))).toBe('ztunnel mesh-mtls works');
    expect(between(AMBIENT, INJECTED, 'STRICT', 'none', hbone('false'))).toBe('ztunnel none refused');
  });

  test('pods outside the mesh get what the application sends', () => {
    expect(between(AMBIENT, BARE, 'STRICT')).toBe('ztunnel none works');
    expect(between(AMBIENT, BARE, 'STRICT', 'app')).toBe('ztunnel app-tls works');
  });
});

describe('clients that are no pods', () => {
  function asked(kind: 'kubelet' | 'kube-apiserver', server: Server, options: Partial<Connection> = {}) {
    const found = stage('STRICT', BARE, server);
    const request = { ...connection(workload(found, 'shop/client'), toPods(found, 'shop/app')), ...options };
    const { flow } = judge(found, { ...request, client: { kind } });
    return `${flow.from}: ${flow.path} ${flow.encryption} ${flow.verdict} ${flow.targetPort ?? '?'}`;
  }

  test('probes that are rewritten reach the sidecar’s agent, others its Envoy', () => {
    expect(asked('kubelet', {}, { port: 15020 })).toBe('kubelet: direct none works 15020');
    expect(asked('kubelet', {})).toBe('kubelet: sidecar-inbound none refused 8080');
    expect(asked('kubelet', { labels: BARE })).toBe('kubelet: direct none works 8080');
    const elsewhere = { annotations: { 'status.sidecar.istio.io/port': '15099' } };
    expect(asked('kubelet', elsewhere, { port: 15099 })).toBe('kubelet: direct none works 15099');
  });

  test('a probe of a pod that may turn out to have a sidecar will be rewritten then, unless it says no', () => {
    expect(asked('kubelet', { labels: {} })).toBe('kubelet: direct none works 8080');
    const annotations = { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' };
    expect(asked('kubelet', { labels: {}, annotations })).toBe('kubelet: conditional none unknown 8080');
  });

  test('ztunnel lets probes pass, and nobody else', () => {
    expect(asked('kubelet', { labels: AMBIENT })).toBe('kubelet: direct none works 8080');
    expect(asked('kube-apiserver', { labels: AMBIENT }, { tls: 'app' })).toBe(
      'kube-apiserver: ztunnel app-tls refused 8080',
    );
  });

  test('a webhook of an injected pod is refused under STRICT', () => {
    expect(asked('kube-apiserver', TCP, { tls: 'app' })).toBe('kube-apiserver: sidecar-inbound app-tls refused 8080');
    expect(asked('kube-apiserver', UNCAPTURED, { tls: 'app' })).toBe('kube-apiserver: direct app-tls works 8080');
  });

  test('a Service that nobody describes may have a sidecar or not', () => {
    const to = { kind: 'service', namespace: 'far', name: 'away' } as const;
    expect(asked('kube-apiserver', TCP, { to, tls: 'app' })).toBe('kube-apiserver: conditional app-tls unknown ?');
  });

  test('pods of which the data plane is not known may take it or not', () => {
    const pods = { name: 'pods', labels: {}, namespace: 'far', dataPlane: 'unknown' } as const;
    const to = { kind: 'pods', pods } as const;
    expect(asked('kube-apiserver', TCP, { to, tls: 'app' })).toBe('kube-apiserver: conditional app-tls unknown 8080');
  });
});

describe('what the server may be', () => {
  test('under every mode that is possible', () => {
    const found = world(
      [deployment('shop/client', { labels: BARE }), deployment('shop/app', { labels: INJECTED })],
      {},
    );
    expect(judged(found, toPods(found, 'shop/app'))).toBe('direct none unknown');
    const request = connection(workload(found, 'shop/client'), toPods(found, 'shop/app'));
    expect(judge(found, request).flow.why).toContain(
      'It is not known which mutual TLS mode the server has: with mode STRICT it is refused, otherwise it works unencrypted.',
    );
    expect(judge(found, request).serverModes).toEqual(MODES);
  });

  test('known, when all possibilities agree', () => {
    const found = stage('PERMISSIVE', BARE, {});
    const pods = { name: 'pods', labels: {}, namespace: 'shop', dataPlane: 'unknown' } as const;
    expect(judged(found, { kind: 'pods', pods })).toBe('direct none works');
  });

  test('two Services that declare the port differently', () => {
    const manifests = [
      deployment('shop/client', { labels: BARE }),
      deployment('shop/app', { labels: INJECTED }),
      service('shop/app', { name: 'http' }),
      service('shop/other', { name: 'tcp' }, { selector: { app: 'app' } }),
    ];
    const found = world(manifests, cluster());
    expect(judged(found, toPods(found, 'shop/app'), { tls: 'app' })).toBe('direct app-tls unknown');
    expect(judged(found, toPods(found, 'shop/app'), { tls: 'none' })).toBe('direct none works');
  });

  test('a named target port is that of the container', () => {
    const manifests = [
      deployment('shop/client', { labels: BARE }),
      deployment('shop/app', { labels: INJECTED, ports: { web: 9999 } }),
      service('shop/app', { name: 'http', targetPort: 'web' }),
      peerAuthentication('shop/app', {
        selector: { matchLabels: { app: 'app' } },
        portLevelMtls: { 9999: { mode: 'STRICT' } },
      }),
    ];
    const found = world(manifests, cluster());
    expect(judged(found, toService(found, 'shop/app'), { port: 80 })).toBe('direct none refused');
    expect(judged(found, toPods(found, 'shop/app'), { port: 8080 })).toBe('direct none works');
  });

  test.each<[string, Labels, Mode]>([
    ['has no sidecar', BARE, 'STRICT'],
    ['passes everything on', INJECTED, 'DISABLE'],
  ])('a DestinationRule can force mutual TLS on a pod that %s', (_, labels, mtls) => {
    const manifests = [
      deployment('shop/client', { labels: INJECTED }),
      deployment('shop/app', { labels }),
      service('shop/app'),
      istio('DestinationRule', 'shop/app', { host: 'app', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }),
    ];
    const found = world(manifests, cluster({ mtls }));
    expect(judged(found, toService(found, 'shop/app'), { port: 80 })).toBe('sidecar mesh-mtls broken');
  });

  test('pods of other people may have Services that declare their ports', () => {
    const found = world([deployment('shop/client', { labels: BARE })], cluster());
    const pods = { name: 'pods', namespace: 'far', labels: {}, dataPlane: 'sidecar' } as const;
    expect(judged(found, { kind: 'pods', pods }, { tls: 'app' })).toBe('direct app-tls unknown');
  });
});
