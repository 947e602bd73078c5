import type { Connection } from '../../connection';
import { addressIn, connect, connectToUrl, distinct, type FlowReader, reportMissing } from '../connect';
import { encryptedBy, grpcTls } from '../tls';
import type { Component, ComponentReader } from './components';
import { brokerConnections } from './kafka';
import { loadBalancedConnections } from './load-balancing';

/** How to read each exporter; an exporter that is not here is read by its endpoint alone. */
export const EXPORTERS: ReadonlyMap<string, ComponentReader> = new Map<string, ComponentReader>([
  ['otlp', otlpGrpc],
  ['otlpgrpc', otlpGrpc],
  ['otelarrow', otlpGrpc],
  ['otlphttp', otlpHttp],
  ['prometheusremotewrite', remoteWrite],
  ['loadbalancing', loadBalancedConnections],
  ['kafka', brokerConnections],
  // They listen, print or write files.
  ...['prometheus', 'debug', 'logging', 'nop', 'file'].map((type) => [type, () => []] as const),
]);

/** A client of configgrpc: `endpoint` with a port, and `tls`. */
function otlpGrpc(reader: FlowReader, component: Component): Connection[] {
  const { settings } = component;
  const endpoint = settings.get('endpoint');
  reportMissing(reader, component, endpoint);
  const text = endpoint.text();
  const address = text === undefined ? undefined : addressIn(reader, component, withoutResolver(text), endpoint.field);
  if (!address) return [];
  const { host, port, scheme } = address;
  if (port === undefined || host === '') {
    reader.unread.report(component.program.object, endpoint.field, 'a gRPC endpoint needs host and port');
    return [];
  }
  const tls = grpcTls(component, settings.get('tls'), scheme);
  const dialled = { host, port, field: endpoint.field };
  return [connect(reader, component, dialled, { purpose: 'push', tls, application: 'grpc' })];
}

/** gRPC names its resolver in front: `dns:///gateway.observability:4317`, or with a server `dns://10.0.0.1/…`. */
function withoutResolver(endpoint: string): string {
  return endpoint.replace(/^(?:dns|passthrough):\/\/[^/]*\//, '');
}

/** `endpoint` is the base of all signals, unless a signal has its own. */
function otlpHttp(reader: FlowReader, component: Component): Connection[] {
  const { settings, signals } = component;
  const tls = encryptedBy(component, settings.get('tls'));
  const endpoints = signals.map((signal) => {
    const own = settings.get(`${signal}_endpoint`);
    return own.present ? own : settings.get('endpoint');
  });
  for (const endpoint of endpoints) reportMissing(reader, component, endpoint);
  return distinct(endpoints.flatMap((endpoint) => connectToUrl(reader, component, endpoint, { purpose: 'push', tls })));
}

function remoteWrite(reader: FlowReader, component: Component): Connection[] {
  const { settings } = component;
  const endpoint = settings.get('endpoint');
  reportMissing(reader, component, endpoint);
  const tls = encryptedBy(component, settings.get('tls'));
  return connectToUrl(reader, component, endpoint, { purpose: 'push', tls });
}
