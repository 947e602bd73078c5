/** Computes a value once for each object and key, and forgets it with the object. */
export type Remembered<O extends object, K, V> = (owner: O, key: K, compute: () => V) => V;

export function remembered<O extends object, K, V>(): Remembered<O, K, V> {
  const all = new WeakMap<O, Map<K, V>>();
  return (owner, key, compute) => {
    const known = all.get(owner) ?? new Map<K, V>();
    all.set(owner, known);
    return rememberedIn(known, key, compute);
  };
}

export function rememberedIn<K, V>(memory: Map<K, V>, key: K, compute: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const value = compute();
  memory.set(key, value);
  return value;
}

/** The same for what only depends on the object. */
export function once<O extends object, V extends object>(compute: (owner: O) => V): (owner: O) => V {
  const all = new WeakMap<O, V>();
  return (owner) => {
    const known = all.get(owner) ?? compute(owner);
    all.set(owner, known);
    return known;
  };
}
