import type { Labels } from '../inventory';
import type { KnownLabels } from '../pods/selectors';
import { byNamespace } from '../world';
import { LabelIndex } from './label-index';

interface Scoped {
  readonly namespace: string;
  /** Absent or empty: all pods of the namespace. */
  readonly selector?: Labels;
}

/** Objects by the pods that they are about: all of a namespace, or those with certain labels. */
export class Scopes<T extends Scoped> {
  private readonly general: ReadonlyMap<string, readonly T[]>;
  private readonly particular: ReadonlyMap<string, readonly T[]>;
  private readonly indexes: ReadonlyMap<string, LabelIndex<T>>;

  public constructor(objects: readonly T[]) {
    const particular = byNamespace(objects.filter(hasSelector));
    this.general = byNamespace(objects.filter((object) => !hasSelector(object)));
    this.particular = particular;
    this.indexes = new Map([...particular].map(([namespace, selecting]) => [namespace, labelIndex(selecting)]));
  }

  public ofNamespace(namespace: string): readonly T[] {
    return this.general.get(namespace) ?? [];
  }

  /** Those with a selector that may take such pods, in the order of the manifests. */
  public candidates(namespace: string, { labels, complete }: KnownLabels): readonly T[] {
    if (!complete) return this.particular.get(namespace) ?? [];
    return this.indexes.get(namespace)?.orderedCandidates(labels) ?? [];
  }
}

function hasSelector({ selector }: Scoped): boolean {
  return Object.keys(selector ?? {}).length > 0;
}

function labelIndex<T extends Scoped>(objects: readonly T[]): LabelIndex<T> {
  return new LabelIndex(objects, ({ selector = {} }) => ({ matchLabels: selector, matchExpressions: [] }));
}
