import type { Service } from '../inventory';
import { labelsTruth } from '../pods/selectors';
import type { Truth } from '../pods/truth';
import { once } from '../remembered';
import type { World } from '../world';
import { Scopes } from './scopes';
import type { Server } from './server';

/** A Service that selects pods, or may. */
export interface SelectingService {
  readonly service: Service;
  readonly selects: Truth;
}

const scopes = once(({ inventory }: World) => new Scopes(inventory.services));

/** The Services of the server's namespace that select it, or may where not all of its labels are known. */
export function servicesSelecting(world: World, { namespace, known }: Server): readonly SelectingService[] {
  if (namespace === undefined) return [];
  return scopes(world)
    .candidates(namespace, known)
    .flatMap((service) => {
      const selects = labelsTruth(service.selector ?? {}, known);
      return selects === 'no' ? [] : [{ service, selects }];
    });
}
