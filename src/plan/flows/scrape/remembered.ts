/** Computes a value once for each object and key, and forgets it with the object. */
export type Remembered<O extends object, K, V> = (owner: O, key: K, compute: () => V) => V;

export function remembered<O extends object, K, V>(): Remembered<O, K, V> {
  const all = new WeakMap<O, Map<K, V>>();
  return (owner, key, compute) => {
    const known = all.get(owner) ?? new Map<K, V>();
    all.set(owner, known);
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = compute();
    known.set(key, value);
    return value;
  };
}
