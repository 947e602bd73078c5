// Whole-process synthesis of the platform example against its floor: an app that replays the same objects as raw
// ApiObjects. Both are plain JavaScript and use what a consumer installs. Processes alternate, so that a noisy machine
// disturbs both alike; the figure is the median ratio of CPU seconds.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '..');
const pairs = Number(process.env.PAIRS ?? 31);
const build = mkdtempSync(join(root, 'bench/build-'));

try {
  installLibrary();
  const library = compileExample();
  const floor = writeFloor();
  const inCode = factsInCode();
  const measured = Array.from({ length: pairs }, () => ({
    floor: cpuSeconds(floor),
    library: cpuSeconds(library),
    inCode: cpuSeconds(inCode),
  }));
  console.log(`platform example, ${pairs} pairs, medians of CPU seconds of the whole process`);
  console.log(`floor   ${median(measured.map((pair) => pair.floor)).toFixed(3)}`);
  console.log(`library ${median(measured.map((pair) => pair.library)).toFixed(3)}`);
  console.log(
    `ratio   ${median(measured.map((pair) => pair.library / pair.floor)).toFixed(3)}, facts from cluster.yaml`,
  );
  console.log(`ratio   ${median(measured.map((pair) => pair.inCode / pair.floor)).toFixed(3)}, facts in code`);
} finally {
  rmSync(build, { recursive: true });
}

function installLibrary() {
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' });
  const installed = join(build, 'node_modules/cdk8s-telemetry');
  mkdirSync(join(installed, 'lib'), { recursive: true });
  for (const file of ['package.json', 'lib/index.js']) cpSync(join(root, file), join(installed, file));
}

/** The same app without the file: its facts are read once and written into the program. */
function factsInCode() {
  const facts = parse(readFileSync(join(root, 'examples/platform/cluster.yaml'), 'utf8'));
  const { mesh, dns, ...others } = facts;
  const { mode, ...sidecar } = mesh;
  const cluster = `{ ...${JSON.stringify(others)}, mesh: library.IstioMesh.${mode}(${JSON.stringify(sidecar)}), dns: library.ClusterDns.${dns}() }`;
  const app = readFileSync(join(build, 'app.js'), 'utf8').replace(/[\w.]*Cluster\.fromFile\(.*?\)\)/s, 'facts()');
  const header = `const library = require('cdk8s-telemetry'); const facts = () => library.Cluster.of(${cluster});\n`;
  writeFileSync(join(build, 'app-in-code.js'), header + app);
  const main = readFileSync(join(build, 'main.js'), 'utf8').replace('"./app"', '"./app-in-code"');
  writeFileSync(join(build, 'main-in-code.js'), main);
  return join(build, 'main-in-code.js');
}

function compileExample() {
  const source = join(root, 'examples/platform');
  const options = ['--format=cjs', '--platform=node', `--outdir=${build}`, '--log-level=error'];
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [join(source, 'main.ts'), join(source, 'app.ts'), ...options]);
  cpSync(join(source, 'cluster.yaml'), join(build, 'cluster.yaml'));
  return join(build, 'main.js');
}

/** The same objects, read from JSON, with nothing but cdk8s. */
function writeFloor() {
  execFileSync('node', [join(build, 'main.js')], { cwd: build });
  const documents = parseAllDocuments(readFileSync(join(build, 'dist/telemetry.k8s.yaml'), 'utf8'));
  writeFileSync(join(build, 'objects.json'), JSON.stringify(documents.map((document) => document.toJS())));
  const file = join(build, 'floor.js');
  writeFileSync(
    file,
    `const { ApiObject, App, Chart } = require('cdk8s');
const { readFileSync } = require('node:fs');
const app = new App();
const chart = new Chart(app, 'floor');
const objects = JSON.parse(readFileSync(__dirname + '/objects.json', 'utf8'));
objects.forEach((object, i) => new ApiObject(chart, 'object-' + i, object));
app.synth();
`,
  );
  return file;
}

function cpuSeconds(script) {
  const report = join(build, 'report.cjs');
  writeFileSync(
    report,
    `process.on('exit', () => { const { user, system } = process.cpuUsage(); console.log((user + system) / 1e6); });`,
  );
  const { stdout, status, stderr } = spawnSync('node', ['-r', report, script], { cwd: build });
  if (status !== 0) throw new Error(String(stderr));
  return Number(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
