import { buildSync } from 'esbuild';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/run';
import { flow } from '../plan/report/plans';
import { folder, manifest } from './runs';

jest.mock('../../src/plan', () => jest.requireActual<object>('./planner'));

/** As the package bundles it. */
const bundle = join(folder(), 'cli.js');
const { metafile } = buildSync({
  entryPoints: [join(__dirname, '../../src/cli/main.ts')],
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  outfile: bundle,
  metafile: true,
  logLevel: 'silent',
});

function shell(command: string): SpawnSyncReturns<string> {
  return spawnSync('bash', ['-c', command, 'bash', process.execPath, bundle], { encoding: 'utf8' });
}

test('loads neither cdk8s nor constructs: it starts at once', () => {
  const packages = Object.keys(metafile.inputs).flatMap((file) => /node_modules\/([^/]+)/.exec(file)?.[1] ?? []);
  expect([...new Set(packages)].sort()).toEqual(['js-yaml', 're2js']);
});

test('is a program', () => {
  const { status, stdout } = shell('"$1" "$2" --help');
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'cdk8s-telemetry: what will happen to each connection?']);
});

test('its exit code is that of the process, and a mistake shows no stack trace', () => {
  const { status, stdout, stderr } = shell('"$1" "$2" plan nowhere.yaml');
  expect([status, stdout, stderr]).toEqual([
    2,
    '',
    'cdk8s-telemetry: nowhere.yaml: does not exist; fix: correct the path\n',
  ]);
});

test('a reader that leaves early is no failure', () => {
  const path = folder({ 'a.yaml': Array.from({ length: 5_000 }, (_, i) => pod(`pod-${i}`)).join('---\n') });
  const { stdout, stderr } = shell(`set -o pipefail; "$1" "$2" plan ${path} --format json | head -c 1; echo " $?"`);
  expect([stdout, stderr]).toEqual(['{ 0\n', '']);
});

function pod(name: string): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: a, image: a}]}}\n`;
}

test('long output is complete when it goes into a pipe', () => {
  const path = folder({ 'a.yaml': Array.from({ length: 2_000 }, (_, i) => pod(`pod-${i}`)).join('---\n') });
  expect(JSON.parse(shell(`"$1" "$2" plan ${path} --format json | cat`).stdout)).toMatchObject({ version: 1 });
});

test('another failure of standard output is one', async () => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => {
      done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
  });
  let message = '';
  const stderr = new Writable({
    write: (chunk, _encoding, done) => {
      message += String(chunk);
      done();
    },
  });
  const path = folder({ 'a.yaml': manifest({ flows: [flow()] }) });
  expect(await run(['plan', path], { stdin: Readable.from([]), stdout, stderr })).toBe(2);
  expect(message).toMatch(/no space left/);
});
