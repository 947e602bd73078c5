import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopback, SINKS } from '../support/loopback.mjs';
import { eventually, scrape, sumOf } from '../support/metrics.mjs';
import { start } from '../support/process.mjs';

const METRICS = { host: loopback(SINKS, 1), port: 8888, without_type_suffix: false };

/** Backends that take everything, each on an address of its own; one process that counts for all. */
export async function startSink(collector, dir, backends) {
  const hosts = Array.from({ length: backends }, (_, i) => loopback(SINKS, i + 1));
  const protocols = (host) => ({ grpc: { endpoint: `${host}:4317` }, http: { endpoint: `${host}:4318` } });
  const receivers = Object.fromEntries(hosts.map((host, i) => [`otlp/${i + 1}`, { protocols: protocols(host) }]));
  const file = join(dir, 'sink.json');
  const reader = { pull: { exporter: { prometheus: METRICS } } };
  const config = {
    receivers,
    exporters: { nop: {} },
    service: {
      telemetry: { metrics: { readers: [reader] } },
      pipelines: { metrics: { receivers: Object.keys(receivers), exporters: ['nop'] } },
    },
  };
  writeFileSync(file, JSON.stringify(config));
  const sink = start(collector, [`--config=${file}`], { log: join(dir, 'sink.log') });
  const points = async () =>
    sumOf(
      await scrape(`http://${METRICS.host}:${METRICS.port}/metrics`),
      'otelcol_receiver_accepted_metric_points_total',
    );
  await eventually('the sink answers', 30, async () => (await points()) >= 0);
  return { hosts, points, stop: sink.stop };
}
