import { DNS_PORT } from '../../../private/ports';
import type { Connection } from '../../connection';
import type { Workload } from '../../inventory';
import { fieldOf } from '../../value';

/** Every workload that connects to somebody resolves a name first, by UDP and for long answers by TCP. */
export function dnsConnections(connections: readonly Connection[]): Connection[] {
  const clients = new Set(connections.flatMap(({ client }) => (client.kind === 'workload' ? [client.workload] : [])));
  return [...clients].flatMap((workload) => (['UDP', 'TCP'] as const).map((protocol) => lookup(workload, protocol)));
}

function lookup(workload: Workload, protocol: 'UDP' | 'TCP'): Connection {
  return {
    client: { kind: 'workload', workload },
    to: { kind: 'dns' },
    purpose: 'resolve',
    source: 'dns',
    object: workload.id,
    field: fieldOf(workload.template, 'spec'),
    protocol,
    port: DNS_PORT,
    tls: 'none',
    application: 'tcp',
    dialler: 'application',
  };
}
