import type { IstioSidecar, Workload } from '../inventory';
import { type Truth, truthOf } from '../pods/truth';
import { once } from '../remembered';
import { selects, type World } from '../world';
import { hostMatches } from './host-match';
import { rootNamespace } from './peer-authentication';
import { Scopes } from './scopes';

/** Whether the client's sidecar knows a host: a Sidecar resource can narrow that. */
export function isVisible(world: World, client: Workload, hostname: string, namespace: string): boolean {
  const hosts = scopeOf(world, client)?.egressHosts;
  return hosts?.some((entry) => admits(entry, client.namespace, hostname, namespace)) ?? true;
}

/** An entry is `namespace/host`. */
function admits(entry: string, own: string, hostname: string, namespace: string): boolean {
  const slash = entry.indexOf('/');
  const [wanted, host] = [entry.slice(0, Math.max(slash, 0)), entry.slice(slash + 1)];
  const inNamespace = wanted === '*' || wanted === namespace || (wanted === '.' && namespace === own);
  return inNamespace && hostMatches(host, hostname);
}

/** Whether the client's sidecar refuses hosts that the mesh does not know (REGISTRY_ONLY). */
export function refusesUnknownHosts(world: World, client: Workload): Truth {
  const { mesh } = world.facts;
  const registryOnly = scopeOf(world, client)?.registryOnly;
  if (registryOnly !== undefined) return truthOf(registryOnly);
  return mesh?.mode === 'sidecar' ? truthOf(mesh.registryOnly) : 'unknown';
}

/** The Sidecar resource of a workload: by selector, else its namespace's, else the root namespace's. */
function scopeOf(world: World, client: Workload): IstioSidecar | undefined {
  const { namespace, labels } = client;
  const sidecars = scopes(world);
  return (
    sidecars.candidates(namespace, { labels, complete: true }).find(({ selector }) => selects(selector, labels)) ??
    sidecars.ofNamespace(namespace)[0] ??
    sidecars.ofNamespace(rootNamespace(world))[0]
  );
}

const scopes = once(({ inventory }: World) => new Scopes(inventory.istioSidecars));
