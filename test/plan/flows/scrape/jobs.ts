import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { MtlsMode } from '../../../../src/istio-mesh-props';
import type { Connection, Destination } from '../../../../src/plan/connection';
import { NODE_NAME, POD_ADDRESS } from '../../../../src/plan/flows/placeholders';
import { scrapeConnections } from '../../../../src/plan/flows/scrape';
import type { Labels, ProgramConfig } from '../../../../src/plan/inventory';
import { Unread } from '../../../../src/plan/unread';
import type { NotAnalysed } from '../../../../src/plan/result';
import { type PlanFacts, World } from '../../../../src/plan/world';
import { sidecarMeshFacts } from '../../support/mesh';
import { worldOf } from '../../support/world';

export const SIDECAR_MESH: PlanFacts['mesh'] = sidecarMeshFacts({ mtls: MtlsMode.STRICT });
export const NO_MESH: PlanFacts['mesh'] = { mode: 'none' };

export interface Scene {
  readonly connections: readonly Connection[];
  /** `pods shop:8080 sidecar none`: whom, where, how. */
  readonly rows: readonly string[];
  readonly unread: readonly NotAnalysed[];
}

export interface Setting {
  /** Manifests besides the Prometheus that scrapes. */
  readonly manifests?: readonly object[];
  readonly facts?: Partial<PlanFacts>;
  /** Annotations of its pods. */
  readonly annotations?: Labels;
  /** Metadata of Services, by `namespace/name`. */
  readonly services?: Readonly<Record<string, { readonly labels?: Labels; readonly annotations?: Labels }>>;
}

/** What a Prometheus in namespace `monitoring` scrapes with this job. */
export function scrape(
  job: object,
  { manifests = [], facts = {}, annotations = {}, services = {} }: Setting = {},
): Scene {
  const prometheus = pod('prometheus', 'monitoring', { annotations, ports: [{ containerPort: 9090, name: 'web' }] });
  const read = worldOf([prometheus, ...manifests].map((manifest) => dump(manifest)).join('---\n'), {
    mesh: NO_MESH!,
    ...facts,
  });
  const world = new World(
    {
      ...read.inventory,
      services: read.inventory.services.map((service) => {
        const { labels = {}, annotations: own = {} } = services[`${service.namespace}/${service.name}`] ?? {};
        return { ...service, ownLabels: labels, ownAnnotations: own };
      }),
    },
    read.facts,
  );
  return sceneOf(world, world.workloadsIn('monitoring')[0]!, 'scrape_configs', '', job);
}

function sceneOf(world: World, workload: ProgramConfig['workload'], field: string, source: string, job: object): Scene {
  const unread = new Unread();
  const config = unread.reader('ConfigMap/monitoring/prometheus', field, job);
  const program: ProgramConfig = {
    workload,
    container: workload.pod.containers[0]!,
    object: 'ConfigMap/monitoring/prometheus',
    field,
    root: config,
  };
  const connections = scrapeConnections(world, unread, { program, source, config });
  return { connections, rows: connections.map(rowOf), unread: unread.list() };
}

export interface PodSettings {
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ports?: readonly { readonly containerPort: number; readonly name?: string }[];
}

export function pod(name: string, namespace: string, { labels, annotations, ports }: PodSettings = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { app: name, ...labels },
      ...(annotations && { annotations: { ...annotations } }),
    },
    spec: { containers: [{ name: 'app', image: 'example/app:1', ...(ports && { ports }) }] },
  };
}

export function service(name: string, namespace: string, ports: readonly object[], spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports, ...spec },
  };
}

export function rowOf({ to, port, tls }: Connection): string {
  return `${nameOf(to)}:${port ?? '*'}${to.kind === 'pods' ? ` ${to.pods.dataPlane}` : ''} ${tls}`;
}

function nameOf(to: Destination): string {
  switch (to.kind) {
    case 'service':
      return `service ${to.namespace}/${to.name}`;
    case 'workload':
    case 'loopback':
      return `${to.kind} ${to.workload.namespace}/${to.workload.name}`;
    case 'pods':
      return `${to.pods.name} ${to.pods.namespace ?? 'anywhere'}`;
    case 'istiod':
      return `istiod ${to.namespace}`;
    case 'external':
      return to.host;
    default:
      return to.kind;
  }
}

/** What the programs of a golden scrape, by job. */
export function golden(name: string, mesh: PlanFacts['mesh']): ReadonlyMap<string, Scene> {
  const text = readFileSync(join(__dirname, '../../../goldens', `${name}.yaml`), 'utf8');
  const world = worldOf(text, mesh ? { mesh } : {});
  const scenes = new Map<string, Scene>();
  for (const workload of world.inventory.workloads) {
    for (const { name: config } of workload.pod.volumes.flatMap(({ sources }) => sources)) {
      const data = world.inventory.configMaps.get(`${workload.namespace}/${config}`)?.data ?? {};
      for (const [source, job] of Object.values(data).flatMap(jobsIn)) {
        scenes.set(`${source}${job.job_name}`, sceneOf(world, workload, 'data', source, job));
      }
    }
  }
  return scenes;
}

interface Job {
  readonly job_name: string;
}

interface Config {
  readonly receivers?: Readonly<Record<string, { readonly config?: { readonly scrape_configs: readonly Job[] } }>>;
  readonly scrape_configs?: readonly Job[];
}

function jobsIn(text: string): [source: string, job: Job][] {
  if (!text.includes('scrape_configs:')) return [];
  const expanded = text
    .replaceAll('${env:K8S_NODE_NAME}', NODE_NAME)
    .replaceAll('${env:POD_IP}', POD_ADDRESS)
    .replaceAll('$$', () => '$');
  const { receivers, scrape_configs } = load(text.includes('receivers:') ? expanded : text) as Config;
  const inReceivers = Object.entries(receivers ?? {}).flatMap(([name, { config }]) =>
    (config?.scrape_configs ?? []).map((job): [string, Job] => [`receivers.${name}`, job]),
  );
  return [...inReceivers, ...(scrape_configs ?? []).map((job): [string, Job] => ['', job])];
}
