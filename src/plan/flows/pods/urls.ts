import type { ClientTls, Connection, Destination } from '../../connection';
import type { Container } from '../../inventory';
import { type Address, parseAddress, webScheme, type WebScheme } from '../address';
import type { FlowReader } from '../connect';
import { destinationOf } from '../host';
import { unknownIn } from '../placeholders';
import type { Running } from '../programs/container';

/** A variable or flag of a program that the plan does not know otherwise. */
interface Setting {
  readonly name: string;
  readonly value: string;
  /** `env.PROMETHEUS_URL`. */
  readonly source: string;
  readonly field: string;
}

/**
 * Servers that a program is told by URLs in its environment and arguments: those in the cluster, and where it sends OTLP.
 * Whether it connects to another URL, such as that of its documentation, nobody can tell: it is reported.
 */
export function urlConnections(reader: FlowReader, running: Running): Connection[] {
  const connections = settingsOf(running).flatMap((setting) => connectionsOf(reader, running, setting));
  const { id } = running.workload;
  const { image, field } = running.container;
  const known = connections.length > 0 ? 'only what URLs in its environment and arguments name is known' : 'not known';
  reader.unread.report(id, field, `what this program connects to: ${known} (image ${image})`);
  return connections;
}

function settingsOf({ container, environment, flags }: Running): Setting[] {
  const variables = environment
    .entries()
    .map(([name, value]) => ({ name, value, source: `env.${name}`, field: variableField(container, name) }));
  const args = flags.map(({ name, value }) => ({
    name,
    value,
    source: `args.${name}`,
    field: `${container.field}.args`,
  }));
  return [...variables, ...args].filter(({ name }) => !OWN_URL.test(name));
}

function variableField({ field, env }: Container, name: string): string {
  const index = env.findIndex((variable) => variable.name === name);
  return index < 0 ? `${field}.envFrom` : `${field}.env[${index}]`;
}

/** Under which URL others see the program itself. */
const OWN_URL = /(?:^|[-_.])(?:external|public|root|self|advertised?|redirect|listen|bind)(?:$|[-_.])/i;
const OTLP_ENDPOINT = /^OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?ENDPOINT$/;
const MAY_BE_URL = /(?:^|[-_.])(?:url|uri|endpoint)$/i;

function connectionsOf(reader: FlowReader, running: Running, setting: Setting): Connection[] {
  const { name, value, field } = setting;
  const { workload } = running;
  const missing = unknownIn(value);
  if (missing !== undefined) {
    if (MAY_BE_URL.test(name)) reader.unread.report(workload.id, field, `the value of ${missing} is not known`);
    return [];
  }
  const address = parseAddress(value);
  const isOtlp = OTLP_ENDPOINT.test(name);
  const scheme = address && schemeOf(running, address, isOtlp);
  if (!address || !scheme || LISTENS.includes(address.host)) return [];
  const to = destinationOf(reader.world, address.host, workload);
  if (to.kind === 'external' && !isOtlp) {
    const reason = `it names a URL of ${address.host}; whether the program connects to it is not known`;
    reader.unread.report(workload.id, field, reason);
    return [];
  }
  return [connection(running, setting, to, address.port ?? scheme.port, scheme.encrypted ? 'app' : 'none')];
}

/** Hosts of URLs under which a program listens: `http://*:8080` in ASPNETCORE_URLS. */
const LISTENS: readonly string[] = ['', '*', '+', '0.0.0.0', '::'];

const GRPC_SCHEMES: ReadonlyMap<string | undefined, WebScheme> = new Map([
  ['grpc', { port: 80, encrypted: false }],
  ['grpcs', { port: 443, encrypted: true }],
]);

/** OTLP over gRPC is also written as `host:port`; TLS unless a variable switches it off. */
function schemeOf({ environment }: Running, { scheme, port }: Address, isOtlp: boolean): WebScheme | undefined {
  const known = webScheme(scheme) ?? GRPC_SCHEMES.get(scheme);
  if (known || !isOtlp || scheme !== undefined || port === undefined) return known;
  return { port, encrypted: environment.get('OTEL_EXPORTER_OTLP_INSECURE') !== 'true' };
}

const PUSHES = /otlp|remote[-_.]?write|push/i;

function connection(
  { workload }: Running,
  { name, source, field }: Setting,
  to: Destination,
  port: number,
  tls: ClientTls,
): Connection {
  return {
    client: { kind: 'workload', workload },
    to,
    purpose: PUSHES.test(name) ? 'push' : 'query',
    source,
    object: workload.id,
    field,
    protocol: 'TCP',
    port,
    tls,
    application: 'http',
    dialler: 'application',
  };
}
