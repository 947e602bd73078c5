import { agentScope, type AlertRule, OF_AGENTS, rule, WINDOW } from './alert-rules-parts';
import { KUBELET_STATS } from '../collector/receivers';
import { desiredAgents, perNode, readyAgents } from './expressions';
import { ACCEPTED, AGENT_JOB, DESIRED_AGENTS, ENQUEUE_FAILED, REFUSED, TARGET_UP } from './metrics';
import type { AgentTarget } from './model';

const of = ({ namespace, name }: AgentTarget): string =>
  `{job="${AGENT_JOB}",namespace="${namespace}",agent="${name}"}`;
const labelsOf = ({ namespace, name }: AgentTarget): Record<string, string> => ({ namespace, agent: name });

const fromKubelet = (agent: AgentTarget): string => {
  const selector = of(agent).replace('}', `,receiver="${KUBELET_STATS}"}`);
  return perNode(ACCEPTED, { selector, window: WINDOW });
};

export function agentRules(agents: readonly AgentTarget[]): AlertRule[] {
  return [
    rule('MetricAgentDown', 'critical', '5m', `min by (namespace, agent, pod, node) (up${OF_AGENTS}) == 0`, {
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
        labelsOf(agent),
      ),
    ),
    // Every node has a kubelet, while an agent that only scrapes may have no target on its node. A receiver that never accepted
    // anything has no series at all.
    ...agents
      .filter(({ readsKubelets }) => readsKubelets)
      .map((agent) =>
        rule(
          'MetricAgentWithoutKubelet',
          'critical',
          '10m',
          `count by (namespace, agent, node) (up${of(agent)} == 1) unless ${fromKubelet(agent)} > 0`,
          {
            summary: 'The metric agent on node {{ $labels.node }} gets nothing from its kubelet',
            description: 'It runs, but the kubelet refuses it, or its certificate is not accepted.',
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
export function agentCountRules(agents: readonly AgentTarget[]): AlertRule[] {
  if (agents.length === 0) return [];
  const desired = desiredAgents(OF_AGENTS);
  const missing = `${desired} - ${readyAgents(OF_AGENTS)}`;
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
        labelsOf(agent),
      ),
    ),
  ];
}

export function targetRules(): AlertRule[] {
  return [
    rule(
      'TelemetryScrapeTargetsDown',
      'warning',
      '10m',
      `count by (namespace, agent, k8s_namespace_name, scrape_job) (max_over_time(${TARGET_UP}${OF_AGENTS}${WINDOW}) == 0)`,
      {
        summary: '{{ $value }} targets of job {{ $labels.scrape_job }} in {{ $labels.k8s_namespace_name }} are down',
        description: 'They are annotated or selected, but no scrape succeeded for minutes.',
      },
    ),
  ];
}
