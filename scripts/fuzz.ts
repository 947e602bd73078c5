/**
 * Throws damaged input at the command line for as long as one likes:
 * `npm run fuzz -- [inputs for each part] [seed] [part...]`. The same seed is the same inputs.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzz } from '../test/cli/fuzz/fuzz';
import { INPUTS, type Part } from '../test/cli/fuzz/inputs';
import { Sandbox } from '../test/cli/fuzz/sandbox';
import { watchForHangs } from '../test/cli/fuzz/watchdog';

const BATCH = 250;
/** Processor time for one input; the planner's own limits are far below. */
const MAX_SECONDS = 2;
const HANGS_AFTER_SECONDS = 60;
/** What may stay in memory after a batch, beyond what did after the first. */
const MAX_GROWTH_MB = 100;

const [count = '2000', seed = String(Date.now() % 1e9), ...named] = process.argv.slice(2);
const parts = (named.length > 0 ? named : Object.keys(INPUTS)) as Part[];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInMegabytes(): number {
  collectGarbage();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}

async function main(): Promise<number> {
  console.log(`seed ${seed}, ${count} inputs for each of: ${parts.join(', ')}`);
  const sandbox = new Sandbox(MAX_SECONDS, watchForHangs(HANGS_AFTER_SECONDS));
  const heaps: number[] = [];
  let [inputs, failures] = [0, 0];
  for (let done = 0; done < Number(count); done += BATCH) {
    for (const part of parts) {
      const ownSeed = Number(seed) + done;
      const result = await fuzz(sandbox, part, ownSeed, Math.min(BATCH, Number(count) - done));
      inputs += result.count;
      if (!result.failure) continue;
      failures += 1;
      const { input, faults } = result.failure;
      console.log(`${part}, seed ${ownSeed}: ${faults}\n  ${sandbox.keep(input, `${part}-${ownSeed}`)}`);
    }
    heaps.push(heapInMegabytes());
    console.log(`${inputs} inputs, ${failures} failures, heap ${heaps.at(-1) ?? 0} MB`);
  }
  sandbox.leave();
  const grows = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0) > MAX_GROWTH_MB;
  if (grows) console.log('memory grows with every input');
  return failures + Number(grows);
}

void main().then((problems) => process.exit(problems === 0 ? 0 : 1));
