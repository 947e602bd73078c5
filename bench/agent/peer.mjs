// The pipeline shape of an operator for the same purpose, written from its documented stages: every receiver runs for all
// backends, routing connectors join an input, an enrichment and one output stage per backend, and what a backend does not
// want is dropped in its output stage, after the scrape.
import { discovered, NODE } from '../support/pods.mjs';

const DIAGNOSTIC = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];
const FROM_PROMETHEUS = 'resource.attributes["agent.input"] == "prometheus"';
const SCOPE = 'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver';

/** Queue size in batches, divided among the backends. */
const QUEUE = 256;

export function peerConfig(pods, sinkHosts, { excludeNamespaces = [], interval = 1, http = false }) {
  const outputs = sinkHosts.map((_, i) => `metrics/output-${i + 1}`);
  const common = ['filter/drop-diagnostic', 'filter/drop-envoy'];
  const finish = ['transform/cluster', 'transform/drop-skip-enrichment', 'transform/drop-internal', 'batch'];
  const byNamespace = excludeNamespaces.length > 0 ? ['filter/by-namespace'] : [];
  return {
    extensions: { health_check: { endpoint: '${env:POD_IP}:13133' } },
    receivers: {
      'prometheus/app-pods': { config: { scrape_configs: [job('app-pods', 'pod', pods, interval)] } },
      'prometheus/app-services': { config: { scrape_configs: [job('app-services', 'endpoints', pods, interval)] } },
    },
    processors: processors(excludeNamespaces),
    connectors: {
      'routing/prometheus-input': {
        error_mode: 'ignore',
        default_pipelines: ['metrics/enrichment'],
        table: [
          { context: 'resource', condition: 'attributes["agent.skip_enrichment"] == "true"', pipelines: outputs },
        ],
      },
      'routing/enrichment': {
        error_mode: 'ignore',
        table: [{ context: 'metric', condition: FROM_PROMETHEUS, pipelines: outputs }],
      },
    },
    exporters: Object.fromEntries(
      sinkHosts.map((host, i) => [exporterId(http, i), { ...destination(http, host), ...exporter(sinkHosts.length) }]),
    ),
    service: {
      extensions: ['health_check'],
      telemetry: {
        logs: { level: 'info', encoding: 'json' },
        metrics: {
          level: 'detailed',
          readers: [
            { pull: { exporter: { prometheus: { host: '${env:POD_IP}', port: 8888, without_type_suffix: false } } } },
          ],
        },
      },
      pipelines: {
        'metrics/input-prometheus': {
          receivers: ['prometheus/app-pods', 'prometheus/app-services'],
          processors: ['memory_limiter', 'transform/drop-service-name', 'transform/scope', 'transform/input'],
          exporters: ['routing/prometheus-input'],
        },
        'metrics/enrichment': {
          receivers: ['routing/prometheus-input'],
          processors: ['transform/drop-service-name'],
          exporters: ['routing/enrichment'],
        },
        ...Object.fromEntries(
          outputs.map((id, i) => [
            id,
            {
              receivers: ['routing/enrichment', 'routing/prometheus-input'],
              processors: [...common, ...byNamespace, ...finish],
              exporters: [exporterId(http, i)],
            },
          ]),
        ),
      },
    },
  };
}

function job(name, role, pods, interval) {
  const owner = role === 'pod' ? '__meta_kubernetes_pod' : '__meta_kubernetes_service';
  const annotation = (key) => `${owner}_annotation_prometheus_io_${key}`;
  const portAddress = { regex: '([^:]+)(?::\\d+)?;(\\d+)', replacement: '$$1:$$2', target_label: '__address__' };
  return {
    job_name: name,
    scrape_interval: `${interval}s`,
    sample_limit: 50000,
    body_size_limit: '20MB',
    static_configs: discovered(pods, role),
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_pod_node_name'], regex: NODE, action: 'keep' },
      { source_labels: [annotation('scrape')], regex: 'true', action: 'keep' },
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Pending|Succeeded|Failed', action: 'drop' },
      { source_labels: ['__meta_kubernetes_pod_container_init'], regex: '(true)', action: 'drop' },
      { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
      { source_labels: ['__address__', annotation('port')], action: 'replace', ...portAddress },
    ],
  };
}

function processors(excludeNamespaces) {
  const transform = (...metric_statements) => ({ error_mode: 'ignore', metric_statements });
  const dropping = (condition) => ({ error_mode: 'ignore', metrics: { metric: [condition] } });
  const anyOf = (conditions) => `${FROM_PROMETHEUS} and (${conditions.join(' or ')})`;
  return {
    memory_limiter: { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 15 },
    'transform/drop-service-name': transform(
      'delete_key(resource.attributes, "service.name") where IsMatch(resource.attributes["service.name"], "^unknown_service(:.+)?$$")',
    ),
    'transform/scope': transform(
      `set(scope.version, "1.0.0") where scope.name == "${SCOPE}"`,
      `set(scope.name, "agent/prometheus") where scope.name == "${SCOPE}"`,
    ),
    'transform/input': transform('set(resource.attributes["agent.input"], "prometheus")'),
    'filter/drop-diagnostic': dropping(anyOf(DIAGNOSTIC.map((name) => `name == "${name}"`))),
    'filter/drop-envoy': dropping(`IsMatch(name, "^envoy_.*") and ${FROM_PROMETHEUS}`),
    ...(excludeNamespaces.length > 0 && {
      'filter/by-namespace': dropping(
        anyOf(excludeNamespaces.map((namespace) => `resource.attributes["k8s.namespace.name"] == "${namespace}"`)),
      ),
    }),
    'transform/cluster': transform(
      'set(resource.attributes["k8s.cluster.name"], "bench")',
      'set(resource.attributes["k8s.cluster.uid"], "bench-uid")',
    ),
    'transform/drop-skip-enrichment': transform('delete_key(resource.attributes, "agent.skip_enrichment")'),
    'transform/drop-internal': transform('delete_matching_keys(resource.attributes, "^agent[.].*")'),
    batch: { send_batch_size: 1024, send_batch_max_size: 1024, timeout: '10s' },
  };
}

function exporterId(http, i) {
  return `${http ? 'otlp_http' : 'otlp_grpc'}/backend-${i + 1}`;
}

function destination(http, host) {
  return http ? { endpoint: `http://${host}:4318` } : { endpoint: `${host}:4317`, tls: { insecure: true } };
}

function exporter(backends) {
  return {
    compression: 'gzip',
    sending_queue: { enabled: true, queue_size: Math.floor(QUEUE / backends) },
    retry_on_failure: { enabled: true, initial_interval: '5s', max_interval: '30s', max_elapsed_time: '300s' },
  };
}
