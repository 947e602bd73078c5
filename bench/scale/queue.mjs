import { join } from 'node:path';
import { agentMetrics, startAgent } from '../agent/measure.mjs';
import { loopback, PROFILER, SINKS } from '../support/loopback.mjs';
import { eventually, median, scrape, sleep, sumOf } from '../support/metrics.mjs';
import { pods } from '../support/pods.mjs';
import { start } from '../support/process.mjs';
import { onLoopback, renderAgent } from '../support/rendered.mjs';

const DEAD_BACKEND = loopback(SINKS, 99);
const SERIES_PER_POD = 1000;
const SMALL_QUEUE = 100_000;
const LARGE_QUEUE = 400_000;

/** Memory of one data point that waits for a dead backend: the difference between a small and a large full queue. */
export async function bytesPerQueuedPoint({ collector, dir, labels }) {
  const all = pods({ namespaces: ['shop'], perNamespace: 20 });
  const args = [join(import.meta.dirname, '../agent/targets.mjs'), JSON.stringify(all), SERIES_PER_POD, labels];
  const applications = start('node', args.map(String), { log: join(dir, 'targets.log') });
  const config = onLoopback(renderAgent({ backends: 1 }).config, all, [DEAD_BACKEND]);
  const small = await full(config, SMALL_QUEUE, { collector, dir });
  const large = await full(config, LARGE_QUEUE, { collector, dir });
  await applications.stop();
  const perPoint = (key) => (large[key] - small[key]) / (large.points - small.points);
  return { live: perPoint('live'), resident: perPoint('resident') };
}

async function full(config, queueSize, { collector, dir }) {
  Object.values(config.exporters).find((exporter) => exporter.sending_queue).sending_queue.queue_size = queueSize;
  const agent = startAgent(config, { collector, dir, goMemoryLimit: 'off', env: { BENCH_PPROF: PROFILER } });
  const points = await eventually('the queue is full', 120, async () => {
    const waiting = sumOf(await agentMetrics(), 'otelcol_exporter_queue_size');
    return waiting > queueSize - SERIES_PER_POD && waiting;
  });
  const resident = [];
  const live = [];
  for (let i = 0; i < 10; i++) {
    await sleep(700);
    resident.push(agent.anonymous());
    live.push(await liveHeap());
  }
  await agent.stop();
  // The least is what was read soonest after the collection of garbage.
  return { points, resident: median(resident), live: Math.min(...live) };
}

async function liveHeap() {
  const profile = await scrape(`http://${PROFILER}/debug/pprof/heap?gc=1&debug=1`);
  return Number(/^# HeapAlloc = (\d+)$/m.exec(profile)[1]);
}
