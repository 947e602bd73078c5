import type { Client, Connection, Destination } from '../../../../src/plan/connection';
import type {
  Container,
  ContainerPort,
  Inventory,
  Labels,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  Selector,
  Service,
  Workload,
} from '../../../../src/plan/inventory';
import { NO_FACTS, type PlanFacts, World } from '../../../../src/plan/world';
import { NAMESPACE_NAME } from '../../../../src/private/labels';

/** An empty cluster without a mesh, but for what a test says. */
export function worldWith(objects: Partial<Inventory>, facts: Partial<PlanFacts> = {}): World {
  const namespaces = (objects.workloads ?? []).map(({ namespace }) => [namespace, named(namespace)] as const);
  const inventory: Inventory = {
    workloads: [],
    services: [],
    networkPolicies: [],
    peerAuthentications: [],
    destinationRules: [],
    serviceEntries: [],
    istioSidecars: [],
    webhooks: [],
    configMaps: new Map(),
    secrets: new Map(),
    ...objects,
    namespaces: new Map([...namespaces, ...(objects.namespaces ?? [])]),
  };
  return new World(inventory, { ...NO_FACTS, mesh: { mode: 'none' }, ...facts });
}

export function named(namespace: string, labels: Labels = {}): Labels {
  return { ...labels, [NAMESPACE_NAME]: namespace };
}

interface PodOptions {
  readonly ports?: readonly ContainerPort[];
  readonly hostNetwork?: boolean;
  readonly container?: Partial<Container>;
}

/** Pods called `namespace/name`. */
export function pods(
  path: string,
  labels: Labels = {},
  { ports = [], hostNetwork = false, container: changes = {} }: PodOptions = {},
): Workload {
  const container = {
    ...{ name: 'main', field: 'spec.template.spec.containers[0]', init: false, restartable: false, image: 'image:1' },
    ...{ command: [], args: [], env: [], envFrom: [], mounts: [], probes: [], ports },
    ...changes,
  };
  return {
    ...identity('Deployment', path),
    ...{ ownLabels: {}, ownAnnotations: {}, labels, annotations: {}, template: 'spec.template' },
    pod: { hostNetwork, serviceAccount: 'default', tolerations: [], volumes: [], containers: [container] },
  };
}

export function service(path: string, options: Partial<Service> = {}): Service {
  return {
    ...identity('Service', path),
    ...{ origin: 'manifest', headless: false, clusterIps: [], ports: [] },
    ...options,
  };
}

interface PolicyOptions {
  readonly selects?: Selector;
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

/** A policy that selects every pod of its namespace unless said otherwise. */
export function policy(path: string, { selects = labels({}), ...directions }: PolicyOptions): NetworkPolicy {
  return { ...identity('NetworkPolicy', path), podSelector: selects, ...directions };
}

export function labels(matchLabels: Labels): Selector {
  return { matchLabels, matchExpressions: [] };
}

export function tcp(port?: number | string, endPort?: number): PolicyPort {
  return { protocol: 'TCP', ...(port !== undefined && { port }), ...(endPort !== undefined && { endPort }) };
}

export function block(cidr: string, ...except: string[]): PolicyPeer {
  return { ipBlock: { cidr, except } };
}

export function podsIn(namespace: string, matchLabels?: Labels): PolicyPeer {
  return {
    namespaceSelector: labels(named(namespace)),
    ...(matchLabels && { podSelector: labels(matchLabels) }),
  };
}

/** A TCP connection to port 8080, where nothing else is said. */
export function connection(client: Workload | Client, to: Destination, options: Partial<Connection> = {}): Connection {
  return {
    client: 'pod' in client ? { kind: 'workload', workload: client } : client,
    to,
    ...{
      purpose: 'push',
      source: 'test',
      object: 'ConfigMap/a/b',
      field: 'data',
      protocol: 'TCP',
      port: 8080,
      tls: 'none',
    },
    ...{ application: 'tcp', dialler: 'application' },
    ...options,
  };
}

function identity<K extends string>(kind: K, path: string) {
  const [namespace = '', name = ''] = path.split('/');
  return { id: `${kind}/${path}`, kind, namespace, name };
}
