import type { Panel } from './dashboard-grafana';
import { ALMOST_AT_THE_LIMIT, bytes, graph, OF_SELF, self } from './dashboard-parts';
import { rate, ruleFailures, storedSamples } from './expressions';
import { BLOCKS_BYTES, HEAD_SERIES, NOTIFICATION_ERRORS, NOTIFICATIONS_DROPPED, SELF_MEMORY } from './metrics';
import type { PrometheusModel } from './model';

/** How the self-monitor itself is: without it all of the above is silent. */
export function selfPanels({ resources, alertReceivers }: PrometheusModel): Panel[] {
  return [
    graph(
      { title: 'Series', unit: 'short', description: 'They decide how much memory is needed: docs/scale.md.' },
      { expr: `${HEAD_SERIES}${OF_SELF}`, legend: 'series' },
    ),
    graph(
      { title: 'Stored samples', unit: 'cps', description: 'None at all: TelemetryPrometheusNotScraping.' },
      { expr: storedSamples(self), legend: 'samples' },
    ),
    graph(
      {
        title: 'Memory of Prometheus',
        unit: 'percentunit',
        badFrom: ALMOST_AT_THE_LIMIT,
        description: 'Resident memory as a share of the limit; expectedNodes sizes it.',
      },
      { expr: `${SELF_MEMORY}${OF_SELF} / ${bytes(resources.memoryLimitMi)}`, legend: 'of the limit' },
    ),
    graph(
      {
        title: 'Stored blocks',
        unit: 'bytes',
        description: 'What lies on the volume besides the write-ahead log and the last hours.',
      },
      { expr: `${BLOCKS_BYTES}${OF_SELF}`, legend: 'blocks' },
    ),
    graph(
      {
        title: 'Failed rule evaluations',
        unit: 'cps',
        description: 'Alerts that cannot fire: TelemetryRuleEvaluationFailing.',
      },
      { expr: `sum(${ruleFailures(self)})`, legend: 'failed' },
    ),
    ...(alertReceivers.length > 0 ? [notifications()] : []),
  ];
}

function notifications(): Panel {
  return graph(
    {
      title: 'Alerts not delivered',
      unit: 'cps',
      description: 'The manager or an Alertmanager does not know of them: TelemetryAlertsNotDelivered.',
    },
    { expr: `sum by (alertmanager) (${rate(NOTIFICATION_ERRORS, self)})`, legend: '{{alertmanager}}' },
    { expr: `sum(${rate(NOTIFICATIONS_DROPPED, self)})`, legend: 'dropped' },
  );
}
