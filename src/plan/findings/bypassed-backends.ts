import { EXCLUDE_OUTBOUND_PORTS, EXCLUDE_OUTBOUND_RANGES, INCLUDE_OUTBOUND_PORTS } from '../../private/istio-names';
import type { Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import type { Interception } from '../verdicts/interception';
import type { Judged } from '../verdicts/judged';
import { serversOf } from '../verdicts/server';
import { portList } from '../words';
import type { World } from '../world';
import { type Found, found } from './finding';
import { clientOf, isToBackend, portWords, targetWords } from './flow-words';
import { annotationOf } from './place';

/** Backends with a sidecar that are reached past the client's (hazards 4 and 6, and a port that is missing in the list). */
export function bypassedBackends(world: World, judged: readonly Judged[]): Found[] {
  return judged.flatMap((one) => {
    const { connection, capture, flow, interception } = one;
    const workload = clientOf(one);
    const direct =
      flow.path === 'direct' &&
      capture?.result === 'direct' &&
      interception !== undefined &&
      interception.mode !== 'NONE';
    if (!workload || !direct || !isToBackend(one) || connection.to.kind !== 'service') return [];
    const inMesh =
      dataPlaneOf(world, workload) === 'sidecar' &&
      serversOf(world, connection).some(({ dataPlane }) => dataPlane === 'sidecar');
    return inMesh ? [bypassed(workload, one, interception)] : [];
  });
}

function bypassed(workload: Workload, judged: Judged, interception: Interception): Found {
  const { connection, flow } = judged;
  const { port, to } = connection;
  const { includeOutboundPorts: included, excludeOutboundPorts, includeOutboundRanges } = interception;
  const target = `${targetWords(to)} on ${portWords(connection)}`;
  const listedPort = port !== null && included.ports.includes(port);
  if (port !== null && excludeOutboundPorts?.ports.includes(port)) {
    return found(
      'CT107',
      annotationOf(workload, EXCLUDE_OUTBOUND_PORTS),
      {
        message: `${target} has a sidecar, but port ${port} is in excludeOutboundPorts: it is reached without mutual TLS.`,
        fix: `Remove ${port} from ${EXCLUDE_OUTBOUND_PORTS}.`,
      },
      [judged],
    );
  }
  if (listedPort || includeOutboundRanges.everything) {
    const headless = to.kind === 'service' && to.service?.headless === true;
    return found(
      'CT107',
      annotationOf(workload, EXCLUDE_OUTBOUND_RANGES),
      {
        message: `${target} has a sidecar, but its address is in excludeOutboundIPRanges${headless ? ', because a headless Service resolves to pods' : ''}: it is reached without mutual TLS.`,
        fix: headless
          ? 'Send to a Service with a cluster IP.'
          : `Take the address out of ${EXCLUDE_OUTBOUND_RANGES}: it must not contain addresses of Services.`,
      },
      [judged],
    );
  }
  const dialled = [...included.ports.filter((other) => other !== flow.targetPort), ...(port === null ? [] : [port])];
  if (flow.targetPort !== null && flow.targetPort !== port && included.ports.includes(flow.targetPort)) {
    return found(
      'CT108',
      annotationOf(workload, INCLUDE_OUTBOUND_PORTS),
      {
        message: `includeOutboundPorts lists ${flow.targetPort}, the target port of ${targetWords(to)}, but the program dials ${port ?? ''}: it is reached without mutual TLS.`,
        fix: `Set ${INCLUDE_OUTBOUND_PORTS} to ${portList(dialled)}.`,
      },
      [judged],
    );
  }
  return found(
    'CT109',
    annotationOf(workload, INCLUDE_OUTBOUND_PORTS),
    {
      message: `${target} has a sidecar, but includeOutboundPorts does not list the port: it is reached without mutual TLS.`,
      fix: `Set ${INCLUDE_OUTBOUND_PORTS} to ${portList([...included.ports, ...(port === null ? [] : [port])])}.`,
    },
    [judged],
  );
}
