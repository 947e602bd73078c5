import type { Inventory } from '../../../src/plan/inventory';
import { readInventory } from '../../../src/plan/manifests/inventory';
import { parseManifests } from '../../../src/plan/manifests/parse';
import { Unread } from '../../../src/plan/unread';
import type { NotAnalysed } from '../../../src/plan/result';
import { NO_FACTS, type PlanFacts } from '../../../src/plan/world';

export interface Read {
  readonly inventory: Inventory;
  readonly notAnalysed: readonly NotAnalysed[];
}

export function read(text: string, facts: PlanFacts = NO_FACTS): Read {
  const unread = new Unread();
  const inventory = readInventory(parseManifests('app.yaml', text), facts, unread);
  return { inventory, notAnalysed: unread.list() };
}

/** The message with which the text is refused. */
export function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Error && error.name === 'InputError') return error.message;
    throw error;
  }
  throw new Error('was not refused');
}

/** The only one of a list. */
export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (list.length !== 1 || first === undefined) throw new Error(`${list.length} instead of one`);
  return first;
}
