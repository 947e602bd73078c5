import type { PrometheusModel } from './model';

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: 'critical' | 'warning' | 'none' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Absent data is never health: every rule about a value has one about its absence beside it. */
export function alertRules({ agents }: PrometheusModel): Record<string, unknown> {
  const rules = [WATCHDOG, ...(agents.length > 0 ? AGENT_RULES : [])];
  return { groups: [{ name: 'telemetry', rules }] };
}

const WATCHDOG: AlertRule = {
  alert: 'TelemetryWatchdog',
  expr: 'vector(1)',
  labels: { severity: 'none' },
  annotations: {
    summary: 'Always fires: alerting works',
    description: 'When this alert stops arriving, Prometheus or the way from it to the receiver is broken.',
  },
};

const AGENT_RULES: AlertRule[] = [
  {
    alert: 'MetricAgentDown',
    expr: 'up{job="metric-agent"} == 0',
    for: '5m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'The metric agent on node {{ $labels.node }} cannot be scraped',
      description: 'Pod {{ $labels.pod }} does not answer on its metrics port: metrics of this node may be missing.',
    },
  },
  {
    alert: 'MetricAgentAbsent',
    expr: 'absent(up{job="metric-agent"})',
    for: '5m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'No metric agent is known to Prometheus',
      description: 'There is no agent pod, or Prometheus cannot discover it: nothing is known about any metric.',
    },
  },
  {
    alert: 'MetricAgentDataDropped',
    expr:
      'sum by (exporter) (rate({__name__=~' +
      '"otelcol_exporter_send_failed_metric_points_total|otelcol_exporter_enqueue_failed_metric_points_total"' +
      ',job="metric-agent"}[5m])) > 0',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'Metrics for {{ $labels.exporter }} are lost',
      description:
        'The exporter gives up on data: the backend refuses it, is unreachable, or is slower than the input.',
    },
  },
];
