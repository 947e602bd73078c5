import {
  DESIRED_AGENTS,
  ENQUEUE_FAILED,
  QUEUE_CAPACITY,
  QUEUE_SIZE,
  READY_AGENTS,
  RULE_FAILURES,
  SAMPLES_APPENDED,
  SEND_FAILED,
} from './metrics';

/** Expressions that alerts and dashboard share: which series, in braces, and over which time, in brackets. */
export interface Scope {
  readonly selector: string;
  readonly window: string;
}

/** Share of a queue from which it is about to lose data. */
export const QUEUE_ALMOST_FULL = 0.8;

export function rate(metric: string, { selector, window }: Scope): string {
  return `rate(${metric}${selector}${window})`;
}

export function perBackend(metric: string, scope: Scope): string {
  return `sum by (namespace, agent, backend) (${rate(metric, scope)})`;
}

export function perNode(metric: string, scope: Scope): string {
  return `sum by (namespace, agent, node) (${rate(metric, scope)})`;
}

/**
 * Neither counter exists before its first failure, so they are joined by `or`, not added; `kind` keeps series with otherwise
 * equal labels from hiding each other.
 */
export function lostPerBackend(scope: Scope): string {
  return [
    'sum by (namespace, agent, backend) (',
    `label_replace(${rate(SEND_FAILED, scope)}, "kind", "send", "", "") or `,
    `label_replace(${rate(ENQUEUE_FAILED, scope)}, "kind", "enqueue", "", ""))`,
  ].join('');
}

/** From 0 to 1, for each queue on each node. */
export function queueFill(selector: string): string {
  return `${QUEUE_SIZE}${selector} / ${QUEUE_CAPACITY}${selector}`;
}

/** Two leaders may report for a while. */
export function desiredAgents(selector: string): string {
  return `max by (namespace, agent) (${DESIRED_AGENTS}${selector})`;
}

export function readyAgents(selector: string): string {
  return `max by (namespace, agent) (${READY_AGENTS}${selector})`;
}

export function storedSamples(scope: Scope): string {
  return `sum(${rate(SAMPLES_APPENDED, scope)})`;
}

export function ruleFailures(scope: Scope): string {
  return rate(RULE_FAILURES, scope);
}
