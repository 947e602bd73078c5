import type { Labels } from '../../../inventory';
import type { World } from '../../../world';
import { META } from '../discovery/meta-labels';
import type { Outcome } from './explore';
import { keyNamed } from '../keys';

const POD_LABEL = `${META}pod_label_`;

/** Labels that pods must have, with the only value that they can have, for all of these outcomes. */
export function certainLabels(world: World, outcomes: readonly [Outcome, ...Outcome[]]): Labels {
  const [{ scope, chosen }] = outcomes;
  const asked = [...chosen].flatMap(([label, { value, matching }]) => {
    const key = label.startsWith(POD_LABEL) ? keyNamed(world, label.slice(POD_LABEL.length)) : undefined;
    const isOnly = matching === undefined && outcomes.every((outcome) => outcome.chosen.get(label)?.value === value);
    return key !== undefined && isOnly ? [[key, value] as const] : [];
  });
  return { ...scope.certain, ...Object.fromEntries(asked) };
}

export function podsName(labels: Labels): string {
  const entries = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return entries.length === 0 ? 'pods' : `pods labelled ${entries.join(', ')}`;
}
