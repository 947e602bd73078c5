import { addTo } from '../group-by';
import type { Labels, Selector } from '../inventory';
import { isAddedLater, requirementsOf } from '../pods/selectors';

/** Objects under the rarest label that they ask of pods, so that pods are only compared with objects that ask for theirs. */
export class LabelIndex<T> {
  private readonly byLabel = new Map<string, T[]>();
  private readonly others: T[] = [];
  private readonly positions: ReadonlyMap<T, number>;

  public constructor(objects: readonly T[], selectorOf: (object: T) => Selector) {
    this.positions = new Map(objects.map((object, i) => [object, i]));
    const asked = objects.map((object) => ({ object, labels: labelSets(selectorOf(object)) }));
    const uses = usesOf(asked.flatMap(({ labels }) => labels.flat()));
    const frequency = (labels: readonly string[]): number =>
      labels.reduce((sum, label) => sum + (uses.get(label) ?? 0), 0);
    for (const { object, labels } of asked) {
      const [rarest] = labels.sort((a, b) => frequency(a) - frequency(b));
      if (!rarest) this.others.push(object);
      for (const label of new Set(rarest)) addTo(this.byLabel, label, object);
    }
  }

  /** Those that may select pods with these labels. */
  public candidates(labels: Labels): readonly T[] {
    return [
      ...this.others,
      ...Object.entries(labels).flatMap(([key, value]) => this.byLabel.get(pair(key, value)) ?? []),
    ];
  }

  /** The same in the order of the manifests, where the first wins. */
  public orderedCandidates(labels: Labels): readonly T[] {
    const position = (object: T): number => this.positions.get(object) ?? 0;
    return [...this.candidates(labels)].sort((a, b) => position(a) - position(b));
  }
}

function usesOf(labels: readonly string[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const label of labels) uses.set(label, (uses.get(label) ?? 0) + 1);
  return uses;
}

/** Of each set a selected pod has one label. */
function labelSets(selector: Selector): string[][] {
  return requirementsOf(selector)
    .filter(({ key, operator }) => operator === 'In' && !isAddedLater(key))
    .map(({ key, values }) => values.map((value) => pair(key, value)));
}

/** No key contains "=". */
function pair(key: string, value: string): string {
  return `${key}=${value}`;
}
