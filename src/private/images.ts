/** The images this release was tested with: one place, one version each. */
const COLLECTOR_VERSION = '0.158.0';
const PROMETHEUS_VERSION = '3.13.2';

export const COLLECTOR_IMAGE = `docker.io/otel/opentelemetry-collector-contrib:${COLLECTOR_VERSION}`;
export const PROMETHEUS_IMAGE = `docker.io/prom/prometheus:v${PROMETHEUS_VERSION}`;
