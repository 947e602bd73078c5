/** All entries of several maps, whose keys must not meet. */
export function merged<T>(maps: readonly Record<string, T>[]): Record<string, T> {
  const entries = maps.flatMap((map) => Object.entries(map));
  const result = Object.fromEntries(entries);
  if (Object.keys(result).length < entries.length)
    throw new Error(`two components of one name: ${entries.map(([key]) => key).join()}`);
  return result;
}
