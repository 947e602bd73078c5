import { AMBIENT_DNS_CAPTURE } from '../../private/istio-names';
import { DNS_PORT } from '../../private/ports';
import type { Client, Connection } from '../connection';
import type { Workload } from '../inventory';
import { parseBool } from '../parse-bool';
import { dataPlaneOf, dataPlaneReason, type KnownDataPlane, possiblePlanes } from '../pods/data-plane';
import type { Path } from '../result';
import type { World } from '../world';
import { type Capture, captureOf, type CaptureResult } from './capture';
import { throughSidecar } from './envoy';
import { assume, type Case, certain } from './outcome';
import { reached } from './reach';
import { passesOn } from './reception';
import { serversOf } from './server';
import { type Situation, situationsOf } from './situation';
import { contentsOf } from './wire';
import { throughZtunnel } from './ztunnel';

/** What the client's side does with a connection, and what becomes of it then. */
export interface ClientSide {
  readonly path: Path;
  /** A sentence. */
  readonly why: string;
  readonly cases: readonly Case[];
  /** Of a client that has or may have a sidecar. */
  readonly capture?: Capture;
}

export function clientSide(world: World, connection: Connection): ClientSide {
  const { client } = connection;
  return client.kind === 'workload'
    ? podSide(world, client.workload, connection)
    : outsiderSide(world, client.kind, connection);
}

function podSide(world: World, workload: Workload, connection: Connection): ClientSide {
  const dataPlane = dataPlaneOf(world, workload);
  const why = dataPlaneReason(world, workload);
  if (dataPlane !== 'unknown') return planeSide(world, workload, connection, dataPlane);
  const planes = possiblePlanes(world).map((plane) => ({
    side: planeSide(world, workload, connection, plane),
    given: { none: 'without a sidecar', sidecar: 'with a sidecar', ambient: 'in ambient' }[plane],
  }));
  return {
    path: pathOf(planes.map(({ side }) => side.path)),
    why: `The data plane of the client is not known: ${why}.`,
    cases: planes.flatMap(({ side, given }) => assume({ clientPlane: `${given} at the client` }, side.cases)),
    capture: captureOf(world, workload, connection),
  };
}

function planeSide(world: World, workload: Workload, connection: Connection, plane: KnownDataPlane): ClientSide {
  switch (plane) {
    case 'none':
      return untouched(world, connection, `The client is not in the mesh: ${dataPlaneReason(world, workload)}.`);
    case 'sidecar':
      return sidecarSide(world, workload, connection);
    case 'ambient':
      return ambientSide(world, workload, connection);
  }
}

function untouched(world: World, connection: Connection, why: string): ClientSide {
  return { path: 'direct', why, cases: forEachContent(connection, (content) => reached(world, connection, content)) };
}

function sidecarSide(world: World, workload: Workload, connection: Connection): ClientSide {
  const capture = captureOf(world, workload, connection);
  const cases = capture.possible.flatMap((result) => {
    const taken = forEachContent(connection, (content) => casesOf(world, workload, connection, result, content));
    return capture.possible.length > 1 ? assume({ capture: ASSUMED[result] }, taken) : taken;
  });
  const path = pathOf(capture.possible.map((result) => PATHS[result]));
  const start = capture.result === 'conditional' ? 'It depends' : SENTENCES[capture.result];
  return { path, why: `${start}: ${capture.why}.`, cases, capture };
}

const PATHS: Record<CaptureResult, Path> = {
  direct: 'direct',
  'envoy-outbound': 'sidecar',
  'envoy-inbound': 'sidecar-inbound',
  'agent-dns': 'dns-proxy',
};
const SENTENCES: Record<CaptureResult, string> = {
  direct: "It bypasses the client's sidecar",
  'envoy-outbound': "The client's sidecar takes it",
  'envoy-inbound': "The inbound side of the client's sidecar takes it",
  'agent-dns': "The DNS proxy of the client's sidecar answers",
};
const ASSUMED: Record<CaptureResult, string> = {
  direct: "past the client's sidecar",
  'envoy-outbound': "through the client's sidecar",
  'envoy-inbound': "through the inbound side of the client's sidecar",
  'agent-dns': "by the DNS proxy of the client's sidecar",
};

type Content = ReturnType<typeof contentsOf>[number];

function casesOf(
  world: World,
  workload: Workload,
  connection: Connection,
  result: CaptureResult,
  content: Content,
): readonly Case[] {
  switch (result) {
    case 'envoy-outbound':
      return throughSidecar(world, workload, connection, content);
    case 'agent-dns':
      return [certain(passesOn({ content }, ANSWERED_IN_POD))];
    case 'direct':
    case 'envoy-inbound':
      return reached(world, connection, content);
  }
}

const ANSWERED_IN_POD = 'The answer comes from inside the pod or from the DNS servers of the cluster.';

/** Redirected to ztunnel: all TCP that leaves the pod, and DNS. */
function ambientSide(world: World, workload: Workload, connection: Connection): ClientSide {
  const { to, port, protocol } = connection;
  if (to.kind === 'loopback') return untouched(world, connection, 'It does not leave the pod.');
  if (port === DNS_PORT && parseBool(workload.annotations[AMBIENT_DNS_CAPTURE]) !== false) {
    const cases = forEachContent(connection, (content) => [certain(passesOn({ content }, ANSWERED_IN_POD))]);
    return { path: 'dns-proxy', why: 'The DNS proxy of ztunnel answers.', cases };
  }
  if (protocol === 'UDP') return untouched(world, connection, 'ztunnel takes TCP only.');
  const why = `ztunnel takes it: ${dataPlaneReason(world, workload)}.`;
  return {
    path: 'ztunnel',
    why,
    cases: forEachContent(connection, (content) => throughZtunnel(world, connection, content)),
  };
}

function forEachContent(connection: Connection, cases: (content: Content) => readonly Case[]): readonly Case[] {
  const contents = contentsOf(connection.tls);
  if (contents.length === 1) return cases(contents[0]!);
  return contents.flatMap((content) =>
    assume(
      { clientTls: content === 'plaintext' ? 'if the client sends plaintext' : 'if the client uses TLS' },
      cases(content),
    ),
  );
}

/** Of clients that are no pods, the path tells whether the server's side takes the connection. */
function outsiderSide(world: World, kind: Exclude<Client['kind'], 'workload'>, connection: Connection): ClientSide {
  const situations = serversOf(world, connection).flatMap((server) => situationsOf(world, server, connection.client));
  const path = isUndescribed(world, connection) ? 'conditional' : pathOf(situations.map(inboundPath));
  const name = kind === 'kubelet' ? 'The kubelet' : 'The API server';
  return { ...untouched(world, connection, `${name} is not in the mesh.`), path };
}

function inboundPath({ plane, captured }: Situation): Path {
  if (!captured) return 'direct';
  return plane === 'sidecar' ? 'sidecar-inbound' : 'ztunnel';
}

function isUndescribed({ facts }: World, { to }: Connection): boolean {
  return to.kind === 'service' && !to.service && facts.mesh?.mode !== 'none';
}

function pathOf(paths: readonly Path[]): Path {
  const [first = 'direct', ...others] = paths;
  return others.every((other) => other === first) ? first : 'conditional';
}
