/** What is wrong with one input, in the words of the person who wrote it. */
export interface Problem {
  /** The prop, argument or file entry, e.g. `url`. */
  readonly input: string;
  /** The value as it was given; printed as JSON, unless it is long. Leave out when the input is missing altogether. */
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
  const got = 'got' in problem ? `got ${shown(problem.got)}` : 'missing';
  return new Error(`${where}: ${problem.input}: ${got}; allowed: ${problem.allowed}; fix: ${problem.fix}`);
}

const LONGEST_SHOWN = 200;

/** As JSON. Every object in it once: aliases of YAML can repeat one without end, or put it into itself. */
export function shown(value: unknown): string {
  const seen = new Set<unknown>();
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
    if (typeof item !== 'object' || item === null) return item;
    if (seen.has(item)) return '…';
    seen.add(item);
    return item;
  }) as string | undefined;
  if (text === undefined) return String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
