// How synthesis grows: charts against the floor, and backends of one chart. Linear is an exponent of 1.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFloor } from './support/floor.mjs';
import { alternate, exponent, median, ratio, withInstalledLibrary } from './support/whole-process.mjs';

const rounds = Number(process.env.PAIRS ?? 7);
const empty = `require('cdk8s');`;

await withInstalledLibrary((directory) => {
  const start = join(directory, 'empty.js');
  writeFileSync(start, empty);
  growthOfCharts(directory, start);
  growthOfBackends(directory, start);
});

/** A chart of the library has 16 objects. */
function growthOfCharts(directory, start) {
  const counts = [2, 20, 200];
  const costs = counts.map((count) => {
    const library = app(directory, { charts: count, backends: 2 });
    rmSync(join(directory, 'dist'), { recursive: true, force: true });
    execFileSync('node', [library], { cwd: directory });
    const floor = writeFloor(directory, `floor-${count}`, join(directory, 'dist'));
    const seconds = alternate(directory, { start: [start], floor: [floor], library: [library] }, rounds);
    console.log(`${count} charts: ${ratio(seconds.library, seconds.floor).toFixed(3)} of the floor`);
    return beyondStart(seconds, 'library');
  });
  console.log(`exponent from 20 to 200 charts: ${exponent(counts.slice(1), costs.slice(1)).toFixed(2)}`);
}

function growthOfBackends(directory, start) {
  const counts = [1, 100, 1000];
  const costs = counts.map((backends) => {
    const library = app(directory, { charts: 1, backends });
    return beyondStart(alternate(directory, { start: [start], library: [library] }, rounds), 'library');
  });
  console.log(`exponent from 100 to 1000 backends: ${exponent(counts.slice(1), costs.slice(1)).toFixed(2)}`);
}

/** What an empty app costs says nothing about growth. */
function beyondStart(seconds, name) {
  return median(seconds[name]) - median(seconds.start);
}

function app(directory, { charts, backends }) {
  const script = join(directory, `app-${charts}-${backends}.js`);
  writeFileSync(
    script,
    `const { App, Size } = require('cdk8s');
const { BackendPlacement, Cluster, IstioMesh, PipelineBackend, TelemetryChart } = require('cdk8s-telemetry');
const app = new App();
for (let c = 0; c < ${charts}; c++) {
  const cluster = Cluster.of({ name: 'cluster-' + c, mesh: IstioMesh.sidecar(), podCidrs: ['10.244.0.0/16'] });
  const agent = { resources: { memory: { limit: Size.gibibytes(64) } } };
  const chart = new TelemetryChart(app, 'chart-' + c, { namespace: 'telemetry-system', cluster, agent });
  for (let b = 0; b < ${backends}; b++) {
    const placement = BackendPlacement.inMesh({ podLabels: { app: 'backend-' + b } });
    chart.addBackend(PipelineBackend.otlpGrpc(chart, 'b' + b, { url: 'http://b' + b + '.backends:4317', placement, queueSize: 10000 }));
  }
}
app.synth();
`,
  );
  return script;
}
