import { DESIRED_AGENTS, READY_AGENTS, TARGET_UP } from '../collector/health';

/** How often everything is scraped and every rule is evaluated. */
export const SCRAPE_INTERVAL = '30s';

/** Jobs by which rules and dashboards tell the parts apart. */
export const AGENT_JOB = 'metric-agent';
export const SELF_JOB = 'prometheus';

/** Metrics of the collector, as Prometheus 3 sees them with the reader's settings (type suffixes on). */
export const SENT = 'otelcol_exporter_sent_metric_points_total';
export const SEND_FAILED = 'otelcol_exporter_send_failed_metric_points_total';
export const ENQUEUE_FAILED = 'otelcol_exporter_enqueue_failed_metric_points_total';
export const QUEUE_SIZE = 'otelcol_exporter_queue_size';
export const QUEUE_CAPACITY = 'otelcol_exporter_queue_capacity';
export const ACCEPTED = 'otelcol_receiver_accepted_metric_points_total';
export const REFUSED = 'otelcol_receiver_refused_metric_points_total';
export const AGENT_MEMORY = 'otelcol_process_memory_rss_bytes';
export const AGENT_CPU = 'otelcol_process_cpu_seconds_total';

export { DESIRED_AGENTS, READY_AGENTS, TARGET_UP };

export const AGENT_METRICS = [
  SENT,
  SEND_FAILED,
  ENQUEUE_FAILED,
  QUEUE_SIZE,
  QUEUE_CAPACITY,
  ACCEPTED,
  REFUSED,
  TARGET_UP,
  DESIRED_AGENTS,
  READY_AGENTS,
  AGENT_MEMORY,
  AGENT_CPU,
];

/** Metrics of Prometheus about itself. */
export const SAMPLES_APPENDED = 'prometheus_tsdb_head_samples_appended_total';
export const RULE_FAILURES = 'prometheus_rule_evaluation_failures_total';
export const HTTP_REQUESTS = 'prometheus_http_requests_total';
export const NOTIFICATION_ERRORS = 'prometheus_notifications_errors_total';
export const NOTIFICATIONS_DROPPED = 'prometheus_notifications_dropped_total';
export const HEAD_SERIES = 'prometheus_tsdb_head_series';
export const BLOCKS_BYTES = 'prometheus_tsdb_storage_blocks_bytes';
export const SELF_MEMORY = 'process_resident_memory_bytes';

export const SELF_METRICS = [
  SAMPLES_APPENDED,
  RULE_FAILURES,
  HTTP_REQUESTS,
  NOTIFICATION_ERRORS,
  NOTIFICATIONS_DROPPED,
  HEAD_SERIES,
  BLOCKS_BYTES,
  SELF_MEMORY,
];
