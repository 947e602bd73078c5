// What the library renders, as a consumer gets it, and the few changes without which it does not run outside a cluster.
import { createRequire } from 'node:module';
import { parse } from 'yaml';
import { discovered } from './pods.mjs';
import { root } from './programs.mjs';

const require = createRequire(import.meta.url);
const { App, Duration } = require('cdk8s');
const library = require(root);

/** Objects of a chart with an agent that scrapes annotated pods, and Prometheus. */
export function renderChart({ backends, backend = {}, input = {}, interval = 1, http = false }) {
  const { BackendPlacement, Cluster, IstioMesh, MetricInput, PipelineBackend, TelemetryChart } = library;
  const chart = new TelemetryChart(new App(), 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.of({ name: 'bench', mesh: IstioMesh.sidecar() }),
    inputs: [MetricInput.prometheus({ interval: Duration.seconds(interval), ...input })],
  });
  for (let i = 1; i <= backends; i++) {
    const placement = BackendPlacement.inMesh({ namespace: 'backends' });
    const props = { url: `http://backend-${i}.backends:${http ? 4318 : 4317}`, placement, ...backend };
    const protocol = http ? PipelineBackend.otlpHttp : PipelineBackend.otlpGrpc;
    chart.addBackend(protocol(chart, `backend-${i}`, props));
  }
  return chart.toJson();
}

export const Compression = library.Compression;

export function configMap(objects, name) {
  return objects.find((object) => object.kind === 'ConfigMap' && object.metadata.name === name).data;
}

/** The collector config of the chart's agent, and the Go memory limit its container runs with. */
export function renderAgent(props) {
  const objects = renderChart(props);
  const { containers } = objects.find(({ kind }) => kind === 'DaemonSet').spec.template.spec;
  const { env } = containers.find(({ name }) => name === 'collector');
  const config = parse(configMap(objects, 'telemetry-metric-agent')['collector.yaml']);
  return { config, goMemoryLimit: env.find(({ name }) => name === 'GOMEMLIMIT').value };
}

/**
 * Replaces what needs a cluster: discovery by what it would have found, backends by hosts of sinks. Enrichment from
 * the API server is left out; so it is on the side this is compared with.
 */
export function onLoopback(config, pods, sinkHosts) {
  const local = structuredClone(config);
  delete local.processors.k8s_attributes;
  for (const pipeline of Object.values(local.service.pipelines)) {
    pipeline.processors = pipeline.processors.filter((id) => id !== 'k8s_attributes');
  }
  for (const { config } of Object.values(local.receivers)) config.scrape_configs.forEach((job) => discover(job, pods));
  Object.values(local.exporters)
    .filter((exporter) => exporter.sending_queue)
    .forEach((exporter, i) => (exporter.endpoint = exporter.endpoint.replace(/[^/:]+(?=:\d+$)/, sinkHosts[i])));
  return local;
}

function discover(job, pods) {
  const [{ role, namespaces }] = job.kubernetes_sd_configs;
  delete job.kubernetes_sd_configs;
  const found = pods.filter(({ namespace }) => !namespaces || namespaces.names.includes(namespace));
  job.static_configs = discovered(found, role);
}
