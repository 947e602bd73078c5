import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { flowsOf } from './flows-of';

const chart = (name: string) => readFileSync(join(__dirname, 'charts', `${name}.yaml`), 'utf8');

test('an agent in the shape of the OpenTelemetry Helm chart, with the older names of components', () => {
  const { rows, unread } = flowsOf(chart('opentelemetry-collector'));
  expect(rows.filter((row) => !row.includes('probe'))).toEqual([
    'otel-agent → loopback otel-agent:8888 scrape none receivers.prometheus/jobs.opentelemetry-collector',
    'otel-agent → kubelet:10250 scrape app receivers.kubeletstats',
    'otel-agent → kubernetes-api:443 discover app processors.k8sattributes',
    'otel-agent → 169.254.169.254:80 discover none processors.resourcedetection',
    'otel-agent → kubernetes-api:443 discover app processors.resourcedetection',
    'otel-agent → service observability/otel-gateway:4317 push none exporters.otlp',
    'otel-agent → kubernetes-api:443 discover app exporters.loadbalancing',
    'otel-agent → pods pods of Service otel-gateway:4317 push none exporters.loadbalancing',
    'otel-agent → kubernetes-api:443 discover app extensions.k8s_observer',
    'otel-agent → service monitoring/prometheus:9090 push none service.telemetry.metrics',
    'otel-agent → istiod istio-system:15012 certificates app istio-proxy',
    'otel-agent → dns:53/UDP resolve none dns',
    'otel-agent → dns:53 resolve none dns',
  ]);
  expect(unread).toEqual([
    'data[relay].exporters[otlphttp/vendor].endpoint: the value of env:VENDOR_URL from key url of Secret observability/vendor is not known',
  ]);
});

test('a Prometheus in the shape of the community chart, with its reloader', () => {
  const { rows, unread, programs } = flowsOf(chart('prometheus'));
  expect(rows.filter((row) => !/ (?:scrape|probe|resolve) /.test(row))).toEqual([
    'prometheus-server → kubernetes-api:443 discover app scrape_configs',
    'prometheus-server → kubernetes-api:443 discover app alerting.alertmanagers[0]',
    'prometheus-server → service monitoring/mimir:8080 push none remote_write/0',
    'prometheus-server → loopback prometheus-server:9090 query none args.webhook-url',
  ]);
  expect(programs.rules.map(({ field }) => field)).toEqual(['data[alerting_rules.yml]']);
  expect(unread.filter((line) => !line.includes('scrape_configs'))).toEqual([
    expect.stringContaining('which Alertmanagers it finds is not analysed'),
    expect.stringContaining('relabelling of Alertmanagers is not analysed'),
    expect.stringContaining('image quay.io/prometheus-operator/prometheus-config-reloader:v0.85.0'),
  ]);
});
