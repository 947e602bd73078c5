import type { Webhook } from '../inventory';
import type { Value } from '../value';
import type { KubernetesObject } from './object';
import { portNumber, required } from './strict';

/** The API server calls whoever is named here: each is one connection. */
export function readWebhookConfiguration(object: KubernetesObject): Webhook[] {
  return object.root
    .get('webhooks')
    .items()
    .flatMap((webhook) => clientOf(object, webhook, webhook.get('clientConfig')));
}

export function readConversionWebhook(object: KubernetesObject): Webhook[] {
  const conversion = object.root.at('spec', 'conversion');
  if (conversion.get('strategy').text() !== 'Webhook') return [];
  const webhook = conversion.get('webhook');
  return clientOf(object, webhook, webhook.get('clientConfig'));
}

/** An aggregated API; without a Service the API server serves it itself. */
export function readApiService(object: KubernetesObject): Webhook[] {
  const service = object.root.at('spec', 'service');
  return service.present ? [{ ...identity(object, service), service: serviceOf(service) }] : [];
}

/** The API server's default for a Service whose port nobody names. */
const DEFAULT_PORT = 443;

function clientOf(object: KubernetesObject, webhook: Value, client: Value): Webhook[] {
  const [service, url] = [client.get('service'), client.get('url').text()];
  if (!service.present && url === undefined) return [];
  return [
    {
      ...identity(object, webhook),
      ...(service.present && { service: serviceOf(service) }),
      ...(url !== undefined && { url }),
    },
  ];
}

function identity({ id, kind, namespace, name }: KubernetesObject, { field }: Value): Omit<Webhook, 'service' | 'url'> {
  return { id, kind, namespace, name, field };
}

function serviceOf(service: Value): Webhook['service'] {
  return {
    namespace: required(service.get('namespace')),
    name: required(service.get('name')),
    port: portNumber(service.get('port')) ?? DEFAULT_PORT,
  };
}
