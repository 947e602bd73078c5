// The floor of a synthesis: an app that replays the same objects as raw ApiObjects, read from JSON.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** Writes the app that replays what another one rendered into `dist`, chart by chart. */
export function writeFloor(directory, name, dist) {
  const charts = Object.fromEntries(
    readdirSync(dist).map((file) => [
      file.replace('.k8s.yaml', ''),
      parseAllDocuments(readFileSync(join(dist, file), 'utf8')).map((document) => document.toJS()),
    ]),
  );
  writeFileSync(join(directory, `${name}.json`), JSON.stringify(charts));
  const script = join(directory, `${name}.js`);
  writeFileSync(
    script,
    `const { ApiObject, App, Chart } = require('cdk8s');
const { readFileSync } = require('node:fs');
const app = new App({ outdir: 'dist-floor' });
for (const [name, objects] of Object.entries(JSON.parse(readFileSync(__dirname + '/${name}.json', 'utf8')))) {
  const chart = new Chart(app, name);
  objects.forEach((object, i) => new ApiObject(chart, 'object-' + i, object));
}
app.synth();
`,
  );
  return script;
}
