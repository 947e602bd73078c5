import { EXCLUDE_INBOUND_PORTS, EXCLUDE_OUTBOUND_PORTS, INCLUDE_OUTBOUND_PORTS } from '../../private/istio-names';
import { type Group, groupsBy } from '../group-by';
import type { Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import type { Judged } from '../verdicts/judged';
import type { Cause } from '../verdicts/outcome';
import { serversOf } from '../verdicts/server';
import type { World } from '../world';
import { exceptionsAmong } from './exceptions';
import { type Found, found, onlyIf } from './finding';
import { clientOf, connectionWords, fails, sourceOf, targetWords } from './flow-words';
import { outsideClient } from './outside-client';
import { annotationOf } from './place';

/** Connections that do not work, each with the code of its cause. REGISTRY_ONLY is a finding of its own. */
export function failingConnections(world: World, judged: readonly Judged[]): Found[] {
  const exception = exceptionsAmong(judged, fails);
  const failing = judged.filter((one) => fails(one) && !one.causes.every((cause) => cause === 'unknown-host-refused'));
  return groupsBy(failing, (one) => keyOf(one, exception(one))).map((group) => {
    const finding =
      serverRefuses(world, group) ??
      certificateRefused(world, group) ??
      meshClient(world, group) ??
      withoutOwnCode(group);
    const condition = exception(group[0]);
    return condition === undefined ? finding : onlyIf(condition, finding);
  });
}

/** In a group, connections differ in nothing but their port. */
function keyOf({ flow, connection, causes, serverModes }: Judged, condition: string | undefined): string {
  const { object, field, tls } = connection;
  return JSON.stringify([flow.from, flow.to, flow.purpose, object, field, tls, causes, serverModes, condition]);
}

/** STRICT in front of the server; at a server of these manifests it is a matter of who the client is. */
function serverRefuses(world: World, group: Group<Judged>): Found | undefined {
  const [first] = group;
  const { connection, causes } = first;
  if (!causes.some((cause) => cause.startsWith('strict-refuses'))) return undefined;
  const client = clientOf(first);
  const outside = client === undefined || dataPlaneOf(world, client) === 'none';
  const server = serverOf(world, first);
  if (outside && server) return outsideClient(world, group, server);
  if (connection.purpose !== 'scrape' || connection.tls !== 'none') return undefined;
  return found(
    'CT209',
    sourceOf(first),
    {
      message: `${connectionWords(...group)} is plain HTTP, and the target is STRICT: it is refused.`,
      fix: 'Set scheme: https with ca_file, cert_file and key_file of the certificates that the sidecar writes, and insecure_skip_verify: true.',
    },
    group,
  );
}

/** The one workload of these manifests that answers. */
function serverOf(world: World, { connection }: Judged): Workload | undefined {
  return serversOf(world, connection)
    .flatMap(({ workload }) => workload ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}

const REFUSING: readonly Cause[] = ['http-port-refuses-tls', 'application-gets-tls', 'port-is-always-plaintext'];

/** Hazard 8. */
function certificateRefused(world: World, group: Group<Judged>): Found | undefined {
  const [first] = group;
  const { connection, causes, serverModes } = first;
  if (connection.tls !== 'istio-cert' || !causes.some((cause) => REFUSING.includes(cause))) return undefined;
  const [mode] = serverModes;
  const plaintext = causes.includes('port-is-always-plaintext');
  const ambient = isAmbient(world, first);
  const because = plaintext
    ? 'the port always speaks plaintext'
    : ambient
      ? 'ztunnel does not end its TLS'
      : mode
        ? `its mode is ${mode}`
        : 'no sidecar ends its TLS';
  const finding = found(
    'CT208',
    sourceOf(first),
    {
      message: `${connectionWords(...group)} uses https with Istio certificates, but ${because}.`,
      fix: 'Set scheme: http for this target.',
    },
    group,
  );
  // What a program outside the mesh serves nobody has told.
  const open = !plaintext && mode === undefined && !ambient;
  return open ? onlyIf('the program does not serve TLS itself', finding) : finding;
}

/** Ztunnel passes TLS of the client on to the program, whatever the mode. */
function isAmbient(world: World, judged: Judged): boolean {
  const server = serverOf(world, judged);
  return (server ? dataPlaneOf(world, server) : judged.flow.to.dataPlane) === 'ambient';
}

/** Hazard 9: auto mTLS does not know of ports that are not captured (istio/istio#30311). */
function meshClient(world: World, group: Group<Judged>): Found | undefined {
  const [first] = group;
  const { connection, causes, flow } = first;
  const server = serverOf(world, first);
  const wrapped = connection.tls === 'none' && flow.path === 'sidecar';
  if (!wrapped || !server || !causes.every((cause) => cause === 'application-gets-tls')) return undefined;
  const { to } = connection;
  const host = to.kind === 'service' ? `${to.name}.${to.namespace}.svc.cluster.local` : targetWords(to);
  return found(
    'CT112',
    annotationOf(server, EXCLUDE_INBOUND_PORTS),
    {
      message: `${connectionWords(...group)} is wrapped in mutual TLS by the sidecar of ${flow.from}, but the sidecar of ${server.id} does not take the port: the program gets TLS.`,
      fix: `Add a DestinationRule for ${host} with tls mode DISABLE on port ${connection.port ?? ''}.`,
    },
    group,
  );
}

const FIXES: Partial<Record<Cause, string>> = {
  'strict-refuses-plaintext':
    'Let the client send through its sidecar, or set mode PERMISSIVE for this port in a PeerAuthentication.',
  'strict-refuses-tls-without-mesh-certificate':
    'Use a plaintext URL and let the sidecar add mutual TLS, or exclude the port from the sidecar of the server.',
  'http-port-refuses-tls': 'Use a plaintext URL, or declare the port of the Service as TCP with appProtocol: tcp.',
  'application-gets-tls': 'Use a plaintext URL, or let the server end TLS.',
  'double-tls': 'Use a plaintext URL and let the sidecar encrypt.',
  'port-is-always-plaintext': 'Set scheme: http for this target.',
};

function withoutOwnCode(group: Group<Judged>): Found {
  const [first] = group;
  const { flow, causes } = first;
  const [cause] = causes.filter((one) => one !== 'accepted');
  return found(
    flow.verdict === 'refused' ? 'CT501' : 'CT502',
    sourceOf(first),
    {
      message: `${connectionWords(...group)} ${flow.verdict === 'refused' ? 'is refused' : 'does not work'}. ${flow.why}`,
      fix: fixOf(first, cause),
    },
    group,
  );
}

function fixOf(judged: Judged, cause: Cause | undefined): string {
  if (cause === 'service-has-no-such-port') return portFix(judged.connection);
  if (cause === 'own-envoy-answers') return captureFix(judged);
  return (cause && FIXES[cause]) ?? 'Let both ends agree on port, protocol and encryption.';
}

/** The sidecar takes the port because it is listed, because of the address, or because of both. */
function captureFix({ connection: { port }, interception }: Judged): string {
  const { includeOutboundPorts: ports, includeOutboundRanges: ranges } = interception ?? {};
  const isListed = port !== null && ports?.ports.includes(port) === true;
  const isByAddress = ranges !== undefined && (ranges.everything || ranges.cidrs.length > 0);
  const take = `port ${port ?? ''} out of ${INCLUDE_OUTBOUND_PORTS}`;
  const exclude = `port ${port ?? ''} to ${EXCLUDE_OUTBOUND_PORTS}`;
  const steps = isByAddress ? `Add ${exclude}${isListed ? `, and take ${take}` : ''}` : `Take ${take}`;
  return `${steps}: the sidecar uses it itself.`;
}

function portFix({ to, port }: Judged['connection']): string {
  const ports = to.kind === 'service' ? (to.service?.ports ?? []) : [];
  const meant = ports.find(({ targetPort }) => targetPort === port);
  if (meant) return `Dial ${meant.port}, the port of ${targetWords(to)}, instead of its target port ${port ?? ''}.`;
  return `Dial a port that ${targetWords(to)} has: ${ports.map((candidate) => candidate.port).join(', ')}.`;
}
