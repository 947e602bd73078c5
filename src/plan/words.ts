/** `8080`, `8080 and 9090`, `8080, 9090 and 9102`. */
export function listed(items: readonly (string | number)[], conjunction: 'and' | 'or' = 'and'): string {
  const last = String(items.at(-1) ?? '');
  return items.length > 1 ? `${items.slice(0, -1).join(', ')} ${conjunction} ${last}` : last;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
export function someOf(items: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const shown = items.length > MOST ? [...items.slice(0, MOST), `${items.length - MOST} more`] : items;
  return listed(shown, conjunction);
}

/** Each once, in an order of its own: not that of files and documents. */
export function distinct<T extends string | number>(items: readonly T[]): T[] {
  return [...new Set(items)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
