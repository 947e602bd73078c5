// What Prometheus needs per agent, and a queued point in the agent: the figures of docs/scale.md. Runs for about 12 minutes.
// Environment: NODES=10,100,300, MINUTES (of the fast time, at least 7), TARGETS (per node), PARTS=series,queue,prometheus,
// COLLECTOR and PROMETHEUS (binaries built before).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCollector, buildPrometheus } from '../support/programs.mjs';
import { capture, seriesIn } from './capture.mjs';
import { growth } from './growth.mjs';
import { FACTOR } from './prometheus.mjs';
import { bytesPerQueuedPoint } from './queue.mjs';

const MI = 1024 * 1024;
const sizes = (process.env.NODES ?? '10,100,300').split(',').map(Number);
const minutes = Number(process.env.MINUTES ?? 8);
const targetsPerNode = Number(process.env.TARGETS ?? 30);
const parts = (process.env.PARTS ?? 'series,queue,prometheus').split(',');
const dir = mkdtempSync(join(tmpdir(), 'bench-scale-'));

try {
  const collector = buildCollector(dir);
  if (parts.includes('series')) await printSeries(collector);
  if (parts.includes('queue')) await printQueue(collector);
  if (parts.includes('prometheus')) await printGrowth(collector, buildPrometheus(dir));
} finally {
  rmSync(dir, { recursive: true });
}

async function printSeries(collector) {
  console.log('Series an agent serves\nbackends  targets  self-metrics  scrape health');
  const shapes = [
    [1, 10],
    [3, 10],
    [3, 30],
  ];
  for (const [backends, targets] of shapes) {
    const [own, health] = await capture({ collector, dir, backends, targets });
    row([backends, targets, seriesIn(own.second), seriesIn(health.second)], [10, 9, 14, 0]);
  }
}

async function printQueue(collector) {
  console.log('\nBytes per queued point\nlabels  live heap  resident');
  for (const labels of [4, 10]) {
    const { live, resident } = await bytesPerQueuedPoint({ collector, dir, labels });
    row([labels, live.toFixed(0), resident.toFixed(0)], [8, 11, 0]);
  }
}

async function printGrowth(collector, prometheus) {
  const ports = await capture({ collector, dir, backends: 3, targets: targetsPerNode });
  const results = await growth({ prometheus, dir, ports, sizes, minutes });
  console.log(`\nPrometheus, ${((minutes * FACTOR) / 60).toFixed(1)} hours of production in ${minutes} minutes`);
  console.log('agents  series  peak MiB  millicores  WAL B/sample  block B/sample  peak MiB of WAL and head chunks');
  for (const { agents, series, memory, log, millicores, walPerSample, blockPerSample } of results) {
    const bytes = [walPerSample.toFixed(2), blockPerSample.toFixed(2), (log / MI).toFixed(1)];
    row([agents, series, (memory / MI).toFixed(0), millicores.toFixed(1), ...bytes], [8, 8, 10, 12, 14, 16, 0]);
  }
  console.log('Least squares');
  for (const key of ['memory', 'log']) {
    const { offset, slope } = fit(results.map((result) => [result.series, result[key]]));
    console.log(`${key.padEnd(8)}${(offset / MI).toFixed(0)} MiB + ${slope.toFixed(0)} B per series`);
  }
}

/** The straight line through points, by least squares. */
function fit(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([first]) => first));
  const y = mean(points.map(([, second]) => second));
  const slope = mean(points.map(([a, b]) => (a - x) * (b - y))) / mean(points.map(([a]) => (a - x) ** 2));
  return { slope, offset: y - slope * x };
}

function row(figures, widths) {
  console.log(figures.map((figure, i) => String(figure).padEnd(widths[i])).join(''));
}
