import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_IP } from '../support/loopback.mjs';
import { eventually, scrape, sleep, sumOf } from '../support/metrics.mjs';
import { NODE } from '../support/pods.mjs';
import { start } from '../support/process.mjs';

const WARM_UP_SECONDS = 6;
const MI = 1024 * 1024;
const LOSSES = [
  'otelcol_exporter_send_failed_metric_points_total',
  'otelcol_exporter_enqueue_failed_metric_points_total',
  'otelcol_receiver_refused_metric_points_total',
];

/** Runs one config for some seconds and relates what it used to the points that arrived. */
export async function measure(config, { collector, dir, sink, seconds, goMemoryLimit }) {
  const agent = startAgent(config, { collector, dir, goMemoryLimit });
  await sleep(WARM_UP_SECONDS * 1000);
  const begin = { points: await nextDelivery(sink), cpu: agent.cpuSeconds() };
  await sleep(seconds * 1000);
  const end = { points: await nextDelivery(sink), cpu: agent.cpuSeconds() };
  const { peak } = agent.memory();
  await failOnLoss();
  await agent.stop();
  const millions = (end.points - begin.points) / 1e6;
  return { cpuPerMillion: (end.cpu - begin.cpu) / millions, memoryPerMillion: peak / MI / millions };
}

export function startAgent(config, { collector, dir, goMemoryLimit, env }) {
  const file = join(dir, 'agent.json');
  writeFileSync(file, JSON.stringify(config));
  const variables = { POD_IP: AGENT_IP, K8S_NODE_NAME: NODE, GOMEMLIMIT: goMemoryLimit, ...env };
  return start(collector, [`--config=${file}`], { log: join(dir, 'agent.log'), env: variables });
}

export function agentMetrics(port = 8888) {
  return scrape(`http://${AGENT_IP}:${port}/metrics`);
}

/** Batches are large: between two arrivals nothing is known of the points in between. */
async function nextDelivery(sink) {
  const before = await sink.points();
  return eventually('a batch arrives', 15, async () => {
    const now = await sink.points();
    return now > before && now;
  });
}

async function failOnLoss() {
  const text = await agentMetrics();
  const lost = LOSSES.filter((metric) => sumOf(text, metric) > 0);
  if (lost.length > 0) throw new Error(`points were lost: ${lost.join(', ')}`);
}
