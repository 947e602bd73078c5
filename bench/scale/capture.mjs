import { join } from 'node:path';
import { agentMetrics, startAgent } from '../agent/measure.mjs';
import { startSink } from '../agent/sink.mjs';
import { eventually, sleep } from '../support/metrics.mjs';
import { pods } from '../support/pods.mjs';
import { start } from '../support/process.mjs';
import { onLoopback, renderAgent } from '../support/rendered.mjs';

/** The ports Prometheus reads, by the names that discovery gives them. */
export const PORTS = { 'http-metrics': 8888, 'http-targets': 8889 };

/** What a real agent tells Prometheus, twice, so that one can see which values move. */
export async function capture({ collector, dir, backends, targets }) {
  const all = pods({ namespaces: ['shop'], perNamespace: targets });
  const args = [join(import.meta.dirname, '../agent/targets.mjs'), JSON.stringify(all), '20'];
  const applications = start('node', args, { log: join(dir, 'targets.log') });
  const sink = await startSink(collector, dir, backends);
  const { config, goMemoryLimit } = renderAgent({ backends });
  const agent = startAgent(onLoopback(config, all, sink.hosts), { collector, dir, goMemoryLimit });
  await eventually('every target is up', 30, async () => {
    const up = (await agentMetrics(PORTS['http-targets'])).match(/^scrape_target_up\{.* 1$/gm);
    return up?.length === targets;
  });
  const first = await both();
  await sleep(10_000);
  const second = await both();
  for (const process of [agent, sink, applications]) await process.stop();
  return Object.keys(PORTS).map((name) => ({ name, port: PORTS[name], first: first[name], second: second[name] }));
}

async function both() {
  const texts = Object.entries(PORTS).map(async ([name, port]) => [name, await agentMetrics(port)]);
  return Object.fromEntries(await Promise.all(texts));
}

export function seriesIn(text) {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}
