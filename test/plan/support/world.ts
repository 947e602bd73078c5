import { readInventory } from '../../../src/plan/manifests/inventory';
import { parseManifests } from '../../../src/plan/manifests/parse';
import { Unread } from '../../../src/plan/unread';
import { NO_FACTS, type PlanFacts, World } from '../../../src/plan/world';

/** What the planner knows after reading these manifests; facts that are not given are unknown. */
export function worldOf(yaml: string, facts: Partial<PlanFacts> = {}): World {
  const all: PlanFacts = { ...NO_FACTS, ...facts };
  return new World(readInventory(parseManifests('test.yaml', yaml), all, new Unread()), all);
}
