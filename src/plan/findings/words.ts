/** `8080`, `8080 and 9090`, `8080, 9090 and 9102`. */
export function listed(items: readonly (string | number)[]): string {
  const [last, ...others] = [...items].reverse();
  return others.length === 0 ? String(last ?? '') : `${others.reverse().join(', ')} and ${String(last)}`;
}

export function quoted(value: string): string {
  return `"${value}"`;
}

/** As the annotations have them: in numerical order, each once. */
export function portList(ports: readonly number[]): string {
  return quoted([...new Set(ports)].sort((a, b) => a - b).join(','));
}

const MOST = 3;

/** What is too long ends with the number of the others. */
export function someOf(items: readonly string[]): string {
  return items.length > MOST ? listed([...items.slice(0, MOST), `${items.length - MOST} more`]) : listed(items);
}

/** Each once, in an order of its own: not that of files and documents. */
export function distinct<T extends string | number>(items: readonly T[]): T[] {
  return [...new Set(items)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
