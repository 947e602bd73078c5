import { ENVOY_METRICS_PORT, PROXY_READINESS_PORT } from '../../private/ports';
import type { Connection } from '../connection';
import type { Workload } from '../inventory';
import type { World } from '../world';
import { ruled, wiresTo } from './auto-mtls';
import { destinationTls } from './destination-rule';
import { refusesUnknownHosts } from './egress-scope';
import { interceptionOf } from './interception';
import { assume, type Case, certain, type Outcome } from './outcome';
import { arrived, reached, unknownService } from './reach';
import { anyTakesIt, headlessAround, type KnownHost, knownHosts } from './registry';
import { atApplication, fails } from './reception';
import { serversBehind } from './server';
import { type Content, unwrapped } from './wire';

/** What becomes of a connection that the client's own sidecar takes: istio `pilot/pkg/networking/core/listener.go`. */
export function throughSidecar(
  world: World,
  client: Workload,
  connection: Connection,
  content: Content,
): readonly Case[] {
  const { to, port } = connection;
  if (port === ENVOY_METRICS_PORT || port === PROXY_READINESS_PORT) return [certain(ownEnvoy(content, port))];
  if (to.kind === 'service' && !to.service) return [certain(unknownService(to, 'unknown'))];
  if (to.kind === 'workload' || to.kind === 'pods') return byPodAddress(world, client, connection, content);
  const hosts = knownHosts(world, client, connection);
  return hosts.flatMap((host) => {
    const cases = toHost(world, client, connection, content, host);
    return hosts.length === 1 ? cases : assume({ port: host ? `on port ${host.port}` : 'on another port' }, cases);
  });
}

function ownEnvoy(content: Content, port: number): Outcome {
  const why = `Port ${port} is one of the client's own Envoy, which answers in place of the server.`;
  return fails(unwrapped(content), 'broken', 'own-envoy-answers', why);
}

/** To a host of the registry Envoy speaks as the host does; everything else it passes on, or refuses. */
function toHost(
  world: World,
  client: Workload,
  connection: Connection,
  content: Content,
  host: KnownHost | undefined,
): readonly Case[] {
  if (!host || isNoHttp(host, connection, content)) return unknownHost(world, client, connection, content);
  const { service } = host;
  const rule = destinationTls(world, client, host);
  if (service) {
    const { hbone } = interceptionOf(client).proxy;
    const peers = service.headless ? serversBehind(world, service, connection) : [];
    return arrived(world, connection, content, wiresTo(content, { rule, hbone, peers }));
  }
  if (rule === undefined || rule === 'DISABLE') return reached(world, connection, content);
  return [certain(atApplication(ruled(rule, content), 'A DestinationRule makes the sidecar encrypt'))];
}

/** An HTTP port takes HTTP only: other bytes go where unknown hosts go. */
function isNoHttp({ protocol }: KnownHost, { application }: Connection, content: Content): boolean {
  return protocol === 'http' && (content !== 'plaintext' || application === 'tcp');
}

/** ALLOW_ANY passes it on as it is, REGISTRY_ONLY does not. */
function unknownHost(world: World, client: Workload, connection: Connection, content: Content): readonly Case[] {
  const refuses = refusesUnknownHosts(world, client);
  const why = 'The mesh refuses hosts that it does not know (REGISTRY_ONLY), and it does not know this one.';
  const refused = certain(fails(unwrapped(content), 'refused', 'unknown-host-refused', why));
  const passed = reached(world, connection, content);
  if (refuses === 'yes') return [refused];
  if (refuses === 'no') return passed;
  return [
    ...assume({ unknownHosts: 'if it refuses them (REGISTRY_ONLY)' }, [refused]),
    ...assume({ unknownHosts: 'if it lets them pass (ALLOW_ANY)' }, passed),
  ];
}

/** Envoy only knows pod addresses of headless Services. */
function byPodAddress(world: World, client: Workload, connection: Connection, content: Content): readonly Case[] {
  const services = headlessAround(world, client, connection);
  const through = services.flatMap(({ host }) => toHost(world, client, connection, content, host));
  const past = (): readonly Case[] => unknownHost(world, client, connection, content);
  switch (anyTakesIt(services)) {
    case 'yes':
      return through;
    case 'no':
      return past();
    case 'unknown':
      return [
        ...assume({ headless: 'through a headless Service' }, through),
        ...assume({ headless: 'through no headless Service' }, past()),
      ];
  }
}
