import { ISTIOD_LABELS } from '../../../private/istio-names';
import { KUBE_DNS_LABELS, KUBE_DNS_SERVICE } from '../../../private/kubernetes-names';
import { DNS_PORT, HBONE_PORT } from '../../../private/ports';
import type { Client, Connection, Destination } from '../../connection';
import type { Service } from '../../inventory';
import { dataPlaneOf } from '../../pods/data-plane';
import type { Truth } from '../../pods/truth';
import type { DataPlane } from '../../result';
import type { World } from '../../world';
import { clusterAddresses } from '../addresses';
import { type Server, serversBehind } from '../server';
import { apiServer, type End, nodes, outside, peerEnds, podsWith, type Route, unknownPods, workloadEnds } from './ends';

/** Somebody who may be called. */
interface Called {
  readonly end: End;
  /** Null: unknown, or any. */
  readonly port: number | null;
  readonly dataPlane: DataPlane;
}

/** Every way that a connection can take; none for connections that do not leave the pod. */
export function routesOf(world: World, connection: Connection, targetPort: number | null): Route[] {
  const clients = clientEnds(world, connection.client);
  return calledBy(world, connection, targetPort).flatMap((called) =>
    portsSeen(world, connection, called).flatMap((port) =>
      clients.map((from): Route => ({ from, to: called.end, protocol: connection.protocol, port })),
    ),
  );
}

function clientEnds(world: World, client: Client): readonly End[] {
  if (client.kind === 'workload') return workloadEnds(world, client.workload);
  return [client.kind === 'kubelet' ? nodes(world) : apiServer(world)];
}

function calledBy(world: World, connection: Connection, targetPort: number | null): readonly Called[] {
  const { to } = connection;
  const port = targetPort ?? connection.port;
  switch (to.kind) {
    case 'service':
      return behindService(world, to, connection, targetPort);
    case 'workload': {
      const dataPlane = dataPlaneOf(world, to.workload);
      return workloadEnds(world, to.workload).map((end) => ({ end, port, dataPlane }));
    }
    case 'pods': {
      const { name, namespace, labels, dataPlane, exceptNamespaces } = to.pods;
      const end = { ...unknownPods(world, name, namespace, labels), ...(exceptNamespaces && { exceptNamespaces }) };
      return [{ end, port, dataPlane }];
    }
    case 'loopback':
      return [];
    case 'kubernetes-api':
      return world.facts.apiServer.ports.flatMap((each) => outsideMesh([apiServer(world)], each));
    case 'kubelet':
      return outsideMesh([nodes(world)], port);
    case 'istiod':
      return outsideMesh(podsWith(world, to.namespace, ISTIOD_LABELS), port);
    case 'dns':
      return dnsServers(world);
    case 'external':
      return outsideMesh([outside(world, to.host)], port);
  }
}

function dnsServers(world: World): Called[] {
  const { dns } = world.facts;
  if (dns.length === 0) return outsideMesh(podsWith(world, KUBE_DNS_SERVICE.namespace, KUBE_DNS_LABELS), DNS_PORT);
  return dns.flatMap(({ peer, port }) => outsideMesh(peerEnds(world, peer), port));
}

function outsideMesh(ends: readonly End[], port: number | null): Called[] {
  return ends.map((end) => ({ end, port, dataPlane: 'none' }));
}

type ServiceDestination = Extract<Destination, { kind: 'service' }>;

function behindService(
  world: World,
  { namespace, name, service }: ServiceDestination,
  connection: Connection,
  targetPort: number | null,
): Called[] {
  // Of a cluster IP that nobody described not even the namespace is known.
  if (!service) {
    const pods = unknownPods(world, `the pods behind ${name}`, namespace === '' ? undefined : namespace, {});
    return [{ end: pods, port: targetPort, dataPlane: 'unknown' }];
  }
  const { protocol } = connection;
  return dialledPorts(service, connection).flatMap((port) =>
    serversBehind(world, service, { port, protocol }).flatMap((server) => {
      const called = { port: server.port ?? targetPort, dataPlane: server.dataPlane };
      return endsOf(world, service, server).map((end) => ({ ...called, end }));
    }),
  );
}

function endsOf(world: World, service: Service, { name, workload }: Server): readonly End[] {
  if (workload) return workloadEnds(world, workload);
  const { namespace, selector } = service;
  return selector ? [unknownPods(world, name, namespace, selector)] : anybody(world, name);
}

/** Where any port may be dialled, a Service offers its own and no others. */
function dialledPorts({ headless, ports }: Service, { port, protocol }: Connection): readonly (number | null)[] {
  const offered = ports.filter((candidate) => candidate.protocol === protocol).map((candidate) => candidate.port);
  return port === null && !headless && offered.length > 0 ? offered : [port];
}

/** The endpoints of a Service without selector are written by hand: pods of any namespace, or other addresses. */
function anybody(world: World, name: string): End[] {
  const addresses = clusterAddresses(world.facts).outside;
  return [unknownPods(world, name, undefined, {}), { kind: 'addresses', name, addresses, place: 'outside' }];
}

/**
 * Between ambient pods NetworkPolicy sees HBONE only (Istio, "Ambient and Kubernetes NetworkPolicy"); with a sidecar on one
 * side it depends on settings of that sidecar.
 */
function portsSeen(world: World, connection: Connection, { port, dataPlane }: Called): (number | null)[] {
  switch (usesHbone(world, connection, dataPlane)) {
    case 'yes':
      return [HBONE_PORT];
    case 'no':
      return [port];
    case 'unknown':
      return [port, HBONE_PORT];
  }
}

function usesHbone(world: World, { client, protocol }: Connection, server: DataPlane): Truth {
  if (protocol !== 'TCP' || client.kind !== 'workload') return 'no';
  const planes = [dataPlaneOf(world, client.workload), server];
  const ambientExists = planes.includes('ambient') || world.facts.mesh?.mode === 'ambient';
  if (!ambientExists || planes.includes('none') || planes.every((plane) => plane === 'sidecar')) return 'no';
  return planes.every((plane) => plane === 'ambient') ? 'yes' : 'unknown';
}
