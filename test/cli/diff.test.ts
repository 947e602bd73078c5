import { join } from 'node:path';
import { finding, flow } from '../plan/report/plans';
import { calls } from './planner';
import { cli, folder, manifest } from './runs';

jest.mock('../../src/plan', () => jest.requireActual<object>('./planner'));

const sides = (before: object, after: object): [string, string] => {
  const path = folder({ 'old/a.yaml': manifest(before), 'new/a.yaml': manifest(after) });
  return [join(path, 'old'), join(path, 'new')];
};

test('prints what changes as Markdown', async () => {
  const { code, stdout, stderr } = await cli(['diff', ...sides({ flows: [flow()] }, { flows: [flow({ port: 80 })] })]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Connections: 1 added, 1 removed, 0 unchanged\. No new findings\.\n/);
});

test('prints JSON; a picture of a change there is none', async () => {
  const paths = sides({}, { flows: [flow()] });
  expect(JSON.parse((await cli(['diff', ...paths, '--format', 'json'])).stdout)).toMatchObject({
    flows: { added: [flow()] },
  });
  const { code, stderr } = await cli(['diff', ...paths, '--format', 'mermaid']);
  expect([code, stderr]).toEqual([2, 'cdk8s-telemetry: --format: got "mermaid"; fix: give one of markdown, json\n']);
});

test('says so when nothing changes', async () => {
  const { code, stdout } = await cli(['diff', ...sides({ flows: [flow()] }, { flows: [flow()] })]);
  expect([code, stdout]).toEqual([0, 'No change: 1 connection, all as before.\n']);
});

describe('exit code', () => {
  const [error, warning] = [finding(), finding({ code: 'CT102', severity: 'warning' })];

  test.each<[number, string, object[], object[]]>([
    [0, 'error', [error], [error]],
    [0, 'error', [error], []],
    [0, 'error', [], [warning]],
    [1, 'error', [warning], [warning, error]],
    [1, 'warning', [], [warning]],
    [0, 'never', [], [error]],
    [1, 'error', [finding({ severity: 'warning' })], [error]],
  ])('%i with --fail-on %s', async (expected, failOn, before, after) => {
    const { code, stderr } = await cli([
      'diff',
      ...sides({ findings: before }, { findings: after }),
      '--fail-on',
      failOn,
    ]);
    expect(code).toBe(expected);
    expect(stderr).toMatch(expected === 0 ? /^$/ : /^cdk8s-telemetry: 1 new finding of severity/);
  });

  test('a new finding that is acknowledged does not count', async () => {
    const accepted = join(folder({ 'accepted.yaml': '- { code: CT101, reason: agreed }' }), 'accepted.yaml');
    const { code, stdout } = await cli(['diff', ...sides({}, { findings: [error] }), '--acknowledge', accepted]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 new but acknowledged.');
  });
});

test('an empty old folder means that everything is new; an empty new one is a mistake', async () => {
  const [some, none] = [folder({ 'a.yaml': manifest({ flows: [flow()] }) }), folder()];
  expect((await cli(['diff', none, some])).stdout).toMatch(/^Connections: 1 added, 0 unchanged/);
  const { code, stderr } = await cli(['diff', some, none]);
  expect([code, stderr]).toEqual([
    2,
    `cdk8s-telemetry: ${none}: no Kubernetes manifests found; fix: name rendered .yaml, .yml or .json files\n`,
  ]);
});

test('one side can come from standard input', async () => {
  const old = folder({ 'a.yaml': manifest() });
  expect((await cli(['diff', old, '-'], manifest({ flows: [flow()] }))).stdout).toMatch(/1 added/);
});

test('where a document stands is told from the two folders on, so that nothing changes because they differ', async () => {
  calls.length = 0;
  await cli(['diff', ...sides({}, {})]);
  expect(calls.map(({ documents }) => documents.map(({ where }) => where))).toEqual([
    ['a.yaml, document 1'],
    ['a.yaml, document 1'],
  ]);
  const path = folder({ 'old.yaml': manifest(), 'new.yaml': manifest() });
  await cli(['diff', join(path, 'old.yaml'), `${path}/new.yaml`]);
  expect(calls.at(-1)?.documents.map(({ where }) => where)).toEqual(['document 1']);
});

test('what is wrong with one side names it', async () => {
  const [before, after] = sides({}, { wrong: 'strange' });
  const { code, stderr } = await cli(['diff', before, after]);
  expect([code, stderr]).toEqual([2, `cdk8s-telemetry: ${after}: a.yaml, document 1: strange; fix: none\n`]);
});

test('a file that is on both sides is read for both', async () => {
  const path = join(folder({ 'a.yaml': manifest({ flows: [flow()] }) }), 'a.yaml');
  expect((await cli(['diff', path, path])).stdout).toBe('No change: 1 connection, all as before.\n');
});

describe('--old-cluster', () => {
  const facts = folder({ 'old.yaml': 'mesh: { mode: none }', 'new.yaml': 'mesh: { mode: ambient }' });
  const [before, after] = [join(facts, 'old.yaml'), join(facts, 'new.yaml')];
  const modes = () => calls.slice(-2).map(({ facts: { mesh } }) => mesh?.mode);

  test('are the facts of the old side', async () => {
    expect((await cli(['diff', ...sides({}, {}), '--cluster', after, '--old-cluster', before])).code).toBe(0);
    expect(modes()).toEqual(['none', 'ambient']);
  });

  test('left out, both sides have the same facts', async () => {
    await cli(['diff', ...sides({}, {}), '--cluster', after]);
    expect(modes()).toEqual(['ambient', 'ambient']);
  });

  test('is named when something is wrong with it', async () => {
    const wrong = join(folder({ 'c.yaml': 'mesh: none' }), 'c.yaml');
    const { code, stderr } = await cli(['diff', ...sides({}, {}), '--cluster', after, '--old-cluster', wrong]);
    expect([code, stderr]).toEqual([
      2,
      `cdk8s-telemetry: --old-cluster: ${wrong}: mesh: got "none"; allowed: a mapping; fix: write it as { mode: sidecar }\n`,
    ]);
  });
});
