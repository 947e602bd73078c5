import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, folder, manifest } from './runs';

jest.mock('../../src/plan', () => jest.requireActual<object>('./planner'));

test('--help teaches; it fits a terminal', async () => {
  const { code, stdout, stderr } = await cli(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatchFile(join(__dirname, 'goldens/help.txt'));
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('--help and --version win over whatever else is there', async () => {
  const help = (await cli(['--help'])).stdout;
  for (const argv of [
    ['-h'],
    ['help'],
    ['help', 'plan'],
    ['plan', '--help'],
    ['diff', 'a', '-h'],
    ['--help', '--version'],
  ]) {
    expect(await cli(argv)).toEqual({ code: 0, stdout: help, stderr: '' });
  }
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
  for (const option of ['--version', '-V']) {
    expect(await cli([option])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  }
});

describe('mistakes end with exit code 2 and one line that says what to do', () => {
  test.each<[string[], RegExp]>([
    [[], /command: missing; fix: use plan, diff, explain, or see cdk8s-telemetry --help/],
    [['plam', '.'], /plam: no such command; fix: did you mean plan\?/],
    [['frobnicate'], /frobnicate: no such command; fix: use plan, diff, explain, or see cdk8s-telemetry --help/],
    [['plan'], /plan: nothing to read; fix: name files or folders with manifests, or - for standard input/],
    [['plan', '.', '--clustr', 'c.yaml'], /--clustr: no such option; fix: did you mean --cluster\?/],
    [['plan', '.', '--fail_on=error'], /--fail_on: no such option; fix: did you mean --fail-on\?/],
    [['plan', '.', '-fjson', '-x'], /-x: no such option; fix: see cdk8s-telemetry --help/],
    [['plan', '.', '-v'], /-v: no such option; fix: did you mean -V\?/],
    [['plan', '.', '--frobnicate'], /--frobnicate: no such option; fix: see/],
    [['plan', '.', '--cluster'], /options: .*--cluster/],
    [['plan', '.', '--cluster', '--format', 'json'], /options: .*--cluster/],
    [['plan', '.', '--help=yes'], /options: .*--help/],
    [['plan', '.', '--format', 'xml'], /--format: got "xml"; fix: give one of markdown, json, mermaid/],
    [['plan', '.', '--fail-on', 'fatal'], /--fail-on: got "fatal"; fix: give one of error, warning, info, never/],
    [['plan', '-', '-'], /-: given twice; fix: standard input can be read once/],
    [['diff', '-', '-'], /-: given twice/],
    [['diff', 'old'], /diff: got 1 path; fix: name two/],
    [['diff', 'a', 'b', 'c'], /diff: got 3 paths; fix: name two/],
    [['x'.repeat(100_000)], /no such command; fix: use/],
    [[''], /command: missing/],
    [[' '], /" ": no such command/],
    [['plan', ''], /plan: got ""; fix: name a file: the text is empty/],
    [['plan', '.', '--cluster', ''], /--cluster: got ""; fix: name a file: the text is empty/],
    [['plan', '.', '--old-cluster', 'c.yaml'], /--old-cluster: a plan has no old side; fix: use --cluster/],
    [['plan', 'x'.repeat(5_000)], /x…x+: is longer than a path can be; fix: correct the path/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await cli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^cdk8s-telemetry: .*\n$/);
  });

  test('an output that cannot be written', async () => {
    const path = folder({ 'a.yaml': manifest() });
    const { code, stderr } = await cli(['plan', path, '--output', path]);
    expect(code).toBe(2);
    expect(stderr).toBe(`cdk8s-telemetry: --output ${path}: is a folder; fix: name a writable file\n`);
    const below = join(path, 'none/traffic.md');
    expect((await cli(['plan', path, '--output', below])).stderr).toContain(`${below}: its folder does not exist; fix`);
  });
});
