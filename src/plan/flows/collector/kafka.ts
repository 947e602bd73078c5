import type { ClientTls, Connection } from '../../connection';
import type { Purpose } from '../../result';
import { addressIn, connect, type FlowReader } from '../connect';
import { encryptedBy } from '../tls';
import type { Component } from './components';

/** What the components connect to when `brokers` is left out. */
const DEFAULT_BROKERS: readonly string[] = ['localhost:9092'];
const BROKER_PORT = 9092;

/** Clients of Kafka. Which further brokers the first one names is known at run time only. */
export function brokerConnections(reader: FlowReader, component: Component): Connection[] {
  const { settings, program, group } = component;
  const brokers = settings.get('brokers');
  const purpose: Purpose = group === 'exporters' ? 'push' : 'query';
  const tls = tlsOf(component);
  reader.unread.report(program.object, brokers.field, 'Kafka itself names the further brokers that are connected to');
  return (brokers.present ? brokers.texts() : DEFAULT_BROKERS).flatMap((broker, i) => {
    const field = `${brokers.field}[${i}]`;
    const address = addressIn(reader, component, broker, field);
    if (!address) return [];
    const dialled = { host: address.host, port: address.port ?? BROKER_PORT, field };
    return [connect(reader, component, dialled, { purpose, tls, application: 'tcp' })];
  });
}

/** `tls` switches it on; before 0.124 it stood below `auth`. */
function tlsOf(component: Component): ClientTls {
  const { settings } = component;
  const tls = settings.get('tls').present ? settings.get('tls') : settings.at('auth', 'tls');
  return tls.present && tls.get('insecure').flag() !== true ? encryptedBy(component, tls) : 'none';
}
