import { isIp } from '../../private/checks';
import { hostCidr } from '../../private/cidr';
import { ISTIOD_SERVICE } from '../../private/istio-names';
import { API_SERVER_SERVICE, KUBE_DNS_SERVICE } from '../../private/kubernetes-names';
import { API_SERVER_PORT } from '../../private/ports';
import type { Connection } from '../connection';
import type { Service, ServiceEntry, ServicePort, Workload } from '../inventory';
import { and, or, type Truth } from '../pods/truth';
import { once } from '../remembered';
import type { World } from '../world';
import { addressSet, within } from './addresses';
import { isVisible } from './egress-scope';
import { HostIndex } from './host-index';
import { hostMatches, hostnameOf, isExportedTo } from './host-match';
import { type PortProtocol, protocolNamed, protocolOf } from './protocol';
import { servicesSelecting } from './selecting-services';
import { servicePort, serversOf } from './server';

/** A host that the client's sidecar knows, with the port that is dialled. */
export interface KnownHost {
  readonly hostname: string;
  readonly namespace: string;
  readonly port: number;
  readonly protocol: PortProtocol;
  /** A Service of the cluster; undefined for what a ServiceEntry or the platform declares. */
  readonly service?: Service;
}

/** What the client's sidecar takes the destination for; undefined: an unknown host. Several, if any port may be dialled. */
export function knownHosts(world: World, client: Workload, connection: Connection): readonly (KnownHost | undefined)[] {
  const { to, port } = connection;
  if (port !== null) return [knownHost(world, client, connection)];
  const ofService = to.kind === 'service' ? (to.service?.ports ?? []) : [];
  const ofEntries = world.inventory.serviceEntries.flatMap(({ ports }) => ports);
  const ports = new Set([
    ...ofService.map((each) => each.port),
    ...ofEntries.map(({ number }) => number),
    API_SERVER_PORT,
  ]);
  return [undefined, ...[...ports].flatMap((each) => knownHost(world, client, { ...connection, port: each }) ?? [])];
}

/** The host that a connection goes to by name or cluster IP, if the client's sidecar knows it with this port. */
function knownHost(world: World, client: Workload, connection: Connection): KnownHost | undefined {
  const { to, port, protocol } = connection;
  switch (to.kind) {
    case 'service':
      return to.service && knownService(world, client, to.service, servicePort(to.service, port, protocol));
    case 'kubernetes-api':
      return port === API_SERVER_PORT ? knownPlatformService(world, client, API_SERVER_SERVICE, port) : undefined;
    case 'istiod':
      return knownPlatformService(world, client, { name: ISTIOD_SERVICE, namespace: to.namespace }, port);
    case 'dns':
      return knownPlatformService(world, client, KUBE_DNS_SERVICE, port);
    case 'external':
      return knownExternal(world, client, to.host, port);
    default:
      return undefined;
  }
}

function knownService(
  world: World,
  client: Workload,
  service: Service,
  declared: ServicePort | undefined,
): KnownHost | undefined {
  const { namespace } = service;
  const hostname = hostnameOf(service);
  if (!declared || !isVisible(world, client, hostname, namespace)) return undefined;
  return { hostname, namespace, port: declared.port, protocol: protocolOf(declared), service };
}

/** A Service that every cluster has. */
function knownPlatformService(
  world: World,
  client: Workload,
  service: { readonly name: string; readonly namespace: string },
  port: number | null,
): KnownHost | undefined {
  const { namespace } = service;
  const hostname = hostnameOf(service);
  if (port === null || !isVisible(world, client, hostname, namespace)) return undefined;
  return { hostname, namespace, port, protocol: 'tcp' };
}

/** The ranges of an entry may contain whatever address is dialled. */
const entriesByHost = once(
  ({ inventory }: World) =>
    new HostIndex(inventory.serviceEntries, ({ hosts, addresses }) => (addresses.length > 0 ? [...hosts, '*'] : hosts)),
);

/** What a ServiceEntry declares about a host outside the cluster. */
function knownExternal(world: World, client: Workload, host: string, port: number | null): KnownHost | undefined {
  for (const entry of entriesByHost(world).candidates(host)) {
    const declared = entry.ports.find(({ number }) => number === port);
    const hostname = nameIn(entry, host);
    if (!declared || hostname === undefined || !isExportedTo(entry, client.namespace)) continue;
    if (!isVisible(world, client, hostname, entry.namespace)) continue;
    const { namespace } = entry;
    return { hostname, namespace, port: declared.number, protocol: protocolNamed(declared.protocol) };
  }
  return undefined;
}

/** The entry's host that stands for a name or address. */
function nameIn({ hosts, addresses }: ServiceEntry, host: string): string | undefined {
  const byName = hosts.find((pattern) => hostMatches(pattern, host));
  if (byName !== undefined || !isIp(host)) return byName;
  const ranges = addresses.map((address) => (isIp(address) ? hostCidr(address) : address));
  return within(addressSet([hostCidr(host)]), ranges) === 'yes' ? hosts[0] : undefined;
}

/**
 * Headless Services with TCP or detected protocol that a pod is dialled through, although by its address: Envoy has a
 * listener for each of their pods (istio `pilot/pkg/networking/core/listener.go`).
 */
export function headlessAround(world: World, client: Workload, connection: Connection): readonly HeadlessService[] {
  return serversOf(world, connection).flatMap((server) =>
    servicesSelecting(world, server)
      .filter(({ service }) => service.headless)
      .flatMap(({ service, selects }) =>
        dialledPorts(service, connection).flatMap(({ port, is }) => {
          const host = knownService(world, client, service, port);
          return host?.protocol === 'tcp' || host?.protocol === 'auto' ? [{ host, takesIt: and(selects, is) }] : [];
        }),
      ),
  );
}

/** Ports of a Service that the connection goes to, or may go to. */
function dialledPorts({ ports }: Service, { port }: Connection): { port: ServicePort; is: Truth }[] {
  const candidates = ports.filter((each) => port === null || each.port === port);
  return candidates.map((candidate) => ({ port: candidate, is: port === null ? 'unknown' : 'yes' }));
}

export interface HeadlessService {
  readonly host: KnownHost;
  readonly takesIt: Truth;
}

export function anyTakesIt(services: readonly HeadlessService[]): Truth {
  return or(...services.map(({ takesIt }) => takesIt));
}
