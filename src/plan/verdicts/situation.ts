import { BYPASS_INBOUND_CAPTURE } from '../../private/istio-names';
import type { Client } from '../connection';
import type { MtlsModeName, Workload } from '../inventory';
import { parseBool } from '../parse-bool';
import { type KnownDataPlane, possiblePlanes } from '../pods/data-plane';
import { keepsProbes } from '../pods/injection';
import type { Truth } from '../pods/truth';
import { remembered } from '../remembered';
import type { World } from '../world';
import { isDeclaredHttp } from './declared-protocol';
import { inboundCaptured, interceptionOf, PROXY_PORTS } from './interception';
import type { Given } from './outcome';
import { effectiveModes, meshModes, namespaceModes } from './peer-authentication';
import type { Server } from './server';

/** One state that a server can be in, as far as manifests and facts leave it open. */
export interface Situation {
  readonly plane: KnownDataPlane;
  /** Whether sidecar or ztunnel takes what arrives on the port. */
  readonly captured: boolean;
  /** Effective mutual TLS mode of the port. */
  readonly mode: MtlsModeName;
  /** Mode of the namespace, which is what clients of a Service go by. */
  readonly namespaceMode: MtlsModeName;
  /** Whether the sidecar takes the port for HTTP. */
  readonly http: boolean;
  readonly given: Given;
}

/** All states that a server can be in for this client. */
export function situationsOf(world: World, server: Server, client: Client): readonly Situation[] {
  return situations(server, client.kind, () => findSituations(world, server, client));
}

/** A server belongs to one world, and most are asked for several times for each connection. */
const situations = remembered<Server, Client['kind'], readonly Situation[]>();

function findSituations(world: World, server: Server, client: Client): readonly Situation[] {
  const planes = server.dataPlane === 'unknown' ? possiblePlanes(world) : [server.dataPlane];
  return planes.flatMap((plane) => {
    const captures = plane === 'none' ? [false] : values(capturedIn(plane, server, client));
    return captures.flatMap((captured) => situationsIn(world, server, plane, captured));
  });
}

function situationsIn(world: World, server: Server, plane: KnownDataPlane, captured: boolean): Situation[] {
  const https = plane === 'sidecar' && captured ? values(isDeclaredHttp(world, server)) : [false];
  return modesOf(world, server, plane).flatMap((modes) =>
    https.map((http) => ({ plane, captured, ...modes, http, given: givenOf({ plane, captured, ...modes, http }) })),
  );
}

type Modes = Pick<Situation, 'mode' | 'namespaceMode'>;

function modesOf(world: World, server: Server, plane: KnownDataPlane): readonly Modes[] {
  if (plane === 'none') return [{ mode: 'DISABLE', namespaceMode: 'DISABLE' }];
  return meshModes(world).flatMap((meshMode) =>
    effectiveModes(world, server, server.port, meshMode).flatMap((mode) =>
      namespaceModes(world, server, meshMode).map((namespaceMode) => ({ mode, namespaceMode })),
    ),
  );
}

const OUTSIDE = 'outside the mesh';

function givenOf({ plane, captured, mode, namespaceMode, http }: Omit<Situation, 'given'>): Given {
  const serverPlane = { none: 'without a sidecar', sidecar: 'with a sidecar', ambient: 'in ambient' }[plane];
  if (plane === 'none') return { serverPlane, mode: OUTSIDE, namespaceMode: OUTSIDE };
  const protocol = http ? 'if the port is declared as HTTP' : 'if the port is not declared as HTTP';
  return {
    serverPlane,
    captured: captured ? 'if the sidecar takes the port' : 'if the sidecar does not take the port',
    mode: `with mode ${mode}`,
    namespaceMode: `with mode ${namespaceMode} in the namespace`,
    ...(plane === 'sidecar' && captured && { protocol }),
  };
}

function capturedIn(plane: 'sidecar' | 'ambient', server: Server, client: Client): Truth {
  const { port, workload } = server;
  if (plane === 'ambient') return ambientCaptured(workload, client);
  if (client.kind === 'kubelet' && wouldBeRewritten(server)) return 'no';
  if (workload) return inboundCaptured(interceptionOf(workload), port);
  // Pods of other people count as Istio's defaults have them.
  return port !== null && PROXY_PORTS.includes(port) ? 'no' : 'yes';
}

/** ztunnel lets probes of the kubelet pass. */
function ambientCaptured(workload: Workload | undefined, client: Client): Truth {
  const bypassed = parseBool(workload?.annotations[BYPASS_INBOUND_CAPTURE]);
  return bypassed === true || client.kind === 'kubelet' ? 'no' : 'yes';
}

/**
 * If a pod turns out to have a sidecar, the injector will have sent its probes to the sidecar's agent (istio
 * `pkg/kube/inject/app_probe.go`). Where that is certain, the connection already goes there.
 */
function wouldBeRewritten({ dataPlane, workload }: Server): boolean {
  return dataPlane === 'unknown' && workload !== undefined && !keepsProbes(workload);
}

function values(truth: Truth): readonly boolean[] {
  return { yes: [true], no: [false], unknown: [true, false] }[truth];
}
