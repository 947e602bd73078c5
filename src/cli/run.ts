import { InputError } from '../plan/input-error';
import { oneLine } from '../plan/report/markdown-text';
import { runDiff, runPlan } from './commands';
import { explain } from './explain';
import { HELP } from './help';
import { parseRequest, type Request } from './options';
import { ignoreClosedPipe, type Streams, write } from './output';
import { packageVersion } from './version';

const BAD_INPUT = 2;

/** The command line without its process: what it returns is the exit code. */
export async function run(argv: readonly string[], io: Streams): Promise<number> {
  ignoreClosedPipe(io.stdout);
  ignoreClosedPipe(io.stderr);
  try {
    return await execute(parseRequest(argv), io);
  } catch (error) {
    await write(io.stderr, `cdk8s-telemetry: ${explanation(error)}\n`);
    return BAD_INPUT;
  }
}

async function execute(request: Request, io: Streams): Promise<number> {
  switch (request.command) {
    case 'plan':
      return runPlan(request, io);
    case 'diff':
      return runDiff(request, io);
    case 'explain':
      return print(io, explain(request.codes));
    case 'help':
      return print(io, HELP);
    case 'version':
      return print(io, `${packageVersion()}\n`);
  }
}

async function print({ stdout }: Streams, text: string): Promise<number> {
  await write(stdout, text);
  return 0;
}

/** A stack trace only for our own mistakes; no control characters, which a file name can contain, for the terminal. */
function explanation(error: unknown): string {
  if (error instanceof InputError) return oneLine(error.message);
  return `internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
