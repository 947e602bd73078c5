import type { ClusterFacts, MeshFacts } from '../private/facts';
import type { Inventory, Labels, NetworkPolicy, Service, Workload } from './inventory';

/** The facts about the cluster as far as somebody declared them; without a cluster file not even the mesh is known. */
export interface PlanFacts extends Omit<ClusterFacts, 'mesh'> {
  readonly mesh?: MeshFacts;
}

export const NO_FACTS: PlanFacts = {
  name: '',
  podCidrs: [],
  nodeCidrs: [],
  serviceCidrs: [],
  apiServer: { serviceIps: [], endpointCidrs: [], ports: [443, 6443] },
  dns: [],
  ipv6: false,
  namespaces: [],
  services: [],
};

/** Inventory and facts with the lookups that flows, verdicts and findings share; each is indexed once. */
export class World {
  private readonly servicesByName: ReadonlyMap<string, Service>;
  private readonly servicesByIp: ReadonlyMap<string, Service>;
  private readonly workloadsByNamespace: ReadonlyMap<string, Workload[]>;
  private readonly policiesByNamespace: ReadonlyMap<string, NetworkPolicy[]>;
  private readonly behind = new Map<string, readonly Workload[]>();

  public constructor(
    public readonly inventory: Inventory,
    public readonly facts: PlanFacts,
  ) {
    const { services, workloads, networkPolicies } = inventory;
    this.servicesByName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]));
    this.servicesByIp = new Map(services.flatMap((service) => service.clusterIps.map((ip) => [ip, service] as const)));
    this.workloadsByNamespace = byNamespace(workloads);
    this.policiesByNamespace = byNamespace(networkPolicies);
  }

  public service(namespace: string, name: string): Service | undefined {
    return this.servicesByName.get(`${namespace}/${name}`);
  }

  public serviceByIp(ip: string): Service | undefined {
    return this.servicesByIp.get(ip);
  }

  public workloadsIn(namespace: string): readonly Workload[] {
    return this.workloadsByNamespace.get(namespace) ?? [];
  }

  public policiesIn(namespace: string): readonly NetworkPolicy[] {
    return this.policiesByNamespace.get(namespace) ?? [];
  }

  /** Workloads of the manifests that a Service selects; those of other manifests are unknown. */
  public workloadsBehind(service: Service): readonly Workload[] {
    const known = this.behind.get(service.id);
    if (known) return known;
    const found = this.workloadsIn(service.namespace).filter((workload) => selects(service.selector, workload.labels));
    this.behind.set(service.id, found);
    return found;
  }

  /** Labels of a namespace: its name always, the others only where manifests or facts describe it. */
  public namespaceLabels(namespace: string): { readonly labels: Labels; readonly complete: boolean } {
    const labels = this.inventory.namespaces.get(namespace);
    return { labels: labels ?? { [NAMESPACE_NAME]: namespace }, complete: labels !== undefined };
  }
}

/** Kubernetes sets this label on every namespace; nobody can change it. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Whether a Service or an Istio selector takes pods with these labels; an absent or empty one takes none. */
export function selects(selector: Labels | undefined, labels: Labels): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

export function byNamespace<T extends { readonly namespace: string }>(objects: readonly T[]): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const object of objects) {
    const found = index.get(object.namespace);
    if (found) found.push(object);
    else index.set(object.namespace, [object]);
  }
  return index;
}
