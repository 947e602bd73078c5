import { collectorWith, deployment, flowsOf } from '../flows-of';

const sidecar = { labels: { 'sidecar.istio.io/inject': 'true' } };

describe('DNS', () => {
  test('whoever connects resolves a name, by UDP and TCP', () => {
    const { rows } = flowsOf(collectorWith('exporters', 'otlp_http', { endpoint: 'http://a:1' }));
    expect(rows.filter((row) => row.includes('resolve'))).toEqual([
      'agent → dns:53/UDP resolve none dns',
      'agent → dns:53 resolve none dns',
    ]);
  });

  test('who connects to nobody does not', () => {
    const container = { livenessProbe: { httpGet: { port: 80 } } };
    const { rows } = flowsOf([deployment('app', { container })]);
    expect(rows).toEqual(['kubelet → workload app:80 probe none spec.template.spec.containers[0].livenessProbe']);
  });
});

describe('istiod', () => {
  test('every sidecar gets its certificates there, by its own process', () => {
    const { connections, rows } = flowsOf([deployment('app', { metadata: sidecar })]);
    expect(rows.slice(0, 1)).toEqual(['app → istiod istio-system:15012 certificates app istio-proxy']);
    expect(connections[0]?.dialler).toBe('proxy');
  });

  test('in the namespace that the facts tell', () => {
    const mesh = {
      mode: 'sidecar',
      mtls: 'STRICT',
      namespaceMtls: {},
      portMtls: [],
      registryOnly: false,
      istiodNamespace: 'mesh',
      nativeSidecars: true,
      dualStack: false,
      istioCni: true,
    } as never;
    expect(flowsOf([deployment('app', { metadata: sidecar })], { mesh }).rows[0]).toContain('istiod mesh:15012');
  });

  test('without sidecar there is nothing to get', () => {
    const metadata = { labels: { 'sidecar.istio.io/inject': 'false' } };
    expect(flowsOf([deployment('app', { metadata })]).rows).toEqual([]);
  });
});

describe('webhooks', () => {
  const webhook = (clientConfig: object, kind = 'ValidatingWebhookConfiguration') => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'checks' },
    webhooks: [{ name: 'check.example.com', clientConfig, sideEffects: 'None', admissionReviewVersions: ['v1'] }],
  });

  test('the API server calls Services, by default at 443, and URLs', () => {
    expect(flowsOf([webhook({ service: { namespace: 'a', name: 'hook', port: 9443 } })]).rows).toEqual([
      'kube-apiserver → service a/hook:9443 webhook app ValidatingWebhookConfiguration/checks webhooks[0]',
    ]);
    expect(flowsOf([webhook({ url: 'https://hook.example.com/check' })]).rows).toEqual([
      'kube-apiserver → hook.example.com:443 webhook app ValidatingWebhookConfiguration/checks webhooks[0]',
    ]);
  });

  test('two configurations of one name are told apart', () => {
    const service = { namespace: 'a', name: 'hook' };
    const both = [webhook({ service }), webhook({ service }, 'MutatingWebhookConfiguration')];
    expect(flowsOf(both).connections.map(({ source }) => source)).toEqual([
      'ValidatingWebhookConfiguration/checks webhooks[0]',
      'MutatingWebhookConfiguration/checks webhooks[0]',
    ]);
  });

  test('a URL that is none is reported', () => {
    expect(flowsOf([webhook({ url: 'https://' })]).unread).toEqual([
      'webhooks[0]: it names neither a Service nor a URL',
    ]);
  });
});
