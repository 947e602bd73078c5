// CPU and memory of the rendered agent config against a peer's pipeline shape: the same collector, targets and sinks, in
// turns, so that a noisy machine disturbs both alike. Figures are medians of ratios within a pair.
// Environment: PAIRS, SECONDS (of a measurement), CASES=a,b,c, PROTOCOL=grpc or http (of both sides), COLLECTOR (a binary
// built before).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../support/metrics.mjs';
import { pods } from '../support/pods.mjs';
import { start } from '../support/process.mjs';
import { buildCollector } from '../support/programs.mjs';
import { Compression, onLoopback, renderAgent } from '../support/rendered.mjs';
import { measure } from './measure.mjs';
import { peerConfig } from './peer.mjs';
import { startSink } from './sink.mjs';

const NAMESPACES = ['shop', 'billing', 'search', 'batch'];
const SERIES_PER_POD = 1000;
const CASES = {
  a: { title: 'all namespaces wanted, one backend', aim: 0.95, backends: 1 },
  b: { title: 'half of the namespaces deselected', aim: 0.6, backends: 1, excludeNamespaces: NAMESPACES.slice(2) },
  c: { title: 'three backends', aim: 0.8, backends: 3 },
};

const pairs = Number(process.env.PAIRS ?? 3);
const seconds = Number(process.env.SECONDS ?? 20);
const http = process.env.PROTOCOL === 'http';
const chosen = (process.env.CASES ?? 'a,b,c').split(',');
const dir = mkdtempSync(join(tmpdir(), 'bench-agent-'));
const all = pods({ namespaces: NAMESPACES, perNamespace: 5 });

try {
  const collector = buildCollector(dir);
  const targets = [join(import.meta.dirname, 'targets.mjs'), JSON.stringify(all), String(SERIES_PER_POD)];
  const applications = start('node', targets, { log: join(dir, 'targets.log') });
  const sink = await startSink(collector, dir, 3);
  console.log(`${all.length * SERIES_PER_POD} series every second, ${pairs} rounds of ${seconds} s`);
  for (const id of chosen) await compare(id, CASES[id], { collector, dir, sink, seconds });
  await sink.stop();
  await applications.stop();
} finally {
  rmSync(dir, { recursive: true });
}

async function compare(id, { title, aim, backends, excludeNamespaces = [] }, bench) {
  const hosts = bench.sink.hosts.slice(0, backends);
  const input = excludeNamespaces.length > 0 ? { excludeNamespaces } : {};
  const render = (backend) => renderAgent({ backends, backend, input, http });
  const rendered = (backend) => onLoopback(render(backend).config, all, hosts);
  const { goMemoryLimit } = render();
  const configs = {
    peer: peerConfig(all, hosts, { excludeNamespaces, http }),
    rendered: rendered(),
    'rendered, zstd': rendered({ compression: Compression.ZSTD }),
  };
  const names = Object.keys(configs);
  const rounds = [];
  for (let i = 0; i < pairs; i++) {
    const round = {};
    for (const name of i % 2 === 0 ? names : names.toReversed()) {
      round[name] = await measure(configs[name], { ...bench, goMemoryLimit });
    }
    rounds.push(round);
  }
  console.log(`\n(${id}) ${title}: CPU ratio at most ${aim} wanted`);
  console.log('config           CPU s/M points   peak MiB/M points   CPU ratio (all rounds)            memory ratio');
  for (const name of names) print(name, rounds);
}

function print(name, rounds) {
  const figure = (key) => rounds.map((round) => round[name][key]);
  const ratios = (key) => rounds.map((round) => round[name][key] / round.peer[key]);
  const cpu = ratios('cpuPerMillion');
  console.log(
    name.padEnd(17) +
      median(figure('cpuPerMillion')).toFixed(3).padEnd(17) +
      median(figure('memoryPerMillion')).toFixed(0).padEnd(20) +
      `${median(cpu).toFixed(3)} (${cpu.map((ratio) => ratio.toFixed(3)).join(' ')})`.padEnd(34) +
      median(ratios('memoryPerMillion')).toFixed(3),
  );
}
