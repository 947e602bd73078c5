import { deployment, flowsOf } from '../flows-of';

const probed = {
  ports: [{ containerPort: 13133, name: 'health' }],
  livenessProbe: { httpGet: { port: 'health', scheme: 'HTTPS' } },
  readinessProbe: { tcpSocket: { port: 8080 } },
  startupProbe: { exec: { command: ['true'] } },
};
const sidecar = { labels: { 'sidecar.istio.io/inject': 'true' } };
const outside = { labels: { 'sidecar.istio.io/inject': 'false' } };

function probesOf(container: object, metadata: object) {
  const { connections, unread } = flowsOf([deployment('app', { container, metadata })]);
  return { probes: connections.filter(({ purpose }) => purpose === 'probe'), unread };
}

function ports(container: object, metadata: object): (number | null)[] {
  return probesOf(container, metadata).probes.map(({ port }) => port);
}

test('the kubelet asks the port of the probe, by number or by name; commands connect to nobody', () => {
  expect(probesOf(probed, outside).probes).toEqual([
    expect.objectContaining({
      client: { kind: 'kubelet' },
      port: 8080,
      tls: 'none',
      application: 'tcp',
      source: 'spec.template.spec.containers[0].readinessProbe',
    }),
    expect.objectContaining({ port: 13133, tls: 'app', application: 'http' }),
  ]);
});

test('a name that no port has is reported', () => {
  const { probes, unread } = probesOf({ livenessProbe: { httpGet: { port: 'absent' } } }, outside);
  expect(probes).toEqual([]);
  expect(unread).toContain('spec.template.spec.containers[0].livenessProbe: no port of the container is named absent');
});

test('with a sidecar the kubelet asks pilot-agent, in plain HTTP, and the sidecar itself', () => {
  const { probes } = probesOf(probed, sidecar);
  expect(probes.map(({ port, tls, application }) => [port, tls, application])).toEqual([
    [15020, 'none', 'http'],
    [15020, 'none', 'http'],
    [15021, 'none', 'http'],
    [15021, 'none', 'http'],
  ]);
  expect(probes.map(({ source }) => source)).toEqual([
    'spec.template.spec.containers[0].readinessProbe',
    'spec.template.spec.containers[0].livenessProbe',
    'istio-proxy.startupProbe',
    'istio-proxy.readinessProbe',
  ]);
  expect(probes[1]?.note).toBe(
    'Istio rewrites the probe: the kubelet asks pilot-agent on 15020, which then asks port 13133 of the pod with TLS',
  );
});

test.each([
  ['not rewritten', { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' }, [8080, 13133, 15021, 15021]],
  ['not rewritten, in short', { 'sidecar.istio.io/rewriteAppHTTPProbers': 'F' }, [8080, 13133, 15021, 15021]],
  ['rewritten after all', { 'sidecar.istio.io/rewriteAppHTTPProbers': 'fALSE' }, [15020, 15020, 15021, 15021]],
  ['at another port', { 'status.sidecar.istio.io/port': '15999' }, [15999, 15999, 15021, 15021]],
  ['without probes of the sidecar', { 'status.sidecar.istio.io/port': '0' }, [8080, 13133]],
])('annotations of the pod: %s', (_, annotations, expected) => {
  expect(ports(probed, { ...sidecar, annotations })).toEqual(expected);
});

test('a manifest that contains the sidecar already has the probes that stand in it', () => {
  const injected = { annotations: { 'sidecar.istio.io/status': '{}' } };
  const proxy = { name: 'istio-proxy', image: 'istio/proxyv2', readinessProbe: { httpGet: { port: 15021 } } };
  expect(ports(proxy, injected)).toEqual([15021]);
  const { probes } = probesOf({ livenessProbe: { httpGet: { port: 15020 } } }, injected);
  expect(probes.map(({ port, note }) => [port, note])).toEqual([[15020, undefined]]);
});

test('a probe of another host goes there', () => {
  const container = { livenessProbe: { httpGet: { port: 80, host: 'shop.example.com' } } };
  expect(probesOf(container, outside).probes[0]?.to).toEqual({ kind: 'external', host: 'shop.example.com' });
});
