import { fuzz } from './fuzz/fuzz';
import { INPUTS, type Part } from './fuzz/inputs';
import { Sandbox } from './fuzz/sandbox';

/** Against hanging, not against a slow machine. */
const MAX_SECONDS = 30;
const SEED = 1;
const INPUTS_OF_EACH = 25;
jest.setTimeout(120_000);

/** `npm run fuzz` does the same for as long as one likes, with other seeds. */
describe('whatever the input, the command ends with a report or with one line that says what is wrong', () => {
  const sandbox = new Sandbox(MAX_SECONDS);
  afterAll(() => {
    sandbox.leave();
  });

  test.each(Object.keys(INPUTS) as Part[])('%s', async (part) => {
    const { failure } = await fuzz(sandbox, part, SEED, INPUTS_OF_EACH);
    if (failure) throw new Error(`${failure.faults}\n${sandbox.keep(failure.input, part)}`);
  });
});
