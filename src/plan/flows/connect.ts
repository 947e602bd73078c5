import { API_SERVER_PORT } from '../../private/ports';
import { type Client, type ClientTls, type Connection, type Destination, destinationKey } from '../connection';
import type { ProgramConfig } from '../inventory';
import type { Unread } from '../unread';
import type { Purpose } from '../result';
import type { Value } from '../value';
import type { World } from '../world';
import { type Address, HTTP, parseAddress, webScheme } from './address';
import { destinationOf } from './host';
import { unknownIn } from './placeholders';
import { proxyOf } from './proxy';

/** What every reader of a configuration needs. */
export interface FlowReader {
  readonly world: World;
  readonly unread: Unread;
}

/** A part of a program's configuration that opens connections: an exporter, an extension, a `remote_write`. */
export interface Part {
  readonly program: ProgramConfig;
  /** What the plan calls it: `exporters.otlp_http/vendor`. */
  readonly source: string;
  readonly settings: Value;
}

/** How a client speaks to where it connects. */
export interface Manner {
  readonly purpose: Purpose;
  readonly tls: ClientTls;
  readonly application: Connection['application'];
  readonly note?: string;
}

export interface Dialled {
  readonly host: string;
  readonly port: number;
  /** Path of the setting that says so. */
  readonly field: string;
}

export function connect({ world }: FlowReader, part: Part, { host, port, field }: Dialled, manner: Manner): Connection {
  return connectTo(part, destinationOf(world, host, part.program.workload), port, field, manner);
}

export function connectTo(
  { program, source }: Part,
  to: Destination,
  port: number,
  field: string,
  manner: Manner,
): Connection {
  return {
    client: clientOf(program),
    to,
    source,
    object: program.object,
    field,
    protocol: 'TCP',
    port,
    dialler: 'application',
    ...manner,
  };
}

function clientOf({ workload }: ProgramConfig): Client {
  return { kind: 'workload', workload };
}

/** For settings without which a part cannot work. */
export function reportMissing({ unread }: FlowReader, { program }: Part, setting: Value): void {
  if (!setting.present) unread.report(program.object, setting.field, 'it is not set');
}

/** What a setting with a URL or `host:port` says, or nothing and a report. */
export function addressOf(reader: FlowReader, part: Part, setting: Value): Address | undefined {
  const text = setting.text();
  return text === undefined ? undefined : addressIn(reader, part, text, setting.field);
}

export function addressIn({ unread }: FlowReader, { program }: Part, text: string, field: string): Address | undefined {
  const address = parseAddress(text);
  // A value that is missing is reported with its reference, where it stands.
  if (!address && unknownIn(text) === undefined) {
    unread.report(program.object, field, 'it is neither a URL nor host:port');
  }
  return address;
}

/** Connects to a URL of HTTP, or to the proxy in between; `tls` is how it encrypts if the URL says so. */
export function connectToUrl(
  reader: FlowReader,
  part: Part,
  setting: Value,
  manner: Omit<Manner, 'application'>,
): Connection[] {
  const address = addressOf(reader, part, setting);
  if (!address) return [];
  const scheme = webScheme(address.scheme);
  if (!scheme || address.host === '') {
    reader.unread.report(part.program.object, setting.field, 'it is no http:// or https:// URL');
    return [];
  }
  const proxy = proxyOf(part);
  const { host, port } = proxy ?? address;
  const defaultPort = proxy ? (webScheme(proxy.scheme) ?? HTTP).port : scheme.port;
  const note = proxy ? `through an HTTP proxy to ${address.host}` : manner.note;
  return [
    connect(
      reader,
      part,
      { host, port: port ?? defaultPort, field: setting.field },
      {
        ...manner,
        tls: scheme.encrypted ? manner.tls : 'none',
        application: 'http',
        ...(note !== undefined && { note }),
      },
    ),
  ];
}

/** One row for a part, whatever it asks the API server. */
export function connectToApiServer(part: Part, note?: string): Connection {
  const manner: Manner = { purpose: 'discover', tls: 'app', application: 'http', ...(note !== undefined && { note }) };
  return connectTo(part, { kind: 'kubernetes-api' }, API_SERVER_PORT, part.settings.field, manner);
}

/** Two settings of one part that lead to the same server are one connection: the first. */
export function distinct(connections: readonly Connection[]): Connection[] {
  const found = new Map<string, Connection>();
  for (const connection of connections) {
    const key = keyOf(connection);
    if (!found.has(key)) found.set(key, connection);
  }
  return [...found.values()];
}

function keyOf({ to, purpose, port, protocol, tls }: Connection): string {
  return [destinationKey(to), purpose, port, protocol, tls].join(' ');
}
