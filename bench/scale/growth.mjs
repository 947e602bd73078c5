import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENTS, loopback } from '../support/loopback.mjs';
import { sleep } from '../support/metrics.mjs';
import { start } from '../support/process.mjs';
import { FACTOR, startPrometheus } from './prometheus.mjs';

/** One Prometheus for each number of agents, all at the same time, and what each has used in the end. */
export async function growth({ prometheus, dir, ports, sizes, minutes }) {
  const file = join(dir, 'captured.json');
  writeFileSync(file, JSON.stringify(ports));
  const runs = [];
  for (const [i, size] of sizes.entries()) runs.push(await startRun({ prometheus, dir, file, ports }, i, size));
  const end = Date.now() + minutes * 60_000;
  while (Date.now() < end) {
    for (const run of runs) await observe(run);
    await sleep(1000);
  }
  const results = runs.map(result);
  for (const { server, simulation } of runs) for (const process of [server, simulation]) await process.stop();
  return results;
}

async function startRun({ prometheus, dir, file, ports }, i, size) {
  const third = AGENTS + 10 * i;
  const agents = Array.from({ length: size }, (_, j) => loopback(third + Math.floor(j / 250), 1 + (j % 250)));
  const args = [join(import.meta.dirname, 'agents.mjs'), file, JSON.stringify(agents)];
  const simulation = start('node', args, { log: join(dir, `agents-${size}.log`) });
  const listen = `${loopback(third, 254)}:9090`;
  const server = await startPrometheus({ prometheus, dir, listen, agents, ports });
  return { agents: size, server, simulation, peaks: { memory: 0, log: 0 } };
}

async function observe(run) {
  const { server, peaks } = run;
  const head = await server.head();
  const { wal, headChunks } = server.disk();
  peaks.memory = Math.max(peaks.memory, server.anonymous());
  peaks.log = Math.max(peaks.log, wal + headChunks);
  // Until the first compaction nothing of the log is cut off.
  if (head.compactions === 0) run.walPerSample = wal / head.samples;
  run.last = { time: Date.now(), cpu: server.cpuSeconds(), series: head.series };
  run.first ??= run.last;
}

function result({ agents, server, peaks, walPerSample, first, last }) {
  const { blocks, blockSamples } = server.disk();
  const seconds = ((last.time - first.time) / 1000) * FACTOR;
  return {
    agents,
    series: last.series,
    ...peaks,
    millicores: (1000 * (last.cpu - first.cpu)) / seconds,
    walPerSample,
    blockPerSample: blocks / blockSamples,
  };
}
