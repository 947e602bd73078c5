export type Group<T> = readonly [T, ...T[]];

/** Items under their keys, both in their first order. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) addTo(groups, keyOf(item), item);
  return groups;
}

/** The same where the keys do not matter any more. */
export function groupsBy<T>(items: readonly T[], keyOf: (item: T) => unknown): Group<T>[] {
  return [...groupBy(items, keyOf).values()];
}

export function addTo<K, T>(index: Map<K, T[]>, key: K, item: T): void {
  const found = index.get(key);
  if (found) found.push(item);
  else index.set(key, [item]);
}
