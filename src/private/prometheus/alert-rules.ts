import {
  desiredAgents,
  lostPerBackend,
  perBackend,
  perNode,
  QUEUE_ALMOST_FULL,
  queueFill,
  rate,
  readyAgents,
  ruleFailures,
  storedSamples,
} from './expressions';
import {
  ACCEPTED,
  AGENT_JOB,
  DESIRED_AGENTS,
  ENQUEUE_FAILED,
  HTTP_REQUESTS,
  NOTIFICATION_ERRORS,
  NOTIFICATIONS_DROPPED,
  QUEUE_SIZE,
  REFUSED,
  SELF_JOB,
  SEND_FAILED,
  SENT,
  TARGET_UP,
} from './metrics';
import type { AgentTarget, PrometheusModel } from './model';

type Severity = 'critical' | 'warning' | 'none';

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Long enough to see a rate at a 30 s interval through one missed scrape. */
const WINDOW = '[5m]';

/** Absent data is never health: what is expected to exist has a rule about its absence. Details: docs/alerts.md. */
export function alertRules(prometheus: PrometheusModel): Record<string, unknown> {
  const { agents, alertReceivers, hasManager, runbooks } = prometheus;
  const rules = [
    ...selfRules(),
    ...(alertReceivers.length > 0 ? notificationRules() : []),
    ...(hasManager ? managerRules() : []),
    ...(agents.length > 0 ? [...agentRules(agents), ...backendRules(), ...absentBackendRules(agents)] : []),
    ...agentCountRules(agents.filter(({ countsAgents }) => countsAgents)),
    ...(agents.some(({ scrapes }) => scrapes) ? targetRules() : []),
  ];
  return { groups: [{ name: 'telemetry', rules: rules.map((each) => withRunbook(runbooks, each)) }] };
}

/** The page has a heading for each alert. */
function withRunbook(page: string, rule: AlertRule): AlertRule {
  return { ...rule, annotations: { ...rule.annotations, runbook_url: `${page}#${rule.alert.toLowerCase()}` } };
}

function rule(
  alert: string,
  severity: Severity,
  duration: string | undefined,
  expr: string,
  text: { readonly summary: string; readonly description: string },
  labels: Readonly<Record<string, string>> = {},
): AlertRule {
  return {
    alert,
    expr,
    ...(duration !== undefined && { for: duration }),
    labels: { severity, ...labels },
    annotations: text,
  };
}

const ofAgents = `{job="${AGENT_JOB}"}`;
const of = ({ namespace, name }: AgentTarget): string =>
  `{job="${AGENT_JOB}",namespace="${namespace}",agent="${name}"}`;
const ofSelf = `{job="${SELF_JOB}"}`;
const agentScope = { selector: ofAgents, window: WINDOW };
const selfScope = { selector: ofSelf, window: WINDOW };
const OF_BACKENDS = '{backend!=""}';
const backendScope = { selector: OF_BACKENDS, window: WINDOW };
const LOST = lostPerBackend(backendScope);
const DELIVERED = perBackend(SENT, backendScope);

function backendRules(): AlertRule[] {
  return [
    rule('TelemetryBackendAllDataDropped', 'critical', '2m', `${LOST} > 0 unless ${DELIVERED} > 0`, {
      summary: 'All metrics for backend {{ $labels.backend }} are lost',
      description: 'Nothing is delivered, and the queue is full or retries are exhausted.',
    }),
    rule('TelemetryBackendSomeDataDropped', 'warning', '5m', `${LOST} > 0 and ${DELIVERED} > 0`, {
      summary: 'Some metrics for backend {{ $labels.backend }} are lost',
      description: 'The backend is too slow, refuses some of the data, or only some agents reach it.',
    }),
    rule(
      'TelemetryBackendUnreachable',
      'critical',
      '5m',
      `sum by (namespace, agent, backend) (${QUEUE_SIZE}${OF_BACKENDS}) > 0 unless ${DELIVERED} > 0`,
      {
        summary: 'Backend {{ $labels.backend }} takes nothing',
        description: 'Data waits in the queue and nothing was delivered for minutes; it is lost when retries end.',
      },
    ),
    rule(
      'TelemetryBackendQueueFillingUp',
      'warning',
      '5m',
      `max by (namespace, agent, backend, node) (${queueFill(OF_BACKENDS)}) > ${QUEUE_ALMOST_FULL}`,
      {
        summary: 'The queue for backend {{ $labels.backend }} on node {{ $labels.node }} is almost full',
        description: 'The backend is slower than the input; data is dropped when the queue is full.',
      },
    ),
    rule(
      'TelemetryBackendRejectsData',
      'warning',
      '5m',
      `sum by (namespace, agent, backend, error_type) (rate(${SEND_FAILED}{backend!="",error_permanent="true"}${WINDOW})) > 0`,
      {
        summary: 'Backend {{ $labels.backend }} rejects data: {{ $labels.error_type }}',
        description: 'The error is permanent, so the data is not sent again. Often a credential or the data itself.',
      },
    ),
  ];
}

