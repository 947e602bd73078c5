// CPU seconds of whole Node processes, side by side: they alternate, so that a noisy machine disturbs all alike, and ratios are
// taken run by run.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './programs.mjs';

/** Runs with a directory in which the built library is installed as a consumer gets it. */
export async function withInstalledLibrary(run) {
  const directory = mkdtempSync(join(root, 'bench/build-'));
  try {
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' });
    const installed = join(directory, 'node_modules/cdk8s-telemetry');
    mkdirSync(join(installed, 'lib'), { recursive: true });
    for (const file of ['package.json', 'lib/index.js', 'lib/plan.js', 'lib/cli.js']) {
      cpSync(join(root, file), join(installed, file));
    }
    await run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Each candidate is a list of arguments for `node`. Returns a list of CPU seconds for each of them. */
export function alternate(directory, candidates, rounds) {
  const names = Object.keys(candidates);
  const seconds = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) seconds[name].push(measure(directory, candidates[name]).cpuSeconds);
  }
  return seconds;
}

/** CPU seconds and the most memory of one process. */
export function measure(directory, args) {
  const report = join(directory, 'report.cjs');
  writeFileSync(
    report,
    `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(${JSON.stringify(join(directory, 'usage.json'))}, JSON.stringify({
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, mebibytes: maxRSS / 1024 }));
});`,
  );
  const { status, stderr } = spawnSync('node', ['-r', report, ...args], { cwd: directory, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return JSON.parse(execFileSync('cat', [join(directory, 'usage.json')], { encoding: 'utf8' }));
}

/** CPU seconds of any program. */
export function cpuSecondsOf(command) {
  const timed = `TIMEFORMAT='%U %S'; { time "$@" >/dev/null 2>&1 || exit 1; } 2>&1`;
  const times = execFileSync('bash', ['-c', timed, 'time', ...command], { encoding: 'utf8' });
  const [user, system] = times.trim().split(' ').map(Number);
  return user + system;
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Median of the ratios of runs that followed each other. */
export function ratio(of, to) {
  return median(of.map((seconds, i) => seconds / to[i]));
}

/** How a cost grows: 1 is linear. */
export function exponent([fewer, more], [cost, higher]) {
  return Math.log(higher / cost) / Math.log(more / fewer);
}
