// Whole-process synthesis of the platform example against its floor. Both are plain JavaScript and use what a consumer
// installs.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { writeFloor } from './support/floor.mjs';
import { root } from './support/programs.mjs';
import { alternate, median, ratio, withInstalledLibrary } from './support/whole-process.mjs';

const rounds = Number(process.env.PAIRS ?? 31);
const example = join(root, 'examples/platform');

await withInstalledLibrary((directory) => {
  compileExample(directory);
  const fromFile = main(directory, 'app');
  const inCode = main(directory, factsInCode(directory));
  execFileSync('node', [fromFile], { cwd: directory });
  const floor = writeFloor(directory, 'floor', join(directory, 'dist'));
  const seconds = alternate(directory, { floor: [floor], fromFile: [fromFile], inCode: [inCode] }, rounds);

  console.log(`platform example, ${rounds} rounds, medians of CPU seconds of the whole process`);
  console.log(`floor   ${median(seconds.floor).toFixed(3)}`);
  console.log(`library ${median(seconds.fromFile).toFixed(3)}`);
  console.log(`ratio   ${ratio(seconds.fromFile, seconds.floor).toFixed(3)}, facts from cluster.yaml`);
  console.log(`ratio   ${ratio(seconds.inCode, seconds.floor).toFixed(3)}, facts in code`);
});

function compileExample(directory) {
  const options = ['--format=cjs', '--platform=node', `--outdir=${directory}`, '--log-level=error'];
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [join(example, 'app.ts'), ...options]);
  cpSync(join(example, 'cluster.yaml'), join(directory, 'cluster.yaml'));
}

function main(directory, app) {
  const script = join(directory, `main-${app}.js`);
  writeFileSync(
    script,
    `const { App } = require('cdk8s');
const { platform } = require('./${app}');
const app = new App();
platform(app);
app.synth();
`,
  );
  return script;
}

/** The same app without the file: its facts are read once and written into the program. */
function factsInCode(directory) {
  const { mesh, dns, ...others } = parse(readFileSync(join(example, 'cluster.yaml'), 'utf8'));
  const { mode, ...sidecar } = mesh;
  const cluster = `{ ...${JSON.stringify(others)}, mesh: library.IstioMesh.${mode}(${JSON.stringify(sidecar)}), dns: library.ClusterDns.${dns}() }`;
  const app = readFileSync(join(directory, 'app.js'), 'utf8').replace(/[\w.]*Cluster\.fromFile\(.*?\)\)/s, 'facts()');
  const header = `const library = require('cdk8s-telemetry'); const facts = () => library.Cluster.of(${cluster});\n`;
  writeFileSync(join(directory, 'app-in-code.js'), header + app);
  return 'app-in-code';
}
