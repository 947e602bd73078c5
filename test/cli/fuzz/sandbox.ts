import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, type Outcome } from '../command';
import { faultsOf } from './checks';
import { furnish } from './commands';
import type { Input } from './inputs';

/** A folder in which inputs are run one after the other. It is the current one, so that paths are short. */
export class Sandbox {
  private readonly root = mkdtempSync(join(tmpdir(), 'fuzz-'));
  /** One deeper, because `..` is a path too. */
  private readonly folder = join(this.root, 'here');
  private readonly home = process.cwd();
  private readonly builtIns = builtIns();

  public constructor(
    private readonly maxSeconds: number,
    private readonly beforeEach: () => void = () => undefined,
  ) {
    mkdirSync(this.folder);
    process.chdir(this.folder);
    furnish();
  }

  /** Fails unless everything that is promised holds; for some inputs also the second time. */
  public async check(input: Input): Promise<void> {
    this.write(this.folder, input);
    const { outcome, seconds } = await this.timed(input);
    const faults = [
      ...faultsOf(input, outcome),
      ...(isRepeated(outcome) ? differences(outcome, (await this.timed(input)).outcome) : []),
      ...(seconds < this.maxSeconds ? [] : [`${seconds.toFixed(1)} s`]),
      ...(builtIns() === this.builtIns ? [] : ['built-in objects have changed']),
    ];
    if (faults.length > 0) throw new Error(faults.slice(0, 5).join('\n'));
  }

  /** Seconds of the processor: others may use the machine too. */
  private async timed({ argv, stdin }: Input): Promise<{ outcome: Outcome; seconds: number }> {
    this.beforeEach();
    const start = process.cpuUsage();
    const outcome = await cli(argv, stdin);
    const { user, system } = process.cpuUsage(start);
    return { outcome, seconds: (user + system) / 1e6 };
  }

  /** To look at a failure by hand. */
  public keep(input: Input, name: string): string {
    const folder = join(tmpdir(), 'fuzz-failures', name);
    mkdirSync(folder, { recursive: true });
    this.write(folder, input);
    return folder;
  }

  private write(folder: string, { files, stdin, argv }: Input): void {
    const all = { ...files, 'stdin.txt': stdin, 'argv.json': JSON.stringify(argv) };
    for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content);
  }

  public leave(): void {
    process.chdir(this.home);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** One in three, told by something that an input has whenever it is run. */
function isRepeated({ stdout, stderr }: Outcome): boolean {
  return (stdout.length + stderr.length) % 3 === 0;
}

function differences(first: Outcome, second: Outcome): string[] {
  return JSON.stringify(first) === JSON.stringify(second) ? [] : ['another result the second time'];
}

function builtIns(): string {
  const prototypes = [Object, Array, String, Number, Function, RegExp, Map, Set, Error].map(
    ({ prototype }) => prototype as object,
  );
  return JSON.stringify(prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String)));
}
