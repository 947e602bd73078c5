import { LAST_PORT } from '../../../private/ports';
import type { PolicyPort, Protocol, Workload } from '../../inventory';
import { or, type Truth, truthOf } from '../../pods/truth';
import type { Route } from './ends';

/** Whether a rule with these ports admits the port of a route, if need be whichever it is; without ports it admits all. */
export function portTruth(admitted: readonly PolicyPort[] | undefined, route: Route): Truth {
  if (!admitted || admitted.length === 0) return 'yes';
  const entries = admitted.filter(({ protocol }) => protocol === route.protocol);
  if (entries.length === 0) return 'no';
  if (entries.some(isEveryPort)) return 'yes';
  const { port } = route;
  return port === null ? 'unknown' : or(...entries.map((entry) => entryTruth(entry, port, route)));
}

function isEveryPort({ port, endPort }: PolicyPort): boolean {
  return port === undefined || (port === 1 && endPort === LAST_PORT);
}

function entryTruth({ port, endPort }: PolicyPort, dialled: number, route: Route): Truth {
  if (typeof port === 'string') return namedPortTruth(port, dialled, route);
  return truthOf(port !== undefined && port <= dialled && dialled <= (endPort ?? port));
}

/** A name stands for the port of that name in the containers of the destination, in both directions. */
function namedPortTruth(name: string, dialled: number, { to, protocol }: Route): Truth {
  if (to.kind === 'addresses') return 'no';
  if (!to.workload) return 'unknown';
  return truthOf(portsNamed(to.workload, name, protocol).includes(dialled));
}

/** Ports of a pod by name; init containers are gone by the time of the first connection. */
export function portsNamed({ pod }: Workload, name: string, protocol: Protocol): number[] {
  const running = pod.containers.filter(({ init, restartable }) => !init || restartable);
  const ports = running.flatMap((container) => container.ports);
  return ports.filter((port) => port.name === name && port.protocol === protocol).map(({ port }) => port);
}
