import type { ClientTls, Connection, Destination } from '../../connection';
import type { Container, Workload } from '../../inventory';
import type { World } from '../../world';
import { type Address, HTTP, HTTPS, parseAddress, webScheme, type WebScheme } from '../address';
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
 * Servers that a program is told in its environment and arguments: URLs in the cluster, `host:port` of Services that
 * manifests or facts describe, and where it sends OTLP. Whether it connects to another URL, such as that of its
 * documentation, nobody can tell: it is reported.
 */
export function urlConnections(reader: FlowReader, running: Running): Connection[] {
  const connections = settingsOf(running).flatMap((setting) => connectionsOf(reader, running, setting));
  const { id } = running.workload;
  const { image, field } = running.container;
  const reason =
    connections.length > 0
      ? 'this program may connect to more than its environment and arguments name'
      : 'what this program connects to is not known';
  reader.unread.report(id, field, `${reason} (image ${image})`);
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
/** For all signals, where a signal has none of its own. */
const OTLP_INSECURE = 'OTEL_EXPORTER_OTLP_INSECURE';
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
  if (!address || LISTENS.includes(address.host)) return [];
  const to = destinationOf(reader.world, address.host, workload);
  return address.scheme === undefined
    ? toAddress(reader, running, setting, to, address.port)
    : toUrl(reader, running, setting, to, address);
}

function toUrl(
  { unread }: FlowReader,
  running: Running,
  setting: Setting,
  to: Destination,
  { scheme, host, port }: Address,
): Connection[] {
  const known = webScheme(scheme) ?? GRPC_SCHEMES.get(scheme);
  if (!known) return [];
  if (to.kind !== 'external' || OTLP_ENDPOINT.test(setting.name)) {
    return [connection(running, setting, to, port ?? known.port, known.encrypted ? 'app' : 'none')];
  }
  const reason = `it names a URL of ${host}; whether the program connects to it is not known`;
  unread.report(running.workload.id, setting.field, reason);
  return [];
}

/** OTLP over gRPC goes to `host:port`; of anything else that looks so, only what a described Service has is certain. */
function toAddress(
  { world }: FlowReader,
  running: Running,
  setting: Setting,
  to: Destination,
  port: number | undefined,
): Connection[] {
  const { name, value } = setting;
  if (port === undefined) return [];
  if (OTLP_ENDPOINT.test(name)) return [connection(running, setting, to, port, otlpTls(running, name))];
  const isKnown = !HAS_PATH.test(value) && isPortOfAnother(world, running.workload, to, port);
  return isKnown ? [connection(running, setting, to, port, 'unknown')] : [];
}

/** Hosts of URLs under which a program listens: `http://*:8080` in ASPNETCORE_URLS. */
const LISTENS: readonly string[] = ['', '*', '+', '0.0.0.0', '::'];

const GRPC_SCHEMES: ReadonlyMap<string | undefined, WebScheme> = new Map([
  ['grpc', HTTP],
  ['grpcs', HTTPS],
]);

/** OTLP over gRPC is also written as `host:port`; TLS unless a variable switches it off. */
function otlpTls({ environment }: Running, name: string): ClientTls {
  const insecure = environment.get(name.replace(/ENDPOINT$/, 'INSECURE')) ?? environment.get(OTLP_INSECURE) ?? '';
  if (unknownIn(insecure) !== undefined) return 'unknown';
  return insecure.toLowerCase() === 'true' ? 'none' : 'app';
}

/** As names of images have one: `registry.example:5000/app`. */
const HAS_PATH = /[/@]/;

/** Whether a Service that somebody describes has the port, and is not the program's own. */
function isPortOfAnother(world: World, workload: Workload, to: Destination, port: number): boolean {
  if (to.kind !== 'service' || !to.service) return false;
  const listens = to.service.ports.some((candidate) => candidate.port === port && candidate.protocol === 'TCP');
  return listens && !world.workloadsBehind(to.service).includes(workload);
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
