import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/run';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line with text for streams. */
export async function cli(argv: readonly string[], stdin: string | Buffer = ''): Promise<Outcome> {
  const [stdout, stderr] = [new Text(), new Text()];
  const code = await run(argv, { stdin: Readable.from([stdin]), stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Text extends Writable {
  public text = '';

  public override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
