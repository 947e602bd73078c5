import type { ClusterFacts, MeshFacts } from '../private/cluster-facts';
import { NAMESPACE_NAME } from '../private/labels';
import { USUAL_API_SERVER_PORTS } from '../private/ports';
import { addTo, groupBy } from './group-by';
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
  apiServer: { serviceIps: [], endpointCidrs: [], ports: USUAL_API_SERVER_PORTS },
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
  private readonly workloadsByLabel: ReadonlyMap<string, readonly Workload[]>;
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
    this.workloadsByLabel = byLabel(workloads);
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
    const { namespace, selector } = service;
    const found = selector && Object.keys(selector).length > 0 ? this.workloadsWith(namespace, selector) : [];
    this.behind.set(service.id, found);
    return found;
  }

  /** Those with all of some labels. Only those with the rarest are looked at, and not every workload for every selector. */
  public workloadsWith(namespace: string, labels: Labels): readonly Workload[] {
    const [rarest = this.workloadsIn(namespace)] = Object.entries(labels)
      .map(([key, value]) => this.workloadsByLabel.get(labelKey(namespace, key, value)) ?? [])
      .sort((a, b) => a.length - b.length);
    return rarest.filter((workload) => Object.entries(labels).every(([key, value]) => workload.labels[key] === value));
  }

  /** Labels of a namespace: its name always, the others only where manifests or facts describe it. */
  public namespaceLabels(namespace: string): { readonly labels: Labels; readonly complete: boolean } {
    const labels = this.inventory.namespaces.get(namespace);
    return { labels: labels ?? { [NAMESPACE_NAME]: namespace }, complete: labels !== undefined };
  }
}

/** Whether a Service or an Istio selector takes pods with these labels; an absent or empty one takes none. */
export function selects(selector: Labels | undefined, labels: Labels): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

export function byNamespace<T extends { readonly namespace: string }>(objects: readonly T[]): Map<string, T[]> {
  return groupBy(objects, ({ namespace }) => namespace);
}

function byLabel(workloads: readonly Workload[]): Map<string, Workload[]> {
  const index = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(workload.labels)) {
      addTo(index, labelKey(workload.namespace, key, value), workload);
    }
  }
  return index;
}

/** No namespace and no key contains what stands between them. */
function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}
