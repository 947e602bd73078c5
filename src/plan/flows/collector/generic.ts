import type { ClientTls, Connection } from '../../connection';
import type { Purpose } from '../../result';
import type { Value } from '../../value';
import { parseAddress, webScheme } from '../address';
import { connect, connectToUrl, distinct, type FlowReader } from '../connect';
import { destinationOf } from '../host';
import { encryptedBy } from '../tls';
import type { Component, Group } from './components';

/** Settings by which components of the collector name their servers. */
const ENDPOINTS: readonly string[] = ['endpoint', 'url', 'endpoints', 'brokers'];

const PURPOSES: Record<Group, Purpose> = {
  receivers: 'query',
  processors: 'query',
  exporters: 'push',
  extensions: 'query',
};

const SINGULAR: Record<Group, string> = {
  receivers: 'receiver',
  processors: 'processor',
  exporters: 'exporter',
  extensions: 'extension',
};

/** A component that the plan does not know: reported, with a row for each server that its usual settings name. */
export function genericConnections(reader: FlowReader, component: Component): Connection[] {
  const { program, group, settings, source } = component;
  const endpoints = endpointsOf(settings);
  const connections = distinct(endpoints.flatMap((endpoint) => endpointConnections(reader, component, endpoint)));
  const known = connections.length > 0 ? 'only its endpoint is analysed' : 'what it connects to is not analysed';
  reader.unread.report(
    program.object,
    settings.field,
    `the plan does not know the ${SINGULAR[group]} ${source.slice(group.length + 1)}: ${known}`,
  );
  return connections;
}

function endpointsOf(settings: Value): Value[] {
  if (typeof settings.raw !== 'object') return [];
  return ENDPOINTS.flatMap((key) => {
    const setting = settings.get(key);
    return Array.isArray(setting.raw) ? setting.items() : [setting];
  }).filter(({ raw }) => typeof raw === 'string');
}

function endpointConnections(reader: FlowReader, component: Component, endpoint: Value): Connection[] {
  const { settings, group, program } = component;
  const address = parseAddress(endpoint.text() ?? '');
  if (!address || isOwnAddress(reader, component, address.host)) return [];
  const purpose = PURPOSES[group];
  if (webScheme(address.scheme)) {
    return connectToUrl(reader, component, endpoint, { purpose, tls: encryptedBy(component, settings.get('tls')) });
  }
  const { host, port } = address;
  if (port === undefined) {
    reader.unread.report(program.object, endpoint.field, 'it names no port');
    return [];
  }
  return [
    connect(
      reader,
      component,
      { host, port, field: endpoint.field },
      { purpose, tls: tlsOf(component), application: 'tcp' },
    ),
  ];
}

/** At its own address a component listens. */
function isOwnAddress({ world }: FlowReader, { program, group }: Component, host: string): boolean {
  if (host === '') return true;
  return group !== 'exporters' && destinationOf(world, host, program.workload).kind === 'loopback';
}

function tlsOf(component: Component): ClientTls {
  const tls = component.settings.get('tls');
  if (!tls.present || typeof tls.raw !== 'object') return 'unknown';
  return tls.get('insecure').flag() === true ? 'none' : encryptedBy(component, tls);
}
