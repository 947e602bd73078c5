import { DNS_PORT, HBONE_PORT } from '../../private/ports';
import { groupsBy } from '../group-by';
import type { NetworkPolicy, Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import type { Judged } from '../verdicts/judged';
import { workloadEnds } from '../verdicts/network-policy/ends';
import type { Direction } from '../verdicts/network-policy/ruling';
import { policiesSelecting } from '../verdicts/network-policy/selecting-policies';
import { serversOf } from '../verdicts/server';
import { listed } from '../words';
import type { World } from '../world';
import { exceptionsAmong } from './exceptions';
import { type Found, found, onlyIf, type Place } from './finding';
import { clientOf, connectionWords, sourceOf, targetWords } from './flow-words';

/** Connections that a NetworkPolicy of either end denies; those with the same ends and port are one finding. */
export function deniedConnections(world: World, judged: readonly Judged[]): Found[] {
  const denied = judged.filter(isDenied);
  const groups = groupsBy(denied, ({ flow, connection }) =>
    JSON.stringify([flow.from, flow.to, connection.port, connection.protocol]),
  );
  const exception = exceptionsAmong(judged, isDenied);
  const resolving = resolvingOverUdp(judged);
  return groups.flatMap((same) => {
    const [first] = same;
    if (isOnlyLongAnswers(first, resolving)) return [dnsOverTcp(world, first, same)];
    const { egress, ingress } = first.policy;
    const conditions = same.map(exception);
    return [
      ...(egress === 'denied' ? [atClient(world, first, same)] : []),
      ...(ingress === 'denied' ? [atServer(world, first, same)] : []),
    ].map((finding) => (conditions.includes(undefined) ? finding : onlyIf(conditions[0] ?? '', finding)));
  });
}

function isDenied({ flow }: Judged): boolean {
  return flow.networkPolicy === 'denied';
}

function atClient(world: World, first: Judged, same: readonly Judged[]): Found {
  const { connection, flow } = first;
  const client = clientOf(first);
  const place = client ? placeOf(world, client, 'egress') : sourceOf(first);
  const port = wirePort(world, first);
  const certificates = connection.purpose === 'certificates';
  const closed = port === HBONE_PORT;
  return found(
    certificates ? 'CT408' : closed ? 'CT409' : 'CT401',
    place,
    {
      message: `${connectionWords(first)} from ${flow.from} is denied: ${first.policy.why}.`,
      fix: `Add an egress rule to ${peerWords(first)} on ${connection.protocol} ${port ?? 'and the port'}.`,
    },
    same,
  );
}

function atServer(world: World, first: Judged, same: readonly Judged[]): Found {
  const { connection, flow } = first;
  const server = serversOf(world, connection).flatMap(({ workload }) => workload ?? [])[0];
  const client = clientOf(first);
  const place = server ? placeOf(world, server, 'ingress') : sourceOf(first);
  const port = wirePort(world, first);
  return found(
    port === HBONE_PORT ? 'CT409' : 'CT402',
    place,
    {
      message: `${connectionWords(first)} from ${flow.from} is denied: ${first.policy.why}.`,
      fix: `Add an ingress rule from ${client ? podsWords(client) : `the addresses of ${flow.from}`} on ${connection.protocol} ${port ?? 'and the port'}.`,
    },
    same,
  );
}

/** The first policy that selects the pods in this direction. */
function placeOf(world: World, workload: Workload, direction: Direction): Place {
  const policies = workloadEnds(world, workload)
    .flatMap((end) => (end.kind === 'pods' ? policiesSelecting(world, end) : []))
    .filter(({ policy, selected }) => policy[direction] !== undefined && selected === 'yes')
    .map(({ policy }): NetworkPolicy => policy)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { object: policies[0]?.id ?? workload.id, field: `spec.${direction}` };
}

/** What NetworkPolicy sees: behind Services, and between ambient pods HBONE. */
function wirePort(world: World, { connection, flow }: Judged): number | null {
  const client = connection.client.kind === 'workload' ? dataPlaneOf(world, connection.client.workload) : 'none';
  const servers = serversOf(world, connection).map(({ dataPlane }) => dataPlane);
  const tunnelled = client === 'ambient' && servers.length > 0 && servers.every((plane) => plane === 'ambient');
  return tunnelled ? HBONE_PORT : (flow.targetPort ?? connection.port);
}

function peerWords({ connection: { to } }: Judged): string {
  switch (to.kind) {
    case 'service': {
      const labels = Object.entries(to.service?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
      return `the pods of ${targetWords(to)} (namespace ${to.namespace}${labels.length > 0 ? `, labels ${listed(labels)}` : ''})`;
    }
    case 'workload':
    case 'loopback':
      return podsWords(to.workload);
    case 'istiod':
      return `namespace ${to.namespace}, pods app=istiod,`;
    case 'kubernetes-api':
      return 'the endpoints of the Kubernetes API (apiServer.endpointCidrs of the cluster file)';
    case 'kubelet':
      return 'the nodes (nodeCidrs of the cluster file)';
    case 'dns':
      return 'the DNS servers (namespace kube-system, pods k8s-app=kube-dns)';
    default:
      return targetWords(to);
  }
}

function podsWords({ namespace, labels }: Workload): string {
  const words = Object.entries(labels)
    .filter(([key]) => /(?:^|\/)(?:name|instance|app)$/.test(key))
    .map(([key, value]) => `${key}=${value}`);
  return `namespace ${namespace}${words.length > 0 ? `, pods ${listed(words)},` : ''}`;
}

/** DNS falls back to TCP only for long answers. */
function isOnlyLongAnswers({ connection, flow }: Judged, resolving: ReadonlySet<string>): boolean {
  return connection.purpose === 'resolve' && connection.protocol === 'TCP' && resolving.has(flow.from);
}

/** Clients that resolve names over UDP. */
function resolvingOverUdp(judged: readonly Judged[]): ReadonlySet<string> {
  const lookups = judged.filter(({ connection }) => connection.purpose === 'resolve' && connection.protocol === 'UDP');
  return new Set(lookups.filter((lookup) => !isDenied(lookup)).map(({ flow }) => flow.from));
}

function dnsOverTcp(world: World, first: Judged, same: readonly Judged[]): Found {
  const client = clientOf(first);
  return found(
    'CT412',
    client ? placeOf(world, client, 'egress') : sourceOf(first),
    {
      message: `DNS over TCP from ${first.flow.from} is denied, although UDP is allowed: long answers are lost.`,
      fix: `Add port ${first.flow.targetPort ?? first.connection.port ?? DNS_PORT} with protocol TCP next to UDP.`,
    },
    same,
  );
}
