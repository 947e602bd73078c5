import { type Truth, truthOf } from '../pods/truth';
import type { World } from '../world';
import { protocolOf } from './protocol';
import { servicesSelecting } from './selecting-services';
import { containerPort, type Server } from './server';

/**
 * Whether the server's sidecar takes a port for HTTP, because a Service that selects the pod declares it so. Detection of
 * undeclared ports only matters for bytes that turn out to be HTTP.
 */
export function isDeclaredHttp(world: World, server: Server): Truth {
  if (server.port === null) return 'unknown';
  const declarations = declarationsOf(world, server);
  const certain = new Set(declarations.filter(({ applies }) => applies === 'yes').map(({ http }) => http));
  // Which of two Services that disagree Istio follows is up to their order.
  if (certain.size > 1) return 'unknown';
  const [http] = certain;
  if (http !== undefined) return truthOf(http);
  // Pods of other people, and pods of any namespace, can have Services that nobody described.
  return declarations.length > 0 || !server.known.complete ? 'unknown' : 'no';
}

interface Declaration {
  readonly http: boolean;
  readonly applies: Truth;
}

function declarationsOf(world: World, server: Server): Declaration[] {
  return servicesSelecting(world, server).flatMap(({ service, selects }) =>
    service.ports
      .filter((port) => port.protocol === 'TCP' && containerPort(port, server.workload) === server.port)
      .map((port) => ({ http: protocolOf(port) === 'http', applies: selects })),
  );
}
