import { isIP } from 'node:net';
import { contains } from '../../private/cidr';
import { API_SERVER_SERVICE } from '../../private/kubernetes-names';
import type { Destination } from '../connection';
import type { Workload } from '../inventory';
import type { World } from '../world';
import { API_SERVER_ADDRESS, NODE_ADDRESS, NODE_NAME, POD_ADDRESS, POD_NAME } from './placeholders';

/** Whom a workload reaches under a host name or an address, as the DNS of the cluster and its address ranges say. */
export function destinationOf(world: World, host: string, client: Workload): Destination {
  const name = normalized(host);
  const destination = isIP(name) === 0 ? byName(world, name, client) : byAddress(world, name, client);
  const alias = destination.kind === 'service' ? destination.service?.externalName : undefined;
  if (alias === undefined) return destination;
  // One step only: Kubernetes answers with a CNAME and does not care whether it leads back.
  const target = normalized(alias);
  return servicePath(target) ? byName(world, target, client) : { kind: 'external', host: target };
}

/** Without brackets, zone and final dot. */
function normalized(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/\.$/, '');
}

/** Without a host, `:9090`, a program dials its own machine. */
const OWN_POD: readonly string[] = ['', 'localhost', POD_ADDRESS, POD_NAME];
const OWN_NODE: readonly string[] = [NODE_ADDRESS, NODE_NAME];

function byName(world: World, name: string, client: Workload): Destination {
  if (OWN_POD.includes(name) || name.endsWith('.localhost')) return { kind: 'loopback', workload: client };
  if (OWN_NODE.includes(name)) return { kind: 'kubelet' };
  if (name === API_SERVER_ADDRESS) return { kind: 'kubernetes-api' };
  const path = servicePath(name) ?? searchPath(world, name, client);
  return path ? service(world, path) : { kind: 'external', host: name };
}

interface ServicePath {
  readonly namespace: string;
  readonly name: string;
}

/** `svc.namespace.svc`, with or without the cluster's domain; before it can stand a pod of a headless Service. */
function servicePath(name: string): ServicePath | undefined {
  const labels = name.split('.');
  const at = labels.lastIndexOf('svc');
  const [service, namespace] = at < 2 ? [] : labels.slice(at - 2, at);
  return service && namespace ? { namespace, name: service } : undefined;
}

/**
 * Last labels of names on the internet. Only consulted for `a.b` when neither manifests nor facts know a namespace `b`:
 * everything else is then taken for a Service that nobody described, of which the plan claims nothing.
 */
const PUBLIC_DOMAINS: readonly string[] = 'com org net io dev cloud app ai co eu us uk de example test'.split(' ');

/** What the search domains of a pod make of a short name. */
function searchPath(world: World, host: string, client: Workload): ServicePath | undefined {
  const [name = '', namespace, ...more] = host.split('.');
  if (name === '' || more.length > 0) return undefined;
  if (namespace === undefined) return { namespace: client.namespace, name };
  const known = world.service(namespace, name) !== undefined || isKnownNamespace(world, namespace);
  return known || !PUBLIC_DOMAINS.includes(namespace) ? { namespace, name } : undefined;
}

function isKnownNamespace(world: World, namespace: string): boolean {
  return world.inventory.namespaces.has(namespace) || world.workloadsIn(namespace).length > 0;
}

function service(world: World, { namespace, name }: ServicePath): Destination {
  if (namespace === API_SERVER_SERVICE.namespace && name === API_SERVER_SERVICE.name) return { kind: 'kubernetes-api' };
  const described = world.service(namespace, name);
  if (!described && isIstiod(world, namespace, name)) return { kind: 'istiod', namespace };
  return { kind: 'service', namespace, name, ...(described && { service: described }) };
}

function isIstiod({ facts: { mesh } }: World, namespace: string, name: string): boolean {
  return mesh?.mode === 'sidecar' && namespace === mesh.istiodNamespace && /^istiod(-.+)?$/.test(name);
}

function byAddress(world: World, address: string, client: Workload): Destination {
  const { apiServer, nodeCidrs, podCidrs, serviceCidrs } = world.facts;
  if (/^(127\.|0\.0\.0\.0$|::1?$)/.test(address)) return { kind: 'loopback', workload: client };
  if (apiServer.serviceIps.includes(address) || contains(apiServer.endpointCidrs, address)) {
    return { kind: 'kubernetes-api' };
  }
  const found = world.serviceByIp(address);
  if (found) return service(world, found);
  if (contains(nodeCidrs, address)) return { kind: 'kubelet' };
  if (contains(podCidrs, address)) {
    return { kind: 'pods', pods: { name: address, labels: {}, dataPlane: 'unknown' } };
  }
  // Of a cluster IP that nobody described not even the namespace is known.
  return contains(serviceCidrs, address)
    ? { kind: 'service', namespace: '', name: address }
    : { kind: 'external', host: address };
}
