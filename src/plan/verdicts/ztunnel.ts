import { TUNNEL } from '../../private/istio-names';
import type { Connection } from '../connection';
import type { World } from '../world';
import { certainly, throughHbone } from './auto-mtls';
import { interceptionOf } from './interception';
import { type Case, certain } from './outcome';
import { arrived, reached, unknownService } from './reach';
import type { Server } from './server';
import { type Content, unwrapped } from './wire';

/** What becomes of a connection of an ambient pod: HBONE to whoever takes it, by pod address too. */
export function throughZtunnel(world: World, connection: Connection, content: Content): readonly Case[] {
  const { to } = connection;
  if (to.kind === 'service' && !to.service) return [certain(unknownService(to, 'unknown'))];
  if (to.kind !== 'workload' && to.kind !== 'pods' && to.kind !== 'service') return reached(world, connection, content);
  return arrived(world, connection, content, (server, { plane }) => {
    if (plane === 'none') return certainly(unwrapped(content));
    return throughHbone(plane === 'ambient' || takesHbone(server), content);
  });
}

/** Sidecars take it where the mesh or the pod says so; the ambient profile of Istio does. */
function takesHbone({ workload }: Server): boolean | undefined {
  if (!workload) return undefined;
  const label = workload.labels[TUNNEL];
  return interceptionOf(workload).proxy.hbone ?? (label === undefined ? undefined : label === 'http');
}
