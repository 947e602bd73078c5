import fc from 'fast-check';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { CLUSTERS } from './settings';
import { TEXTS } from './values';

const SERVICE = '{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}, spec: {ports: [{port: 80}]}}\n';

/** Places that a command line can name, in the current folder. */
export function furnish(): void {
  for (const folder of ['loop/deep', 'empty', 'pipes', 'dangling', 'named.yaml', 'binary']) {
    mkdirSync(folder, { recursive: true });
  }
  symlinkSync('..', 'loop/up');
  symlinkSync('itself', 'itself');
  symlinkSync('nowhere', 'dangling/a.yaml');
  execFileSync('mkfifo', ['pipes/a.yaml']);
  writeFileSync('good.yaml', SERVICE);
  writeFileSync('loop/deep/a.yaml', SERVICE);
  writeFileSync('named.yaml/a.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] }));
  writeFileSync('binary/a.yaml', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff]));
  writeFileSync('secret.yaml', SERVICE, { mode: 0 });
  writeFileSync('facts.yaml', CLUSTERS[0]!);
  writeFileSync('accepted.yaml', '- { code: CT318, reason: agreed }\n');
}

const PATHS = [
  ...['good.yaml', './good.yaml', 'loop', 'loop/up/loop/up', 'empty', 'pipes', 'dangling', 'dangling/a.yaml', 'itself'],
  ...[
    'named.yaml',
    'named.yaml/',
    'binary',
    'secret.yaml',
    'facts.yaml',
    'accepted.yaml',
    'nowhere',
    'good.yaml/x',
    '-',
  ],
  ...['.', '', ' ', '/dev/null', '/dev/fd/99', '/proc/self/mem', '*', '~', 'nowhere\u001b[31m'],
];
const FORMATS = ['markdown', 'json', 'mermaid', 'Json', 'yaml', ''];
const THRESHOLDS = ['error', 'warning', 'info', 'never', 'none', 'ERROR'];

const path = fc.constantFrom(...PATHS);
/** Without a slash, so that nothing outside of the folder is written. */
const word = fc.oneof(fc.constantFrom(...TEXTS), fc.string()).map((text) => text.replaceAll(/[/\0]/g, ''));

const option: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.tuple(fc.constantFrom('-f', '--format'), fc.constantFrom(...FORMATS)),
  fc.tuple(fc.constantFrom('--fail-on'), fc.constantFrom(...THRESHOLDS)),
  fc.tuple(fc.constantFrom('-c', '--cluster', '--old-cluster', '-a', '--acknowledge'), path),
  fc.tuple(
    fc.constantFrom('-o', '--output'),
    fc.constantFrom('out.md', 'empty', 'nowhere/x', '', '/dev/full', '/dev/null'),
  ),
  fc.constantFrom(
    ['-h'],
    ['--help'],
    ['-V'],
    ['--version'],
    ['--'],
    ['-fjson'],
    ['--format=json'],
    ['--format='],
    ['-'],
  ),
  fc.constantFrom(['--formt', 'json'], ['-x'], ['--help=1'], ['--no-help'], ['--cluster'], ['-hV'], ['---'], ['-ofoo']),
  fc.tuple(word.map((text) => `-${text}`)),
  fc.tuple(word.map((text) => `--${text}`)),
);

const command = fc.oneof(
  { arbitrary: fc.constantFrom('plan', 'diff'), weight: 8 },
  fc.constantFrom('plam', 'explain', 'help', 'version', '__proto__', ''),
  word,
);

/** Most often a call that could be right, in any order of its parts. */
export const commandLine: fc.Arbitrary<readonly string[]> = fc
  .record({
    command: fc.option(command, { freq: 12 }),
    paths: fc.array(fc.oneof({ arbitrary: path, weight: 6 }, word), { maxLength: 3 }),
    options: fc.array(option, { maxLength: 3 }),
  })
  .chain(({ command: name, paths, options }) => {
    const rest = [...paths.map((file) => [file]), ...options];
    const shuffled = fc.shuffledSubarray(rest, { minLength: rest.length });
    return shuffled.map((words) => [...(name === null ? [] : [name]), ...words.flat()]);
  });
