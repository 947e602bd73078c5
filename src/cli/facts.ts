import { InputError } from '../plan/input-error';
import { NO_FACTS, type PlanFacts } from '../plan/world';
import { checkFacts } from '../private/cluster-checks';
import { parseCluster } from '../private/cluster-file';
import { readTextFile } from './text-files';

/** The file that an option names; without it nothing is known. */
export async function readFacts(option: string, path: string | undefined): Promise<PlanFacts> {
  if (path === undefined) return NO_FACTS;
  const { text } = await readTextFile(path);
  try {
    return checkFacts(path, parseCluster(path, text));
  } catch (error) {
    // Its refusals name file, key and fix.
    const [problem = '', fix = 'see docs/cluster.md'] = (error as Error).message.split('; fix: ');
    throw new InputError(option, problem, fix);
  }
}
