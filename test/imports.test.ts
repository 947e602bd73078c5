import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

function generated(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

test('imports/ is what cdk8s import makes of imports/crds/', () => {
  const out = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    const cdk8s = join(root, 'node_modules/.bin/cdk8s');
    execFileSync(cdk8s, ['import', '--check-upgrade=false', '--no-save', '-o', out], { cwd: root, stdio: 'pipe' });
    expect(generated(join(root, 'imports'))).toEqual(generated(out));
  } finally {
    rmSync(out, { recursive: true });
  }
}, 60_000);
