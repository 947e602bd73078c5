// The real programs, from the module of the conformance tests: one graph of dependencies, one version of each.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const module = join(root, 'test/conformance/collector');

/** Binaries built before save minutes: `COLLECTOR=path PROMETHEUS=path`. */
export function buildCollector(dir) {
  if (process.env.COLLECTOR) return process.env.COLLECTOR;
  // Only packages of the module may use its internal ones, so the file is laid over a directory that does not exist.
  const main = join(module, 'bench-collector/main.go');
  const overlay = join(dir, 'overlay.json');
  writeFileSync(overlay, JSON.stringify({ Replace: { [main]: join(import.meta.dirname, 'collector.go') } }));
  return build('collector', dir, [`-overlay=${overlay}`, './bench-collector']);
}

export function buildPrometheus(dir) {
  return process.env.PROMETHEUS ?? build('prometheus', dir, ['github.com/prometheus/prometheus/cmd/prometheus']);
}

function build(name, dir, args) {
  console.error(`building ${name} …`);
  const output = join(dir, name);
  const flags = ['-trimpath', '-tags=remove_all_sd,enable_kubernetes_sd', '-ldflags=-s -w', '-o', output];
  execFileSync('go', ['build', ...flags, ...args], { cwd: module, env: { ...process.env, CGO_ENABLED: '0' } });
  return output;
}
