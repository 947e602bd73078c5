import type { Connection, Destination } from '../../../src/plan/connection';
import type { Labels } from '../../../src/plan/inventory';
import { judge } from '../../../src/plan/verdicts';
import type { World } from '../../../src/plan/world';
import {
  AMBIENT,
  API_IP,
  BARE,
  cluster,
  connection,
  deployment,
  INJECTED,
  judged,
  NODES,
  PODS,
  service,
  toPods,
  toService,
  workload,
  world,
} from './mesh-builders';

const TRAFFIC = 'traffic.sidecar.istio.io';
/** ADR 26 as this library renders it. */
const AGENT: Labels = {
  [`${TRAFFIC}/includeOutboundPorts`]: '443,4317,9090',
  [`${TRAFFIC}/includeOutboundIPRanges`]: '',
  [`${TRAFFIC}/excludeOutboundIPRanges`]: `${PODS},${NODES},${API_IP}/32`,
  [`${TRAFFIC}/excludeInboundPorts`]: '8888',
};
const strict = cluster({ mtls: 'STRICT' });

function platform(facts = strict, annotations: Labels = AGENT): World {
  return world(
    [
      deployment('shop/client', { labels: INJECTED, annotations }),
      deployment('shop/outside', { labels: BARE }),
      deployment('monitoring/prometheus', { labels: INJECTED }),
      service('monitoring/prometheus', { port: 9090, targetPort: 9090, name: 'http-web' }),
      deployment('shop/app', { labels: INJECTED }),
      deployment('shop/bare', { labels: BARE }),
    ],
    facts,
  );
}

describe('the fixed flows', () => {
  const found = platform();
  const vendor: Destination = { kind: 'external', host: 'otlp.vendor.example' };

  test.each<[string, Destination, Partial<Connection>, string]>([
    [
      'agent to a backend in the mesh',
      toService(found, 'monitoring/prometheus'),
      { port: 9090 },
      'sidecar mesh-mtls works',
    ],
    ['agent to a backend outside', vendor, { port: 443, tls: 'app' }, 'sidecar app-tls works'],
    [
      'agent to a target on the port of a backend',
      toPods(found, 'shop/app'),
      { port: 9090, tls: 'istio-cert' },
      'direct istio-cert works',
    ],
    ['agent to a target in plaintext', toPods(found, 'shop/app'), { port: 8080 }, 'direct none refused'],
    ['agent to a target outside the mesh', toPods(found, 'shop/bare'), { port: 8080 }, 'direct none works'],
    ['agent to the API server', { kind: 'kubernetes-api' }, { port: 443, tls: 'app' }, 'direct app-tls works'],
    ['agent to the kubelet', { kind: 'kubelet' }, { port: 10250, tls: 'app' }, 'direct app-tls works'],
    ['agent to DNS', { kind: 'dns' }, { port: 53, protocol: 'UDP', application: 'tcp' }, 'direct none works'],
    [
      'the agent’s sidecar to istiod',
      { kind: 'istiod', namespace: 'istio-system' },
      { port: 15012, tls: 'app', dialler: 'proxy' },
      'direct app-tls works',
    ],
    [
      'agent to itself',
      { kind: 'loopback', workload: workload(found, 'shop/client') },
      { port: 8888 },
      'direct none works',
    ],
  ])('%s', (_, to, options, result) => {
    expect(judged(found, to, options)).toBe(result);
  });

  test('Prometheus outside the mesh reads port 8888 only because it is excluded', () => {
    const captured = { ...AGENT, [`${TRAFFIC}/excludeInboundPorts`]: '' };
    const [open, closed] = [platform(), platform(strict, captured)].map((each) => {
      const request = connection(workload(each, 'shop/outside'), toPods(each, 'shop/client'), { port: 8888 });
      return judge(each, request);
    });
    expect(open).toMatchObject({
      flow: { path: 'direct', encryption: 'none', verdict: 'works' },
      causes: ['accepted'],
    });
    expect(closed).toMatchObject({
      flow: { verdict: 'refused' },
      causes: ['strict-refuses-plaintext'],
      serverModes: ['STRICT'],
    });
  });

  test('mesh clients of the excluded port break', () => {
    const all = world(
      [
        deployment('shop/client', { labels: INJECTED }),
        deployment('shop/agent', { labels: INJECTED, annotations: AGENT }),
        service('shop/agent', { port: 8888, targetPort: 8888 }),
      ],
      strict,
    );
    expect(judged(all, toService(all, 'shop/agent'), { port: 8888 })).toBe('sidecar mesh-mtls broken');
  });
});

