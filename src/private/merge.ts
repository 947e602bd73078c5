/** All entries of several maps whose keys do not meet. */
export function merged<T>(maps: readonly Record<string, T>[]): Record<string, T> {
  return Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
}
