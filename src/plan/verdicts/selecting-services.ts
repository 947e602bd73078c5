import { addTo } from '../group-by';
import type { Labels, Service } from '../inventory';
import { byNamespace, type World } from '../world';
import { labelsTruth } from './selectors';
import type { Server } from './servers';
import type { Truth } from './truth';

/** A Service that selects pods, or may. */
export interface SelectingService {
  readonly service: Service;
  readonly selects: Truth;
}

/** The Services of the server's namespace that select it, or may where not all of its labels are known. */
export function servicesSelecting(world: World, { namespace, known }: Server): readonly SelectingService[] {
  const services = indexOf(world).get(namespace ?? '');
  if (!services) return [];
  const candidates = known.complete ? candidatesFor(services, known.labels) : services.all;
  return candidates.flatMap((service) => {
    const selects = labelsTruth(service.selector ?? {}, known);
    return selects === 'no' ? [] : [{ service, selects }];
  });
}

/** The Services of a namespace that have a selector. */
interface SelectableServices {
  readonly all: readonly Service[];
  /** By the rarest label of the selector, so that a thousand workloads need not be compared with a thousand Services. */
  readonly byLabel: ReadonlyMap<string, readonly Service[]>;
}

function candidatesFor({ byLabel }: SelectableServices, labels: Labels): readonly Service[] {
  return labelsOf(labels).flatMap((label) => byLabel.get(label) ?? []);
}

const indexes = new WeakMap<World, ReadonlyMap<string, SelectableServices>>();

function indexOf(world: World): ReadonlyMap<string, SelectableServices> {
  const index = indexes.get(world) ?? indexed(world.inventory.services);
  indexes.set(world, index);
  return index;
}

function indexed(services: readonly Service[]): ReadonlyMap<string, SelectableServices> {
  const selectable = services.filter(({ selector }) => Object.keys(selector ?? {}).length > 0);
  return new Map([...byNamespace(selectable)].map(([namespace, all]) => [namespace, selectableServices(all)]));
}

function selectableServices(all: readonly Service[]): SelectableServices {
  const uses = new Map<string, number>();
  for (const label of all.flatMap(({ selector }) => labelsOf(selector))) uses.set(label, (uses.get(label) ?? 0) + 1);
  const byLabel = new Map<string, Service[]>();
  for (const service of all) {
    const labels = labelsOf(service.selector);
    const rarest = labels.reduce((a, b) => (uses.get(b)! < uses.get(a)! ? b : a));
    addTo(byLabel, rarest, service);
  }
  return { all, byLabel };
}

function labelsOf(labels: Labels | undefined): string[] {
  return Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
}
