import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { eventually, scrape, sumOf } from '../support/metrics.mjs';
import { start } from '../support/process.mjs';
import { configMap, renderChart } from '../support/rendered.mjs';

/** Time passes this much faster, in all durations alike: as many samples per block, chunk and rule range as in production. */
export const FACTOR = 30;
const BLOCK_MINUTES = 120;
const RETENTION_MINUTES = 24 * 60;

/** The rendered Prometheus config and rules on simulated agents, and a real Prometheus that runs them. */
export async function startPrometheus({ prometheus, dir, listen, agents, ports }) {
  const home = join(dir, `prometheus-${agents.length}`);
  mkdirSync(home, { recursive: true });
  const { ['prometheus.yml']: config, ['alerts.yml']: rules } = configMap(
    renderChart({ backends: 3 }),
    'telemetry-prometheus',
  );
  const local = faster(parse(config));
  local.rule_files = [join(home, 'alerts.yml')];
  local.scrape_configs.forEach((job) => discover(job, { agents, ports, listen }));
  writeFileSync(join(home, 'prometheus.yml'), JSON.stringify(local));
  writeFileSync(join(home, 'alerts.yml'), JSON.stringify(faster(parse(rules))));
  const data = join(home, 'data');
  const args = [
    `--config.file=${join(home, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    `--storage.tsdb.retention.time=${RETENTION_MINUTES / FACTOR}m`,
    `--storage.tsdb.min-block-duration=${BLOCK_MINUTES / FACTOR}m`,
    `--storage.tsdb.max-block-duration=${BLOCK_MINUTES / FACTOR}m`,
    `--web.listen-address=${listen}`,
  ];
  const process = start(prometheus, args, { log: join(home, 'log') });
  await eventually('Prometheus is ready', 60, () => scrape(`http://${listen}/-/ready`));
  return {
    ...process,
    agents: agents.length,
    disk: () => ({
      wal: bytesIn(join(data, 'wal')),
      headChunks: bytesIn(join(data, 'chunks_head')),
      ...blocksIn(data),
    }),
    async head() {
      const text = await scrape(`http://${listen}/metrics`);
      return {
        series: sumOf(text, 'prometheus_tsdb_head_series'),
        samples: sumOf(text, 'prometheus_tsdb_head_samples_appended_total'),
        compactions: sumOf(text, 'prometheus_tsdb_compactions_total'),
      };
    },
  };
}

/** Durations of a YAML file, and the ranges in its expressions, in the faster time. */
function faster(value) {
  if (Array.isArray(value)) return value.map(faster);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, faster(inner)]));
  }
  if (typeof value !== 'string') return value;
  if (/^\d+[smhd]$/.test(value)) return shorter(value);
  return value.replace(/\[\d+[smhd]\]/g, (range) => `[${shorter(range.slice(1, -1))}]`);
}

function shorter(duration) {
  const unit = { s: 1, m: 60, h: 3600, d: 86400 }[duration.at(-1)];
  return `${Math.max(1, Math.round((parseInt(duration, 10) * unit * 1000) / FACTOR))}ms`;
}

function discover(job, { agents, ports, listen }) {
  if (!job.kubernetes_sd_configs) {
    job.static_configs = [{ targets: [listen] }];
    return;
  }
  delete job.kubernetes_sd_configs;
  job.static_configs = agents.flatMap((address, agent) =>
    ports.map(({ name, port }) => ({
      targets: [`${address}:${port}`],
      labels: {
        __meta_kubernetes_namespace: 'telemetry-system',
        __meta_kubernetes_service_name: 'telemetry-metric-agent-metrics',
        __meta_kubernetes_endpointslice_port_name: name,
        __meta_kubernetes_pod_name: `telemetry-metric-agent-${agent}`,
        __meta_kubernetes_pod_node_name: `node-${agent}.example.internal`,
      },
    })),
  );
}

function blocksIn(data) {
  const blocks = readdirSync(data)
    .map((name) => join(data, name))
    .filter((path) => existsSync(join(path, 'meta.json')));
  const samples = blocks.map((block) => JSON.parse(readFileSync(join(block, 'meta.json'), 'utf8')).stats.numSamples);
  return {
    blocks: blocks.reduce((sum, block) => sum + bytesIn(block), 0),
    blockSamples: samples.reduce((sum, count) => sum + count, 0),
  };
}

function bytesIn(path) {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    const sizes = entries.map((entry) =>
      // Segments are allocated ahead; what counts is what lies on the disk.
      entry.isDirectory() ? bytesIn(join(path, entry.name)) : statSync(join(path, entry.name)).blocks * 512,
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (error) {
    if (error.code === 'ENOENT') return 0; // Compaction removes files meanwhile.
    throw error;
  }
}
