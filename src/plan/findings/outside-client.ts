import { DATAPLANE_MODE, EXCLUDE_INBOUND_PORTS, INJECT } from '../../private/istio-names';
import type { Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import { interceptionOf } from '../verdicts/interception';
import type { Judged } from '../verdicts/judged';
import { distinct, listed, portList } from '../words';
import type { World } from '../world';
import { type Found, found, type Place } from './finding';
import { connectionWords } from './flow-words';
import { annotationOf, labelOf } from './place';

/** A client without sidecar before a STRICT port of these manifests (hazards 10 and 21 of docs/istio.md). */
export function outsideClient(world: World, group: readonly [Judged, ...Judged[]], server: Workload): Found {
  const [{ flow, connection }] = group;
  const isWebhook = connection.purpose === 'webhook' || connection.purpose === 'alert';
  const ports = group.flatMap(({ flow: { targetPort, port } }) => targetPort ?? port ?? []);
  const ambient = dataPlaneOf(world, server) === 'ambient';
  const taker = ambient ? 'ztunnel in front' : 'the sidecar';
  return found(
    isWebhook ? 'CT319' : 'CT113',
    placeOf(server, ambient, isWebhook),
    {
      message: `${connectionWords(...group)} comes from ${flow.from}, which is outside the mesh; ${taker} of ${server.id} takes the port and is STRICT.`,
      fix: ambient ? byPolicy(server, ports) : byExclusion(server, ports, isWebhook),
    },
    group,
  );
}

function placeOf(server: Workload, ambient: boolean, isWebhook: boolean): Place {
  if (ambient) return labelOf(server, DATAPLANE_MODE);
  return isWebhook ? labelOf(server, INJECT) : annotationOf(server, EXCLUDE_INBOUND_PORTS);
}

function byPolicy({ id, namespace }: Workload, ports: readonly number[]): string {
  return `Add a PeerAuthentication in namespace ${namespace} that selects the pods of ${id}, with mode PERMISSIVE for ${listed(distinct(ports))} in portLevelMtls.`;
}

function byExclusion(server: Workload, added: readonly number[], isWebhook: boolean): string {
  const ports = portList([...interceptionOf(server).excludeInboundPorts.ports, ...added]);
  const outside = isWebhook ? `, or its label ${INJECT} to "false"` : '';
  return `Set ${EXCLUDE_INBOUND_PORTS} of ${server.id} to ${ports}, with includeInboundPorts "*"${outside}.`;
}
