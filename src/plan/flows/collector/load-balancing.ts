import type { ClientTls, Connection, Destination } from '../../connection';
import type { Value } from '../../value';
import { addressIn, connect, connectTo, connectToApiServer, type FlowReader } from '../connect';
import { destinationOf } from '../host';
import { grpcTls } from '../tls';
import type { Component } from './components';

/** Where a resolver gives no port. */
const DEFAULT_PORT = 4317;

/** One OTLP connection to each backend that the resolver finds. */
export function loadBalancedConnections(reader: FlowReader, component: Component): Connection[] {
  const { settings, program } = component;
  const resolver = settings.get('resolver');
  const tls = grpcTls(component, settings.at('protocol', 'otlp', 'tls'), undefined);
  const [kind = 'none'] = resolver.keys();
  switch (kind) {
    case 'static':
      return staticConnections(reader, component, resolver.at('static', 'hostnames'), tls);
    case 'dns':
      return dnsConnections(reader, component, resolver.get('dns'), tls);
    case 'k8s':
      return serviceConnections(reader, component, resolver.get('k8s'), tls);
    default:
      reader.unread.report(program.object, resolver.field, `where the resolver ${kind} finds backends is not analysed`);
      return [];
  }
}

function staticConnections(reader: FlowReader, component: Component, hosts: Value, tls: ClientTls): Connection[] {
  return hosts.texts().flatMap((host, i) => {
    const field = `${hosts.field}[${i}]`;
    const address = addressIn(reader, component, host, field);
    if (!address) return [];
    const dialled = { host: address.host, port: address.port ?? DEFAULT_PORT, field };
    return [connect(reader, component, dialled, { purpose: 'push', tls, application: 'grpc' })];
  });
}

function dnsConnections(reader: FlowReader, component: Component, dns: Value, tls: ClientTls): Connection[] {
  const host = dns.get('hostname').text();
  if (host === undefined) return [];
  const port = Number(dns.get('port').integerOrText() ?? DEFAULT_PORT);
  const { field } = dns.get('hostname');
  const note = 'it resolves the name itself and dials each address of the answer';
  return [connect(reader, component, { host, port, field }, { purpose: 'push', tls, application: 'grpc', note })];
}

/** `service` is `name.namespace`; the addresses of its pods come from the API server. */
function serviceConnections(reader: FlowReader, component: Component, k8s: Value, tls: ClientTls): Connection[] {
  const service = k8s.get('service');
  const name = service.text();
  if (name === undefined) return [];
  const ports = k8s
    .get('ports')
    .items()
    .flatMap((port) => port.integer() ?? []);
  const pods = podsBehind(reader, component, name);
  const pushes = (ports.length > 0 ? ports : [DEFAULT_PORT]).flatMap((port) =>
    pods.map((to) => connectTo(component, to, port, service.field, { purpose: 'push', tls, application: 'grpc' })),
  );
  return [connectToApiServer(component, `it watches the endpoints of ${name}`), ...pushes];
}

function podsBehind({ world }: FlowReader, { program }: Component, name: string): Destination[] {
  const to = destinationOf(world, name, program.workload);
  if (to.kind !== 'service') return [to];
  const workloads = to.service ? world.workloadsBehind(to.service) : [];
  if (workloads.length > 0) return workloads.map((workload) => ({ kind: 'workload', workload }));
  const dataPlane = to.service?.dataPlane ?? 'unknown';
  const labels = to.service?.selector ?? {};
  return [{ kind: 'pods', pods: { namespace: to.namespace, name: `pods of Service ${to.name}`, labels, dataPlane } }];
}
