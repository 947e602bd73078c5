// An example as plain JavaScript, as a consumer compiles it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './programs.mjs';

/** Writes the program of an example, such as `platform`, and returns its path. */
export function compileExample(directory, name) {
  const example = join(root, 'examples', name);
  const options = [
    '--format=cjs',
    '--platform=node',
    `--outfile=${join(directory, `${name}.js`)}`,
    '--log-level=error',
  ];
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [join(example, 'app.ts'), ...options]);
  const facts = join(example, 'cluster.yaml');
  if (existsSync(facts)) cpSync(facts, join(directory, 'cluster.yaml'));
  return main(directory, name, name);
}

/** The program that synthesizes what `app` in `module` adds. */
export function main(directory, app, module) {
  const script = join(directory, `main-${module}.js`);
  writeFileSync(
    script,
    `const { App } = require('cdk8s');
const { ${app} } = require('./${module}');
const app = new App();
${app}(app);
app.synth();
`,
  );
  return script;
}
