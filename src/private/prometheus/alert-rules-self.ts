import { type AlertRule, OF_SELF, rule, selfScope } from './alert-rules-parts';
import { rate, ruleFailures, storedSamples } from './expressions';
import { HTTP_REQUESTS, NOTIFICATION_ERRORS, NOTIFICATIONS_DROPPED, SELF_JOB } from './metrics';

export function managerRules(): AlertRule[] {
  const queries = `${HTTP_REQUESTS}{job="${SELF_JOB}",handler=~"/api/v1/(alerts|query|query_range|rules)"}`;
  return [
    rule('TelemetryManagerNotReading', 'warning', '15m', `(sum(rate(${queries}[15m])) or vector(0)) == 0`, {
      summary: 'The telemetry manager does not query Prometheus',
      description: 'Nobody used the query API: the manager is down, cannot connect, or does not ask.',
    }),
  ];
}

export function notificationRules(): AlertRule[] {
  const failing = `${rate(NOTIFICATION_ERRORS, selfScope)} > 0 or ${rate(NOTIFICATIONS_DROPPED, selfScope)} > 0`;
  return [
    rule('TelemetryAlertsNotDelivered', 'critical', '5m', failing, {
      summary: 'Alerts do not reach {{ or $labels.alertmanager "their receiver" }}',
      description: 'Prometheus cannot deliver notifications; other alerts may be firing unseen.',
    }),
  ];
}

export function selfRules(): AlertRule[] {
  const appended = storedSamples({ selector: OF_SELF, window: '[10m]' });
  return [
    rule('TelemetryWatchdog', 'none', undefined, 'vector(1)', {
      summary: 'Always fires: alerting works',
      description: 'When this alert stops arriving, Prometheus or the way from it to the receiver is broken.',
    }),
    rule('TelemetryPrometheusNotScraping', 'critical', '10m', `(${appended} or vector(0)) == 0`, {
      summary: 'The self-monitor ingests nothing',
      description: 'No sample was stored for minutes: no other alert can be trusted.',
    }),
    rule('TelemetryRuleEvaluationFailing', 'critical', '5m', `${ruleFailures(selfScope)} > 0`, {
      summary: 'Alert rules cannot be evaluated',
      description: 'Some alerts of the self-monitor cannot fire.',
    }),
  ];
}
