import { type AlertRule, rule, WINDOW } from './alert-rules-parts';
import { lostPerBackend, perBackend, QUEUE_ALMOST_FULL, queueFill } from './expressions';
import { QUEUE_SIZE, SEND_FAILED, SENT } from './metrics';
import type { AgentTarget } from './model';

const OF_BACKENDS = '{backend!=""}';
const backendScope = { selector: OF_BACKENDS, window: WINDOW };
const LOST = lostPerBackend(backendScope);
const DELIVERED = perBackend(SENT, backendScope);

export function backendRules(): AlertRule[] {
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
export function absentBackendRules(agents: readonly AgentTarget[]): AlertRule[] {
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
