import { AGENT_JOB, SELF_JOB } from './metrics';

type Severity = 'critical' | 'warning' | 'none';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Long enough to see a rate at a 30 s interval through one missed scrape. */
export const WINDOW = '[5m]';
export const OF_AGENTS = `{job="${AGENT_JOB}"}`;
export const OF_SELF = `{job="${SELF_JOB}"}`;
export const agentScope = { selector: OF_AGENTS, window: WINDOW };
export const selfScope = { selector: OF_SELF, window: WINDOW };

export function rule(
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
