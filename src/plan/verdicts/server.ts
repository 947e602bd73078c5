import type { Connection, Destination } from '../connection';
import type { Protocol, Service, ServicePort, Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import type { KnownLabels } from '../pods/selectors';
import { remembered } from '../remembered';
import type { DataPlane } from '../result';
import type { World } from '../world';
import { portsNamed } from './network-policy/ports';

/** Pods that may answer a connection. */
export interface Server {
  /** How sentences call them. */
  readonly name: string;
  /** Undefined: they can be in any. */
  readonly namespace?: string;
  /** Namespaces that are not meant by "any". */
  readonly exceptNamespaces?: readonly string[];
  readonly known: KnownLabels;
  readonly dataPlane: DataPlane;
  /** Of the container; null when unknown. */
  readonly port: number | null;
  /** Undefined: no manifest describes them. */
  readonly workload?: Workload;
}

/** Who may answer; none when it is not pods, or when nobody described the Service. */
export function serversOf(world: World, connection: Connection): readonly Server[] {
  const { to, port } = connection;
  switch (to.kind) {
    case 'workload':
    case 'loopback':
      return [workloadServer(world, to.workload, port)];
    case 'pods': {
      const { name, namespace, exceptNamespaces, labels, dataPlane } = to.pods;
      const where = { ...(namespace !== undefined && { namespace }), ...(exceptNamespaces && { exceptNamespaces }) };
      return [{ name, ...where, known: { labels, complete: false }, dataPlane: inMesh(world, dataPlane), port }];
    }
    case 'service':
      return to.service ? serversBehind(world, to.service, connection) : [];
    default:
      return [];
  }
}

type Dialled = Pick<Connection, 'port' | 'protocol'>;

/** The same objects every time, so that what a server can be is thought through once. */
const behindServices = remembered<World, string, readonly Server[]>();
const byAddress = remembered<World, string, Server>();

/** Who is behind a Service: workloads of the manifests, else pods of which the Service tells the labels. */
export function serversBehind(world: World, service: Service, dialled: Dialled): readonly Server[] {
  const key = `${service.id} ${dialled.port} ${dialled.protocol}`;
  return behindServices(world, key, () => findServersBehind(world, service, dialled));
}

function findServersBehind(world: World, service: Service, { port, protocol }: Dialled): readonly Server[] {
  const behind = world.workloadsBehind(service);
  const portOf = (workload?: Workload): number | null => targetPort(service, port, protocol, workload);
  if (behind.length === 0) {
    const name = `the pods of Service ${service.namespace}/${service.name}`;
    const known = { labels: service.selector ?? {}, complete: false };
    const dataPlane = inMesh(world, service.dataPlane ?? 'unknown');
    return [{ name, namespace: service.namespace, known, dataPlane, port: portOf() }];
  }
  return behind.map((workload) => {
    const server = workloadServer(world, workload, portOf(workload));
    return server.dataPlane === 'unknown' ? { ...server, dataPlane: service.dataPlane ?? 'unknown' } : server;
  });
}

function workloadServer(world: World, workload: Workload, port: number | null): Server {
  const { id, namespace, labels } = workload;
  return byAddress(world, `${id} ${port}`, () => {
    const known = { labels, complete: true };
    return { name: id, namespace, known, dataPlane: dataPlaneOf(world, workload), port, workload };
  });
}

/** Without a mesh nothing about it is unknown. */
function inMesh({ facts }: World, dataPlane: DataPlane): DataPlane {
  return facts.mesh?.mode === 'none' ? 'none' : dataPlane;
}

/** Without a cluster IP the client dials the pod itself, and nobody translates the port. */
function targetPort(service: Service, port: number | null, protocol: Protocol, workload?: Workload): number | null {
  if (service.headless) return port;
  const dialled = servicePort(service, port, protocol);
  return dialled ? containerPort(dialled, workload) : null;
}

/** The number, or the container's port of that name. */
export function containerPort({ targetPort: target, protocol }: ServicePort, workload?: Workload): number | null {
  if (typeof target === 'number') return target;
  return (workload && portsNamed(workload, target, protocol)[0]) ?? null;
}

export function servicePort(service: Service, port: number | null, protocol: Protocol): ServicePort | undefined {
  return service.ports.find((candidate) => candidate.port === port && candidate.protocol === protocol);
}

/** A Service translates the ports that it declares and no others. */
export function lacksPort(to: Destination, { port, protocol }: Pick<Connection, 'port' | 'protocol'>): boolean {
  if (to.kind !== 'service' || !to.service || port === null) return false;
  const { headless, ports } = to.service;
  if (headless || ports.length === 0) return false;
  return servicePort(to.service, port, protocol) === undefined;
}
