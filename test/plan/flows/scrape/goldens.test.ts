import { golden, NO_MESH, type Scene, SIDECAR_MESH } from './jobs';

const sidecars = { ...SIDECAR_MESH!, mtls: 'PERMISSIVE' as never };

function rows(scenes: ReadonlyMap<string, Scene>, job: string): readonly string[] {
  return scenes.get(job)?.rows ?? [];
}

describe('the platform example', () => {
  const scenes = golden('example-platform', sidecars);
  const outside = (namespace: string, tls: string) =>
    [8080, 9090, 9102].map((port) => `pods ${namespace}:${port} none ${tls}`);
  const inside = (namespace: string, tls: string) =>
    [8080, 9090, 9102].map((port) => `pods ${namespace}:${port} sidecar ${tls}`);

  test('scrapes annotated pods: with certificates where the mesh is strict, and merged metrics in plaintext', () => {
    expect(rows(scenes, 'receivers.prometheus/prometheuspods')).toEqual([
      'pods legacy:15020 sidecar none',
      ...inside('legacy', 'none'),
      ...outside('legacy', 'none'),
      'pods shop:15020 sidecar none',
      ...inside('shop', 'istio-cert'),
      ...outside('shop', 'none'),
    ]);
  });

  test('says what becomes of plain HTTP where certificates are usual', () => {
    const notes = scenes
      .get('receivers.prometheus/prometheuspods')!
      .connections.flatMap(({ tls, note }) => (tls === 'istio-cert' ? [note] : []));
    expect(notes).toHaveLength(3);
    for (const note of notes) {
      expect(note).toContain(
        'plain HTTP, which a STRICT sidecar refuses unless the port is excluded from it, if the pods are annotated prometheus.io/scheme: "http"',
      );
    }
  });

  test('scrapes pods that serve TLS themselves in a job of its own', () => {
    expect(rows(scenes, 'receivers.prometheus/prometheuspods-https')).toEqual([
      ...inside('legacy', 'app'),
      ...outside('legacy', 'app'),
      ...outside('shop', 'app'),
    ]);
  });

  test('scrapes pods behind annotated Services alike', () => {
    expect(rows(scenes, 'receivers.prometheus/prometheusservices')).toEqual([
      ...inside('legacy', 'none'),
      ...outside('legacy', 'none'),
      ...inside('shop', 'istio-cert'),
      ...outside('shop', 'none'),
    ]);
  });

  test('scrapes Envoy where there is one', () => {
    expect(rows(scenes, 'receivers.prometheus/istioistio-proxy')).toEqual(['pods shop:15090 sidecar none']);
  });

  test('watches itself and the agent, and nothing else', () => {
    expect(rows(scenes, 'prometheus')).toEqual(['loopback telemetry-system/telemetry-prometheus:9090 none']);
    expect(rows(scenes, 'metric-agent')).toEqual([
      'workload telemetry-system/telemetry-metric-agent:8888 none',
      'workload telemetry-system/telemetry-metric-agent:8889 none',
    ]);
  });

  test('has at most one row for each job, namespace, port and data plane', () => {
    for (const { connections } of scenes.values()) {
      const keys = connections.map(({ to, port }) =>
        to.kind === 'pods' ? `${to.pods.namespace ?? ''} ${to.pods.dataPlane} ${port}` : `${to.kind} ${port}`,
      );
      expect(keys).toEqual([...new Set(keys)]);
    }
  });

  test('leaves nothing unread', () => {
    expect([...scenes.values()].flatMap(({ unread }) => unread)).toEqual([]);
  });
});

test('explicit jobs ask for their pods by label, each on its port', () => {
  const scenes = golden('explicit-jobs', sidecars);
  expect(rows(scenes, 'receivers.prometheus/job-checkoutjob-checkout')).toEqual([
    'pods labelled app=checkout shop:9102 sidecar istio-cert',
    'pods labelled app=checkout shop:9102 none none',
  ]);
  expect(rows(scenes, 'receivers.prometheus/job-ledgerjob-ledger')).toEqual([
    'pods labelled app=ledger anywhere:8443 sidecar istio-cert',
  ]);
  expect(rows(scenes, 'receivers.prometheus/job-ledgerjob-ledger-https')).toEqual([
    'pods labelled app=ledger anywhere:8443 none app',
  ]);
  expect(scenes.get('receivers.prometheus/job-ledgerjob-ledger')?.connections[0]?.note).toContain(
    'path /internal/metrics',
  );
});

test('without namespaces and ports in the job the row is about any of them', () => {
  const scenes = golden('agent-alone', NO_MESH);
  expect(rows(scenes, 'receivers.prometheus/prometheuspods')).toEqual(['pods anywhere:* none none']);
});

test('in an ambient mesh no certificate is used', () => {
  const scenes = golden('ambient', { mode: 'ambient' });
  expect(rows(scenes, 'receivers.prometheus/prometheuspods')).toEqual([
    'pods shop:8080 ambient none',
    'pods shop:8080 none none',
  ]);
});

test('modes of single ports are exceptions of their namespaces', () => {
  const { connections } = golden('mesh-port-modes', sidecars).get('receivers.prometheus/prometheuspods')!;
  const found = connections.find(({ to, port }) => to.kind === 'pods' && to.pods.namespace === 'shop' && port === 9102);
  expect(found?.tls).toBe('none');
  // The rules name istiod's port as always plaintext, which asks for nothing.
  expect(connections.map(({ port }) => port)).not.toContain(15014);
  expect(found?.note).toContain(
    'TLS with the sidecar\'s certificate if the pods are labelled app.kubernetes.io/name: "shop.v2"',
  );
});
