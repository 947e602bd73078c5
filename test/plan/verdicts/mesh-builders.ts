import type { Connection, Destination } from '../../../src/plan/connection';
import type { Labels, Workload } from '../../../src/plan/inventory';
import type { PlanFacts, World } from '../../../src/plan/world';
import { judge } from '../../../src/plan/verdicts';
import { MtlsMode } from '../../../src/istio-mesh-props';
import type { SidecarMeshFacts } from '../../../src/private/cluster-facts';
import { sidecarMeshFacts } from '../support/mesh';
import { worldOf } from '../support/world';

export const PODS = '10.244.0.0/16';
export const NODES = '10.10.0.0/16';
export const SERVICES = '10.96.0.0/16';
export const API_IP = '10.96.0.1';

type Mode = keyof typeof MtlsMode;

/** The facts about a mesh with sidecars, with modes by name. */
interface MeshOptions extends Omit<Partial<SidecarMeshFacts>, 'mtls' | 'namespaceMtls' | 'portMtls'> {
  readonly mtls?: Mode;
  readonly namespaceMtls?: Readonly<Record<string, Mode>>;
  readonly portMtls?: readonly { namespace: string; podLabels: Record<string, string>; port: number; mode: Mode }[];
}

export function mesh({
  mtls = 'PERMISSIVE',
  namespaceMtls = {},
  portMtls = [],
  ...more
}: MeshOptions = {}): SidecarMeshFacts {
  return sidecarMeshFacts({
    mtls: MtlsMode[mtls],
    namespaceMtls: Object.fromEntries(Object.entries(namespaceMtls).map(([name, mode]) => [name, MtlsMode[mode]])),
    portMtls: portMtls.map(({ mode, ...port }) => ({ ...port, mode: MtlsMode[mode] })),
    ...more,
  });
}

/** A cluster of which everything is known. */
export function cluster(options: MeshOptions = {}): Partial<PlanFacts> {
  return {
    mesh: mesh(options),
    ...{ podCidrs: [PODS], nodeCidrs: [NODES], serviceCidrs: [SERVICES] },
    apiServer: { serviceIps: [API_IP], endpointCidrs: ['10.10.0.4/32'], ports: [6443] },
    dns: [{ peer: { kind: 'pods', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }, port: 53 }],
  };
}

type Manifest = Readonly<Record<string, unknown>>;

export function world(manifests: readonly Manifest[], facts: Partial<PlanFacts> = cluster()): World {
  return worldOf(manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'), facts);
}

export const INJECTED: Labels = { 'sidecar.istio.io/inject': 'true' };
export const BARE: Labels = { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' };
export const AMBIENT: Labels = { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'ambient' };

interface PodOptions {
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** Container ports by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly spec?: Manifest;
}

/** Pods called `namespace/name`, which is also their label `app`. */
export function deployment(
  path: string,
  { labels = {}, annotations = {}, ports = {}, spec = {} }: PodOptions = {},
): Manifest {
  const [namespace, name] = path.split('/');
  const containerPorts = Object.entries(ports).map(([key, containerPort]) => ({ name: key, containerPort }));
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels }, annotations },
        spec: { containers: [{ name: 'main', image: 'image:1', ports: containerPorts }], ...spec },
      },
    },
  };
}

/** A Service of the deployment with its name, port 80 to 8080 by default. */
export function service(path: string, port: Manifest = {}, spec: Manifest = {}): Manifest {
  const [namespace, name] = path.split('/');
  return {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name } },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080, ...port }], ...spec },
  };
}

export const HEADLESS = { clusterIP: 'None' };

export function namespace(name: string, labels: Labels = {}): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function istio(kind: 'DestinationRule' | 'ServiceEntry' | 'Sidecar', path: string, spec: Manifest): Manifest {
  const [namespaceName, name] = path.split('/');
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { namespace: namespaceName, name }, spec };
}

export function peerAuthentication(path: string, spec: Manifest, creationTimestamp?: string): Manifest {
  const [namespaceName, name] = path.split('/');
  const metadata = { namespace: namespaceName, name, ...(creationTimestamp !== undefined && { creationTimestamp }) };
  return { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata, spec };
}

export function workload({ inventory }: World, path: string): Workload {
  const found = inventory.workloads.find(({ namespace: of, name }) => `${of}/${name}` === path);
  if (!found) throw new Error(`no workload ${path}`);
  return found;
}

/** A Service by name, described or not. */
export function toService(found: World, path: string): Destination {
  const [of = '', name = ''] = path.split('/');
  const described = found.service(of, name);
  return { kind: 'service', namespace: of, name, ...(described && { service: described }) };
}

export function toPods(found: World, path: string): Destination {
  return { kind: 'workload', workload: workload(found, path) };
}

/** A plaintext HTTP request to port 8080, where nothing else is said. */
export function connection(from: Workload, to: Destination, options: Partial<Connection> = {}): Connection {
  return {
    ...{ client: { kind: 'workload', workload: from }, to, purpose: 'push', source: 'test', object: 'ConfigMap/a/b' },
    ...{ field: 'data', protocol: 'TCP', port: 8080, tls: 'none', application: 'http', dialler: 'application' },
    ...options,
  };
}

/** `path encryption verdict` of a connection of the workload `shop/client`. */
export function judged(found: World, to: Destination, options: Partial<Connection> = {}): string {
  const { flow } = judge(found, connection(workload(found, 'shop/client'), to, options));
  return `${flow.path} ${flow.encryption} ${flow.verdict}`;
}
