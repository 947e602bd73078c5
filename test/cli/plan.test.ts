import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../src/plan/result';
import { finding, flow } from '../plan/report/plans';
import { calls } from './planner';
import { cli, folder, manifest } from './runs';

jest.mock('../../src/plan', () => jest.requireActual<object>('./planner'));

const ERROR = finding();
const WARNING = finding({ code: 'CT102', severity: 'warning' });
const NOTE = finding({ code: 'CT103', severity: 'info' });

test('prints the plan of the manifests in a folder as Markdown', async () => {
  const path = folder({ 'a.yaml': manifest({ flows: [flow()] }) });
  const { code, stdout, stderr } = await cli(['plan', path]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^1 connection: 1 work\. No findings\.\n\n## Connections\n/);
});

test.each([
  ['json', /^\{\n {2}"version": 1,/],
  ['mermaid', /^flowchart LR\n/],
  ['markdown', /^1 connection/],
])('--format %s', async (format, beginning) => {
  const path = folder({ 'a.yaml': manifest({ flows: [flow()] }) });
  expect((await cli(['plan', path, '--format', format])).stdout).toMatch(beginning);
  expect((await cli(['plan', path, '-f', format])).stdout).toMatch(beginning);
});

test('reads standard input, with several documents', async () => {
  const text = [manifest({ flows: [flow()] }), manifest({ flows: [flow({ port: 80 })] }, 'b')].join('\n---\n');
  expect((await cli(['plan', '-'], text)).stdout).toMatch(/^2 connections/);
});

test('--output writes the plan there and only the summary to standard output', async () => {
  const path = folder({ 'a.yaml': manifest({ flows: [flow()] }) });
  const output = join(path, 'plan.json');
  const { code, stdout } = await cli(['plan', path, '--format', 'json', '--output', output]);
  expect([code, stdout]).toEqual([0, '1 connection: 1 work. No findings.\n']);
  expect((JSON.parse(readFileSync(output, 'utf8')) as Plan).flows).toEqual([flow()]);
});

describe('exit code', () => {
  test.each<[number, string, Plan['findings']]>([
    [0, 'error', []],
    [0, 'error', [WARNING, NOTE]],
    [1, 'error', [WARNING, ERROR]],
    [0, 'warning', [NOTE]],
    [1, 'warning', [WARNING]],
    [1, 'info', [NOTE]],
    [0, 'never', [ERROR]],
    [0, 'info', [finding({ acknowledged: 'agreed' })]],
  ])('%i with --fail-on %s', async (expected, failOn, findings) => {
    const path = folder({ 'a.yaml': manifest({ findings }) });
    const { code, stdout, stderr } = await cli(['plan', path, '--fail-on', failOn]);
    expect(code).toBe(expected);
    expect(stdout).not.toBe('');
    expect(stderr).toMatch(expected === 0 ? /^$/ : /^cdk8s-telemetry: 1 finding of severity \w+ or above\n$/);
  });

  test('an error fails unless something else is asked for', async () => {
    expect((await cli(['plan', folder({ 'a.yaml': manifest({ findings: [ERROR] }) })])).code).toBe(1);
    expect((await cli(['plan', folder({ 'a.yaml': manifest({ findings: [WARNING] }) })])).code).toBe(0);
  });
});

describe('--acknowledge', () => {
  const accepted = (text: string) =>
    folder({ 'manifests/a.yaml': manifest({ findings: [ERROR] }), 'accepted.yaml': text });
  const plan = (path: string, ...options: string[]) =>
    cli(['plan', join(path, 'manifests'), '--acknowledge', join(path, 'accepted.yaml'), ...options]);

  test('what is accepted does not fail', async () => {
    const path = accepted(`- { code: CT101, object: ${ERROR.object}, reason: The vendor has no other port. }`);
    const { code, stdout } = await plan(path);
    expect(code).toBe(0);
    expect(stdout).toContain('The vendor has no other port.');
  });

  test('an entry that fits nothing is a warning', async () => {
    const { code, stdout } = await plan(accepted('- { code: CT999, reason: none }'), '--fail-on', 'warning');
    expect(code).toBe(1);
    expect(stdout).toContain('**CT900**');
  });

  test.each([
    ['reason', '- code: CT101', /accepted\.yaml \[0\]\.reason: missing; fix: write a list of/],
    ['reason that is not empty', '- { code: CT101, reason: " " }', /\[0\]\.reason: missing/],
    ['code', '- reason: agreed', /\[0\]\.code: missing/],
    ['code as it is written', '- { code: ct1, reason: agreed }', /\[0\]\.code: got "ct1"; fix: write CT and three/],
    [
      'key that is known',
      '- { code: CT101, reasom: agreed }',
      /\[0\]\.reasom: no such key; fix: did you mean reason\?/,
    ],
    ['list', 'code: CT101', /accepted\.yaml: got \{"code":"CT101"\}, expected a list/],
    ['mapping', '- CT101', /\[0\]: got "CT101", expected a mapping/],
    ['text', '- { code: CT101, reason: 5 }', /\[0\]\.reason: got 5, expected a string/],
    ['YAML', '- [', /accepted\.yaml: line 2: .+; fix: correct the YAML/],
    ['single document', '- a\n---\n- b', /accepted\.yaml: expected a single document.*; fix: correct the YAML/],
  ])('without a %s it is refused', async (_, text, message) => {
    const { code, stdout, stderr } = await plan(accepted(text));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('what is repeated without end is refused in one line', async () => {
    const bomb = Array.from({ length: 60 }, (_, i) => `- &a${i} { a: [*a${i - 1}, *a${i - 1}] }`).join('\n');
    const { code, stderr } = await plan(accepted(bomb.replaceAll('*a-1', 'x')));
    expect([code, stderr.length < 1_000]).toEqual([2, true]);
  });

  test('an empty file accepts nothing', async () => {
    expect((await plan(accepted(''))).code).toBe(1);
  });
});

describe('--cluster', () => {
  test('the facts go to the planner', async () => {
    const path = folder({
      'm/a.yaml': manifest(),
      'cluster.yaml': 'mesh: { mode: ambient }\npodCidrs: [10.0.0.0/8]\n',
    });
    await cli(['plan', join(path, 'm'), '--cluster', join(path, 'cluster.yaml')]);
    expect(calls.at(-1)?.facts).toMatchObject({ mesh: { mode: 'ambient' }, podCidrs: ['10.0.0.0/8'] });
  });

  test('without it not even the mesh is known', async () => {
    await cli(['plan', folder({ 'a.yaml': manifest() })]);
    expect(calls.at(-1)?.facts.mesh).toBeUndefined();
  });

  test('that has no end is refused', async () => {
    const { code, stderr } = await cli(['plan', folder({ 'a.yaml': manifest() }), '--cluster', '/dev/zero']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\/dev\/zero: has more than \d+ bytes/);
  });

  test.each([
    ['mesh: { mode: none }\npodCidr: []', /podCidr/],
    ['mesh: { mode: sidecarr }', /mesh\.mode/],
    ['[', /cluster\.yaml/],
    ['mesh: &a { mode: *a }', /mesh\.mode: got \{"mode":"…"\}/],
  ])('%j is refused with file and key', async (text, message) => {
    const path = folder({ 'm/a.yaml': manifest(), 'cluster.yaml': text });
    const { code, stderr } = await cli(['plan', join(path, 'm'), '--cluster', join(path, 'cluster.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^cdk8s-telemetry: --cluster: [^\n]*; fix: [^\n]*\n$/);
  });
});
