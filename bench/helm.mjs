// Whole-process synthesis of two examples against `helm template` of the comparable charts, a collector on every node and
// Prometheus alone: `HELM_CHARTS=folder`, with `opentelemetry-collector` and `prometheus` as `helm pull --untar` leaves them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compileExample } from './support/compiled-example.mjs';
import { cpuSecondsOf, median, ratio, withInstalledLibrary } from './support/whole-process.mjs';

const rounds = Number(process.env.PAIRS ?? 15);
const helm = process.env.HELM ?? 'helm';
const charts = process.env.HELM_CHARTS;

const settings = {
  'opentelemetry-collector': [
    'mode=daemonset',
    'image.repository=otel/opentelemetry-collector-contrib',
    'presets.kubernetesAttributes.enabled=true',
    'presets.kubeletMetrics.enabled=true',
    'networkPolicy.enabled=true',
  ],
  prometheus: ['alertmanager', 'kube-state-metrics', 'prometheus-node-exporter', 'prometheus-pushgateway'].map(
    (part) => `${part}.enabled=false`,
  ),
};

if (charts === undefined || spawnSync(helm, ['version']).status !== 0) {
  console.log('helm: skipped, needs helm (or HELM=path) and HELM_CHARTS=folder');
} else {
  await withInstalledLibrary(compare);
}

function compare(directory) {
  const programs = {
    'minimal example': ['env', '-C', directory, 'node', compileExample(directory, 'minimal')],
    'platform example': ['env', '-C', directory, 'node', compileExample(directory, 'platform')],
    ...Object.fromEntries(Object.keys(settings).map((chart) => [chart, template(chart)])),
  };
  const runs = Array.from({ length: rounds }, () => mapped(programs, cpuSecondsOf));
  for (const name of Object.keys(programs)) {
    console.log(`${name}: ${median(runs.map((run) => run[name])).toFixed(3)} CPU s`);
  }
  const both = runs.map((run) => run['opentelemetry-collector'] + run.prometheus);
  for (const name of ['minimal example', 'platform example']) {
    const of = runs.map((run) => run[name]);
    console.log(`${name}: ${ratio(of, both).toFixed(2)} of helm template of both charts`);
  }
}

function mapped(record, of) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
}

function template(chart) {
  const values = settings[chart].flatMap((setting) => ['--set', setting]);
  return [helm, 'template', chart, join(charts, chart), ...values];
}