describe('the row of a connection', () => {
  const found = platform();
  const row = (to: Destination, options: Partial<Connection> = {}) =>
    judge(found, connection(workload(found, 'shop/client'), to, options)).flow;

  test.each<[string, Destination, object]>([
    [
      'a Service',
      toService(found, 'monitoring/prometheus'),
      { kind: 'service', name: 'prometheus', namespace: 'monitoring' },
    ],
    [
      'a workload',
      toPods(found, 'shop/app'),
      { kind: 'workload', name: 'app', namespace: 'shop', workload: 'Deployment/shop/app' },
    ],
    [
      'pods',
      { kind: 'pods', pods: { name: 'pods of shop', namespace: 'shop', labels: {}, dataPlane: 'sidecar' } },
      { kind: 'pods', name: 'pods of shop', namespace: 'shop', dataPlane: 'sidecar' },
    ],
    [
      'pods anywhere',
      { kind: 'pods', pods: { name: 'pods', labels: {}, dataPlane: 'none' } },
      { kind: 'pods', name: 'pods', dataPlane: 'none' },
    ],
    [
      'the pod itself',
      { kind: 'loopback', workload: workload(found, 'shop/client') },
      { kind: 'workload', name: 'client', namespace: 'shop', workload: 'Deployment/shop/client' },
    ],
    ['the API server', { kind: 'kubernetes-api' }, { kind: 'kubernetes-api', name: 'kubernetes' }],
    ['the kubelet', { kind: 'kubelet' }, { kind: 'kubelet', name: 'node' }],
    [
      'istiod',
      { kind: 'istiod', namespace: 'istio-system' },
      { kind: 'istiod', name: 'istiod', namespace: 'istio-system' },
    ],
    ['DNS', { kind: 'dns' }, { kind: 'dns', name: 'cluster-dns' }],
    ['a host outside', { kind: 'external', host: 'a.example' }, { kind: 'external', name: 'a.example' }],
  ])('names %s', (_, to, target) => {
    expect(row(to).to).toEqual(target);
  });

  test('repeats what the configuration says', () => {
    expect(row(toPods(found, 'shop/app'), { purpose: 'scrape', source: 'a job', port: 9102 })).toMatchObject({
      from: 'Deployment/shop/client',
      ...{ purpose: 'scrape', source: 'a job', protocol: 'TCP', port: 9102, targetPort: 9102, findings: [] },
    });
  });

  test.each<[string, Destination, number | null, number | null]>([
    ['the API server’s endpoints', { kind: 'kubernetes-api' }, 443, 6443],
    ['DNS servers', { kind: 'dns' }, 53, 53],
    ['a Service that nobody describes', toService(found, 'far/away'), 80, null],
    ['any port', toPods(found, 'shop/app'), null, null],
    ['a host outside', { kind: 'external', host: 'a.example' }, 443, 443],
  ])('has the target port of %s', (_, to, port, targetPort) => {
    expect(row(to, { port }).targetPort).toBe(targetPort);
  });

  test('has the target port that all pods of a Service agree on', () => {
    const ports = (path: string, number: number) => deployment(path, { labels: { tier: 'x' }, ports: { web: number } });
    const targets = (...manifests: ReturnType<typeof ports>[]) => {
      const named = service('shop/x', { targetPort: 'web' }, { selector: { tier: 'x' } });
      const all = world([deployment('shop/client'), named, ...manifests], strict);
      return judge(all, connection(workload(all, 'shop/client'), toService(all, 'shop/x'), { port: 80 })).flow
        .targetPort;
    };
    expect(targets(ports('shop/a', 8080))).toBe(8080);
    expect(targets(ports('shop/a', 8080), ports('shop/b', 8080))).toBe(8080);
    expect(targets(ports('shop/a', 8080), ports('shop/b', 9090))).toBeNull();
    expect(targets()).toBeNull();
  });

  test('dials pods of a headless Service on the port that the client names', () => {
    const headless = service('shop/app', { port: 80, targetPort: 8080 }, { clusterIP: 'None' });
    const all = world([deployment('shop/client'), deployment('shop/app'), headless], strict);
    const request = connection(workload(all, 'shop/client'), toService(all, 'shop/app'), { port: 80 });
    expect(judge(all, request).flow.targetPort).toBe(80);
  });
});

