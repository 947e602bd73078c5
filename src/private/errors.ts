/** What is wrong with one input, in the words of the person who wrote it. */
export interface Problem {
  /** The prop, argument or file entry, e.g. `url`. */
  readonly input: string;
  /** The value as it was given; printed as JSON, unless it is long. Undefined: the input is missing altogether. */
  readonly got?: unknown;
  readonly allowed: string;
  readonly fix: string;
}

/**
 * Every refusal of this library reads `<construct path>: <input>: got <value>; allowed: …; fix: …`.
 *
 * @param where a construct path, or the type and factory for values that are made outside the construct tree
 */
export function invalid(where: string, problem: Problem): Error {
  const got = problem.got === undefined ? 'missing' : `got ${shown(problem.got)}`;
  return new Error(`${where}: ${problem.input}: ${got}; allowed: ${problem.allowed}; fix: ${problem.fix}`);
}

/** In place of a value that might be a credential: errors end up in logs. */
export const NOT_SHOWN = '(not shown: it might be a credential)';

const LONGEST_SHOWN = 200;

/** As JSON. Every object in it once: aliases of YAML can repeat one without end, or put it into itself. */
export function shown(value: unknown): string {
  const seen = new Set<unknown>();
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key, json: unknown) {
    const item = this[key]; // Before its own toJSON: that of a URL has its password.
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
    if (typeof item === 'function') return `function ${item.name}`;
    if (typeof item !== 'object' || item === null) return item;
    if (seen.has(item)) return '…';
    seen.add(item);
    return className(item) ?? json;
  }) as string | undefined;
  if (text === undefined) return String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** An object of a class is told by its name: it may hold the whole tree, or a credential as a `URL` does. */
function className(item: object): string | undefined {
  const { constructor } = item as { readonly constructor?: { readonly name?: unknown } };
  const name = constructor?.name;
  return typeof name === 'string' && !['Object', 'Array', 'Date'].includes(name)
    ? `object of class ${name}`
    : undefined;
}
