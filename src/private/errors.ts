/** What is wrong with one input, in the words of the person who wrote it. */
export interface Problem {
  /** The prop, argument or file entry, e.g. `url`. */
  readonly input: string;
  /** The value as it was given; printed as JSON. Leave out when the input is missing altogether. */
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
  const got = 'got' in problem ? `got ${JSON.stringify(problem.got)}` : 'missing';
  return new Error(`${where}: ${problem.input}: ${got}; allowed: ${problem.allowed}; fix: ${problem.fix}`);
}