describe('a Service that nobody describes', () => {
  test('takes encryption and verdict of a captured connection with it', () => {
    const found = platform();
    expect(judged(found, toService(found, 'far/away'), { port: 9090 })).toBe('sidecar unknown unknown');
    const { flow, causes } = judge(
      found,
      connection(workload(found, 'shop/client'), toService(found, 'far/away'), { port: 9090 }),
    );
    expect(flow.why).toContain('describe Service far/away');
    expect(causes).toEqual(['service-not-described']);
  });

  test('takes only the verdict, where nobody encrypts for the client', () => {
    const found = platform();
    expect(judged(found, toService(found, 'far/away'), { port: 80 })).toBe('direct none unknown');
    expect(judged(found, toService(found, 'far/away'), { port: 80, tls: 'app' })).toBe('direct app-tls unknown');
  });

  test('is reached in a cluster without a mesh', () => {
    const found = world([deployment('shop/client')], { mesh: { mode: 'none' } });
    expect(judged(found, toService(found, 'far/away'), { port: 80 })).toBe('direct none works');
  });

  test('can be described by the facts', () => {
    const described = (dataPlane: 'sidecar' | 'none' | 'ambient') => {
      const away = { namespace: 'far', name: 'away', podLabels: { app: 'away' }, headless: false, clusterIps: [] };
      const facts = { ...strict, services: [{ ...away, ports: [{ port: 9090, targetPort: 9090 }], dataPlane }] };
      const found = platform(facts);
      return judged(found, toService(found, 'far/away'), { port: 9090 });
    };
    expect(described('sidecar')).toBe('sidecar mesh-mtls works');
    expect(described('none')).toBe('sidecar none works');
    expect(described('ambient')).toBe('sidecar unknown unknown');
  });
});

describe('what depends on the unknown', () => {
  test('a client whose data plane is not known', () => {
    const found = world([deployment('shop/client'), deployment('shop/app', { labels: BARE })], strict);
    expect(judged(found, toPods(found, 'shop/app'))).toBe('conditional none works');
    const { flow } = judge(found, connection(workload(found, 'shop/client'), toPods(found, 'shop/app')));
    expect(flow.why).toMatch(/^The data plane of the client is not known: whether namespace shop is labelled/);
  });

  test('a condition of capture that does not matter for the verdict', () => {
    const found = platform({ mesh: strict.mesh! });
    const vendor = { kind: 'external', host: 'vendor.example' } as const;
    expect(judged(found, vendor, { port: 443, tls: 'app' })).toBe('conditional app-tls works');
    const { flow } = judge(found, connection(workload(found, 'shop/client'), vendor, { port: 443, tls: 'app' }));
    expect(flow.why).toMatch(
      /^It depends: it bypasses the sidecar if .*, otherwise the sidecar takes it\. The server is outside/,
    );
  });

  test('TLS of the client that a setting decides', () => {
    const found = platform(cluster());
    expect(judged(found, toPods(found, 'shop/bare'), { tls: 'unknown' })).toBe('direct unknown works');
    const { flow } = judge(
      found,
      connection(workload(found, 'shop/client'), toPods(found, 'shop/bare'), { tls: 'unknown' }),
    );
    expect(flow.why).toMatch(/It is not known whether the client uses TLS/);
  });

  test('refused in one case and broken in the other does not work in any', () => {
    const pods = { name: 'pods', namespace: 'shop', labels: {}, dataPlane: 'sidecar' } as const;
    const found = platform(cluster());
    expect(judged(found, { kind: 'pods', pods }, { tls: 'istio-cert' })).toBe('direct istio-cert broken');
  });

  test('everything, without facts; then the reason stays short', () => {
    const found = platform({});
    const pods = { name: 'pods', labels: {}, dataPlane: 'unknown' } as const;
    const request = connection(workload(found, 'shop/client'), { kind: 'pods', pods }, { tls: 'unknown', port: null });
    const { flow } = judge(found, request);
    expect(flow).toMatchObject({ path: 'conditional', encryption: 'unknown', verdict: 'unknown' });
    expect(flow.why.length).toBeLessThan(1200);
  });
});