/** Every backend is expected to receive something; one that never did has no series to alert on. */
function absentBackendRules(agents: readonly AgentTarget[]): AlertRule[] {
  return agents.flatMap(({ namespace, name, backends }) =>
    backends.map((backend) =>
      rule(
        'TelemetryBackendMetricsAbsent',
        'critical',
        '15m',
        `absent(${SENT}{namespace="${namespace}",agent="${name}",backend="${backend}"})`,
        {
          summary: `Nothing is known about backend ${backend}`,
          description: 'No agent ever tried to deliver to it, or the agents are not scraped.',
        },
        { namespace, agent: name, backend },
      ),
    ),
  );
}

function agentRules(agents: readonly AgentTarget[]): AlertRule[] {
  return [
    rule('MetricAgentDown', 'critical', '5m', `min by (namespace, agent, pod, node) (up${ofAgents}) == 0`, {
      summary: 'The metric agent on node {{ $labels.node }} cannot be scraped',
      description: 'Pod {{ $labels.pod }} does not answer on a metrics port: what it collects is probably missing.',
    }),
    ...agents.map((agent) =>
      rule(
        'MetricAgentAbsent',
        'critical',
        '5m',
        `absent(up${of(agent)})`,
        {
          summary: `No pod of ${agent.name} is known`,
          description: 'There is no agent, or Prometheus cannot discover it: nothing is known about any metric.',
        },
        { namespace: agent.namespace, agent: agent.name },
      ),
    ),
    // An agent that only scrapes may have no target on its node.
    ...agents
      .filter(({ readsKubelets }) => readsKubelets)
      .map((agent) =>
        rule(
          'MetricAgentCollectsNothing',
          'critical',
          '10m',
          `${perNode(ACCEPTED, { selector: of(agent), window: '[10m]' })} == 0`,
          {
            summary: 'The metric agent on node {{ $labels.node }} collects nothing',
            description: 'It runs, but no receiver accepted a single data point.',
          },
        ),
      ),
    // A full queue makes receivers refuse too; then the backend is the cause and has an alert of its own.
    rule(
      'MetricAgentThrottling',
      'warning',
      '5m',
      `${perNode(REFUSED, agentScope)} > 0 unless ${perNode(ENQUEUE_FAILED, agentScope)} > 0`,
      {
        summary: 'The metric agent on node {{ $labels.node }} refuses data',
        description: 'Its memory limit is reached: it collects more than it can hold.',
      },
    ),
  ];
}

/** A rollout keeps a tenth of the pods away, one batch after the other; more than that at once is no rollout. */
function agentCountRules(agents: readonly AgentTarget[]): AlertRule[] {
  if (agents.length === 0) return [];
  const desired = desiredAgents(ofAgents);
  const missing = `${desired} - ${readyAgents(ofAgents)}`;
  return [
    rule('MetricAgentMissingOnManyNodes', 'critical', '15m', `(${missing}) > 1 + 0.1 * ${desired}`, {
      summary: '{{ $value }} nodes have no running metric agent',
      description: 'More pods of the DaemonSet are missing or not ready than a rollout explains.',
    }),
    rule('MetricAgentMissingOnNodes', 'warning', '1h', `${missing} > 0`, {
      summary: '{{ $value }} nodes have no running metric agent',
      description: 'Pods of the DaemonSet are missing or not ready: no metrics are collected on these nodes.',
    }),
    ...agents.map((agent) =>
      rule(
        'MetricAgentCountUnknown',
        'warning',
        '15m',
        `absent(${DESIRED_AGENTS}${of(agent)})`,
        {
          summary: 'Nobody reports how many metric agents there should be',
          description:
            'No agent is leader, or object states cannot be read: agents missing on nodes would go unnoticed.',
        },
        { namespace: agent.namespace, agent: agent.name },
      ),
    ),
  ];
}

function targetRules(): AlertRule[] {
  return [
    rule(
      'TelemetryScrapeTargetsDown',
      'warning',
      '10m',
      `count by (namespace, agent, k8s_namespace_name, scrape_job) (max_over_time(${TARGET_UP}${ofAgents}${WINDOW}) == 0)`,
      {
        summary: '{{ $value }} targets of job {{ $labels.scrape_job }} in {{ $labels.k8s_namespace_name }} are down',
        description: 'They are annotated or selected, but no scrape succeeded for minutes.',
      },
    ),
  ];
}

function managerRules(): AlertRule[] {
  const queries = `${HTTP_REQUESTS}{job="${SELF_JOB}",handler=~"/api/v1/(alerts|query|query_range|rules)"}`;
  return [
    rule('TelemetryManagerNotReading', 'warning', '15m', `(sum(rate(${queries}[15m])) or vector(0)) == 0`, {
      summary: 'The telemetry manager does not query Prometheus',
      description: 'Nobody used the query API: the manager is down, cannot connect, or does not ask.',
    }),
  ];
}

function notificationRules(): AlertRule[] {
  const failing = `${rate(NOTIFICATION_ERRORS, selfScope)} > 0 or ${rate(NOTIFICATIONS_DROPPED, selfScope)} > 0`;
  return [
    rule('TelemetryAlertsNotDelivered', 'critical', '5m', failing, {
      summary: 'Alerts do not reach {{ or $labels.alertmanager "their receiver" }}',
      description: 'Prometheus cannot deliver notifications; other alerts may be firing unseen.',
    }),
  ];
}

function selfRules(): AlertRule[] {
  const appended = storedSamples({ selector: ofSelf, window: '[10m]' });
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
