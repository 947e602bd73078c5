import type { Connection, Destination } from '../connection';
import type { Webhook } from '../inventory';
import type { World } from '../world';
import { HTTPS, parseAddress } from './address';
import type { FlowReader } from './connect';

/** Admission and conversion webhooks, which the API server calls. It accepts no plaintext. */
export function webhookConnections(reader: FlowReader): Connection[] {
  return reader.world.inventory.webhooks.flatMap((webhook) => {
    const target = targetOf(reader, webhook);
    return target ? [connection(webhook, target.to, target.port)] : [];
  });
}

interface Target {
  readonly to: Destination;
  readonly port: number;
}

function targetOf({ world, unread }: FlowReader, { id, field, service, url }: Webhook): Target | undefined {
  if (service) return { to: serviceOf(world, service.namespace, service.name), port: service.port };
  const address = url === undefined ? undefined : parseAddress(url);
  if (address && address.host !== '') {
    return { to: { kind: 'external', host: address.host }, port: address.port ?? HTTPS.port };
  }
  unread.report(id, field, 'it names neither a Service nor a URL');
  return undefined;
}

function serviceOf(world: World, namespace: string, name: string): Destination {
  const service = world.service(namespace, name);
  return { kind: 'service', namespace, name, ...(service && { service }) };
}

function connection({ id, field }: Webhook, to: Destination, port: number): Connection {
  return {
    client: { kind: 'kube-apiserver' },
    to,
    purpose: 'webhook',
    // Every configuration has its first webhook: the object tells them apart.
    source: `${id} ${field}`,
    object: id,
    field,
    protocol: 'TCP',
    port,
    tls: 'app',
    application: 'http',
    dialler: 'application',
  };
}