describe('the reason', () => {
  const found = platform();
  const why = (to: Destination, options: Partial<Connection> = {}) =>
    judge(found, connection(workload(found, 'shop/client'), to, options)).flow.why;

  test('says who takes the connection, who encrypts, and what NetworkPolicy thinks of it', () => {
    expect(why(toService(found, 'monitoring/prometheus'), { port: 9090 })).toBe(
      "The client's sidecar takes it: port 9090 is in includeOutboundPorts. " +
        'The sidecars of both sides encrypt with mutual TLS (mode STRICT). ' +
        'No NetworkPolicy selects Deployment/shop/client or Deployment/monitoring/prometheus.',
    );
    expect(why(toPods(found, 'shop/app'))).toBe(
      "It bypasses the client's sidecar: the destination lies in excludeOutboundIPRanges. " +
        "The server's sidecar refuses plaintext on port 8080: mode STRICT. " +
        'No NetworkPolicy selects Deployment/shop/client or Deployment/shop/app.',
    );
  });

  test('repeats condition and note of the configuration', () => {
    const sentences = why(toPods(found, 'shop/bare'), {
      condition: 'the pods are annotated',
      note: 'a guess of nobody.',
    });
    expect(sentences).toMatch(/ The connection exists only if the pods are annotated\. A guess of nobody\.$/);
  });
});

test.each<[string, string]>([
  ['the pods are annotated', 'The connection exists only if the pods are annotated.'],
  ['if the pods are annotated', 'The connection exists only if the pods are annotated.'],
  ['Only if the pods are annotated', 'The connection exists only if the pods are annotated.'],
  ['the pods, if any, are annotated', 'The connection exists only if the pods, if any, are annotated.'],
])('the condition "%s" is told once', (condition, told) => {
  const found = platform();
  const asked = connection(workload(found, 'shop/outside'), toPods(found, 'shop/bare'), { condition });
  expect(judge(found, asked).flow.why).toContain(told);
});

test('a server that nothing captures has no mode', () => {
  const found = platform();
  expect(judge(found, connection(workload(found, 'shop/outside'), toPods(found, 'shop/bare'))).serverModes).toEqual([]);
});

test('a Service that is another name is judged by that name', () => {
  const alias = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'shop', name: 'vendor' },
    spec: { type: 'ExternalName', externalName: 'vendor.example' },
  };
  const found = world([deployment('shop/client', { labels: BARE }), alias], strict);
  expect(judged(found, toService(found, 'shop/vendor'), { port: 443, tls: 'app' })).toBe('direct app-tls works');
});

test('ambient: ztunnel takes all TCP that leaves the pod, and answers DNS', () => {
  const found = world([deployment('shop/client', { labels: AMBIENT }), deployment('shop/app', { labels: AMBIENT })], {
    mesh: { mode: 'ambient' },
  });
  const loopback = { kind: 'loopback', workload: workload(found, 'shop/client') } as const;
  expect(judged(found, loopback)).toBe('direct none works');
  expect(judged(found, { kind: 'kubernetes-api' }, { port: 443, tls: 'app' })).toBe('ztunnel app-tls works');
  expect(judged(found, { kind: 'dns' }, { port: 53, protocol: 'UDP' })).toBe('dns-proxy none works');
  expect(judged(found, toPods(found, 'shop/app'), { protocol: 'UDP' })).toBe('direct none works');
  expect(judged(found, toService(found, 'far/away'))).toBe('ztunnel unknown unknown');
});

test.each([
  ['false', 'direct none works'],
  ['F', 'direct none works'],
  ['no', 'dns-proxy none works'],
])('ambient: a pod can keep DNS to itself, in a way that Istio reads: %s', (value, row) => {
  const annotations = { 'ambient.istio.io/dns-capture': value };
  const found = world([deployment('shop/client', { labels: AMBIENT, annotations })], { mesh: { mode: 'ambient' } });
  expect(judged(found, { kind: 'dns' }, { port: 53, protocol: 'UDP' })).toBe(row);
});

test('only clients that have or may have a sidecar come with capture and annotations', () => {
  const found = platform();
  const [inside, outside] = ['shop/client', 'shop/outside'].map((path) =>
    judge(found, connection(workload(found, path), toPods(found, 'shop/app'))),
  );
  expect(inside!.capture?.result).toBe('direct');
  expect(inside!.interception?.includeOutboundPorts.ports).toEqual([443, 4317, 9090]);
  expect(outside!.capture).toBeUndefined();
  expect(outside!.interception).toBeUndefined();
});
