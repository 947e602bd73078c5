import { agentCountRules, agentRules, targetRules } from './alert-rules-agents';
import { absentBackendRules, backendRules } from './alert-rules-backends';
import type { AlertRule } from './alert-rules-parts';
import { managerRules, notificationRules, selfRules } from './alert-rules-self';
import type { PrometheusModel } from './model';

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
