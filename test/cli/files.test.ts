import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { calls } from './planner';
import { cli, folder, manifest } from './runs';

jest.mock('../../src/plan', () => jest.requireActual<object>('./planner'));

/** Names of the documents that reached the planner, below the folder. */
async function read(path: string, ...others: string[]): Promise<string[]> {
  const outcome = await cli(['plan', path, ...others]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return (calls.at(-1)?.documents ?? []).map(({ where }) => where.replace(`${path}/`, ''));
}

async function refused(argv: string[], stdin?: string | Buffer): Promise<string> {
  const { code, stdout, stderr } = await cli(['plan', ...argv], stdin);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^cdk8s-telemetry: .+; fix: .+\n$/);
  return stderr;
}

describe('a folder', () => {
  test('is read with all folders below, by name, manifests only', async () => {
    const files = ['b.yml', 'a/z.json', 'a/b.YAML', 'c.yaml', 'README.md', 'c.yaml.bak', 'yaml'];
    const path = folder(Object.fromEntries(files.map((name) => [name, manifest({}, 'a')])));
    const where = await read(path);
    expect(where).toEqual(['a/b.YAML', 'a/z.json', 'b.yml', 'c.yaml'].map((name) => `${name}, document 1`));
  });

  test('hidden files, hidden folders and node_modules are left out', async () => {
    const files = ['.git/a.yaml', '.hidden.yaml', 'node_modules/x/a.yaml', 'sub/node_modules/a.yaml', 'sub/a.yaml'];
    const path = folder(Object.fromEntries(files.map((name) => [name, manifest()])));
    expect(await read(path)).toEqual(['sub/a.yaml, document 1']);
  });

  test('that is called x.yaml is a folder', async () => {
    const path = folder({ 'x.yaml/a.yaml': manifest() });
    expect(await read(path)).toEqual(['x.yaml/a.yaml, document 1']);
    expect(await read(join(path, 'x.yaml'))).toEqual(['a.yaml, document 1']);
  });

  test('that contains links to itself, to its files and to nothing is read once', async () => {
    const path = folder({ 'a.yaml': manifest(), 'sub/b.yaml': manifest({}, 'b') });
    symlinkSync(path, join(path, 'sub/loop'));
    symlinkSync(join(path, 'sub'), join(path, 'twice'));
    symlinkSync(join(path, 'a.yaml'), join(path, 'same.yaml'));
    symlinkSync('nowhere', join(path, 'dangling'));
    expect(await read(path)).toEqual(['a.yaml, document 1', 'sub/b.yaml, document 1']);
  });

  test('that is named twice, or together with its file, is read once', async () => {
    const path = folder({ 'a.yaml': manifest() });
    expect(await read(path, path, join(path, 'a.yaml'))).toEqual(['a.yaml, document 1']);
  });

  test('without manifests is refused', async () => {
    expect(await refused([folder({ 'README.md': '' })])).toMatch(/no Kubernetes manifests found/);
  });

  test('with a link that leads nowhere in place of a manifest is refused', async () => {
    const path = folder({ 'a.yaml': manifest() });
    symlinkSync('nowhere', join(path, 'b.yaml'));
    expect(await refused([path])).toMatch(/b\.yaml: does not exist/);
  });

  test('with a pipe in place of a manifest is refused, not waited for', async () => {
    const path = folder();
    execFileSync('mkfifo', [join(path, 'a.yaml')]);
    expect(await refused([path])).toMatch(/a\.yaml: is a pipe or a device/);
  });

  test('that may not be read is refused', async () => {
    const path = folder({ 'secret/a.yaml': manifest() });
    chmodSync(path, 0o755);
    chmodSync(join(path, 'secret'), 0);
    expect(await asNobody(() => refused([path]))).toMatch(/secret: may not be read/);
    chmodSync(join(path, 'secret'), 0o755);
  });
});

/** Root may read everything. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

describe('a file', () => {
  test('is read whatever it is called', async () => {
    const path = folder({ rendered: manifest() });
    expect(await read(join(path, 'rendered'))).toEqual([`${join(path, 'rendered')}, document 1`]);
  });

  test('can be JSON, or begin with a byte order mark', async () => {
    const path = folder({ 'a.json': manifest(), 'b.yaml': `\uFEFF${manifest({}, 'b')}` });
    expect(await read(path)).toHaveLength(2);
  });

  test('can be a pipe, as in <(helm template ...)', async () => {
    const path = folder({ rendered: manifest() });
    const pipe = join(path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', join(path, 'rendered'), pipe]);
    expect(await read(pipe)).toEqual([`${pipe}, document 1`]);
    writer.kill();
  });

  test('that does not exist is refused', async () => {
    expect(await refused(['nowhere.yaml'])).toBe(
      'cdk8s-telemetry: nowhere.yaml: does not exist; fix: correct the path\n',
    );
  });

  test.each([
    ['https://charts.example/a.yaml', /does not exist; fix: nothing is fetched: pipe it in/],
    ['dist/*.yaml', /does not exist; fix: name the folder, or let the shell list/],
  ])('that is none is refused: %s', async (path, message) => {
    expect(await refused([path])).toMatch(message);
  });

  test('below a file is refused', async () => {
    const path = folder({ 'a.yaml': manifest() });
    expect(await refused([join(path, 'a.yaml', 'b.yaml')])).toMatch(/a\.yaml\/b\.yaml: lies below a file; fix/);
  });

  test('of no bytes is refused where it is the only one', async () => {
    expect(await refused([folder({ 'a.yaml': '' })])).toMatch(/no Kubernetes manifests found/);
    expect(await read(folder({ 'a.yaml': '', 'b.yaml': manifest() }))).toEqual(['b.yaml, document 1']);
  });

  test.each<[string, Buffer]>([
    ['not UTF-8', Buffer.from([0x6b, 0xff, 0xfe])],
    ['UTF-16', Buffer.from('kind: Pod', 'utf16le')],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0])],
  ])('that is no text is refused: %s', async (_, content) => {
    expect(await refused([folder({ 'a.yaml': content })])).toMatch(/a\.yaml: is no text in UTF-8; fix: give manifests/);
    expect(await refused(['-'], content)).toMatch(/stdin: is no text in UTF-8/);
  });

  test('of standard input without a manifest is refused', async () => {
    expect(await refused(['-'])).toMatch(/-: no Kubernetes manifests found; fix: pipe rendered manifests into it/);
  });

  test('without end is refused', async () => {
    expect(await refused(['/dev/zero'])).toMatch(/\/dev\/zero: has more than \d+ bytes/);
  });

  test('that is no YAML is refused with its line', async () => {
    expect(await refused([folder({ 'a.yaml': 'kind: Pod\n  b: [' })])).toMatch(/a\.yaml, document 1, line \d/);
  });

  test('with control characters in its name leaves the terminal alone', async () => {
    const stderr = await refused(['\u001B[31mred']);
    expect(stderr).not.toContain('\u001B');
  });
});
