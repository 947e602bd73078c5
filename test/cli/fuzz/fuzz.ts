import fc from 'fast-check';
import { type Input, INPUTS, type Part } from './inputs';
import type { Sandbox } from './sandbox';

export interface Result {
  /** Inputs that were run: all, or as many as it took to find a failure. */
  readonly count: number;
  readonly failure?: { readonly faults: string; readonly input: Input };
}

/** Throws inputs at one part of the command; the first that fails is made small. */
export async function fuzz(sandbox: Sandbox, part: Part, seed: number, count: number): Promise<Result> {
  const arbitrary: fc.Arbitrary<Input> = INPUTS[part];
  const property = fc.asyncProperty(arbitrary, (input) => sandbox.check(input));
  const result = await fc.check(property, { seed, numRuns: count });
  const [input] = result.counterexample ?? [];
  if (input === undefined) return { count: result.numRuns };
  const { errorInstance: error } = result;
  return { count: result.numRuns, failure: { input, faults: error instanceof Error ? error.message : String(error) } };
}
