import { ISTIOD_SERVICE } from '../../private/istio-names';
import { API_SERVER_SERVICE } from '../../private/kubernetes-names';
import type { Connection, Destination } from '../connection';
import type { FlowTarget } from '../result';
import type { World } from '../world';
import { serversOf } from './server';

/** How the plan names whom a connection goes to. */
export function targetOf(to: Destination): FlowTarget {
  switch (to.kind) {
    case 'service':
      return { kind: 'service', name: to.name, namespace: to.namespace };
    case 'workload':
    case 'loopback': {
      const { id, name, namespace } = to.workload;
      return { kind: 'workload', name, namespace, workload: id };
    }
    case 'pods': {
      const { name, namespace, exceptNamespaces, dataPlane } = to.pods;
      const where = { ...(namespace !== undefined && { namespace }), ...(exceptNamespaces && { exceptNamespaces }) };
      return { kind: 'pods', name, ...where, dataPlane };
    }
    case 'kubernetes-api':
      return { kind: 'kubernetes-api', name: API_SERVER_SERVICE.name };
    case 'kubelet':
      return { kind: 'kubelet', name: 'node' };
    case 'istiod':
      return { kind: 'istiod', name: ISTIOD_SERVICE, namespace: to.namespace };
    case 'dns':
      return { kind: 'dns', name: 'cluster-dns' };
    case 'external':
      return { kind: 'external', name: to.host };
  }
}

/** What the server listens on and NetworkPolicy sees; null when unknown, or when it differs. */
export function targetPortOf(world: World, connection: Connection): number | null {
  const { to, port } = connection;
  switch (to.kind) {
    case 'service':
      return onlyOne(serversOf(world, connection).map((server) => server.port));
    case 'kubernetes-api':
      return onlyOne(world.facts.apiServer.ports);
    case 'dns':
      return onlyOne(world.facts.dns.map((servers) => servers.port));
    default:
      return port;
  }
}

function onlyOne(ports: readonly (number | null)[]): number | null {
  return new Set(ports).size === 1 ? (ports[0] ?? null) : null;
}
