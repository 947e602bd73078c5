// Whole-process synthesis of the platform example against its floor. Both are plain JavaScript and use what a consumer
// installs.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { writeFloor } from './support/floor.mjs';
import { compileExample, main } from './support/compiled-example.mjs';
import { root } from './support/programs.mjs';
import { alternate, median, ratio, withInstalledLibrary } from './support/whole-process.mjs';

const rounds = Number(process.env.PAIRS ?? 31);

await withInstalledLibrary((directory) => {
  const fromFile = compileExample(directory, 'platform');
  const inCode = main(directory, 'platform', factsInCode(directory));
  execFileSync('node', [fromFile], { cwd: directory });
  const floor = writeFloor(directory, 'floor', join(directory, 'dist'));
  const seconds = alternate(directory, { floor: [floor], fromFile: [fromFile], inCode: [inCode] }, rounds);

  console.log(`platform example, ${rounds} rounds, medians of CPU seconds of the whole process`);
  console.log(`floor   ${median(seconds.floor).toFixed(3)}`);
  console.log(`library ${median(seconds.fromFile).toFixed(3)}`);
  console.log(`ratio   ${ratio(seconds.fromFile, seconds.floor).toFixed(3)}, facts from cluster.yaml`);
  console.log(`ratio   ${ratio(seconds.inCode, seconds.floor).toFixed(3)}, facts in code`);
});

/** The same app without the file: its facts are read once and written into the program. */
function factsInCode(directory) {
  const { mesh, dns, ...others } = parse(readFileSync(join(root, 'examples/platform/cluster.yaml'), 'utf8'));
  const { mode, ...sidecar } = mesh;
  const cluster = `{ ...${JSON.stringify(others)}, mesh: library.IstioMesh.${mode}(${JSON.stringify(sidecar)}), dns: library.ClusterDns.${dns}() }`;
  const app = readFileSync(join(directory, 'platform.js'), 'utf8').replace(
    /[\w.]*Cluster\.fromFile\(.*?\)\)/s,
    'facts()',
  );
  const header = `const library = require('cdk8s-telemetry'); const facts = () => library.Cluster.of(${cluster});\n`;
  writeFileSync(join(directory, 'platform-in-code.js'), header + app);
  return 'platform-in-code';
}
