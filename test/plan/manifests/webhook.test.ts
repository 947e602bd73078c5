import { read, refusal } from './reading';

const webhooks = (text: string) => read(text).inventory.webhooks;

test.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])(
  'each webhook of a %s is called',
  (kind) => {
    const clients = [
      '{clientConfig: {service: {namespace: b, name: c}}}',
      '{clientConfig: {service: {namespace: b, name: c, port: 8443}}}',
      '{clientConfig: {url: "https://x.example/hook"}}',
    ];
    const text = `{apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: {name: a}, webhooks: [${clients.join()}]}`;
    const object = { id: `${kind}/a`, kind, namespace: '', name: 'a' };
    expect(webhooks(text)).toEqual([
      { ...object, field: 'webhooks[0]', service: { namespace: 'b', name: 'c', port: 443 } },
      { ...object, field: 'webhooks[1]', service: { namespace: 'b', name: 'c', port: 8443 } },
      { ...object, field: 'webhooks[2]', url: 'https://x.example/hook' },
    ]);
  },
);

test('the API server calls whoever converts custom resources', () => {
  const crd = (conversion: string) =>
    `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: as.example.com}, spec: {${conversion}}}`;
  const client = 'webhook: {clientConfig: {service: {namespace: b, name: c}}}';
  expect(webhooks(crd(`conversion: {strategy: Webhook, ${client}}`))).toMatchObject([
    {
      id: 'CustomResourceDefinition/as.example.com',
      field: 'spec.conversion.webhook',
      service: { namespace: 'b', name: 'c', port: 443 },
    },
  ]);
  expect(webhooks(crd(`conversion: {strategy: None, ${client}}`))).toEqual([]);
  expect(webhooks(crd(''))).toEqual([]);
});

test('the API server calls whoever serves an aggregated API', () => {
  const api = (spec: string) =>
    `{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.metrics.k8s.io}, spec: ${spec}}`;
  expect(webhooks(api('{service: {namespace: b, name: c, port: 4443}}'))).toMatchObject([
    { id: 'APIService/v1.metrics.k8s.io', field: 'spec.service', service: { namespace: 'b', name: 'c', port: 4443 } },
  ]);
  expect(webhooks(api('{}'))).toEqual([]);
});

test('a webhook service without namespace is refused', () => {
  const webhook = '{clientConfig: {service: {name: c}}}';
  expect(
    refusal(
      `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: a}, webhooks: [${webhook}]}`,
    ),
  ).toContain('webhooks[0].clientConfig.service.namespace: got nothing');
});
