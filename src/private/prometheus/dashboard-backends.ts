import type { Panel } from './dashboard-grafana';
import { backends, graph, named, OF_BACKENDS, ofBackends } from './dashboard-parts';
import { perBackend, QUEUE_ALMOST_FULL, queueFill, rate } from './expressions';
import { ENQUEUE_FAILED, SEND_FAILED, SENT } from './metrics';
import type { AgentTarget } from './model';

/** What becomes of the data of each backend. */
export function backendPanels(agents: readonly AgentTarget[]): Panel[] {
  const backend = named(agents, '{{backend}}');
  const delivered = perBackend(SENT, backends);
  const rejected = { ...backends, selector: ofBackends('error_permanent="true"') };
  return [
    graph(
      {
        title: 'Sent by backend',
        unit: 'cps',
        description: 'Data points that the backend took. None while data waits: TelemetryBackendUnreachable.',
      },
      { expr: delivered, legend: backend },
    ),
    graph(
      {
        title: 'Lost by backend',
        unit: 'cps',
        description:
          'Not delivered: retries ended, or the backend rejected it. Queue full: refused before it was tried, because the backend is too slow. See TelemetryBackendAllDataDropped and TelemetryBackendSomeDataDropped.',
      },
      // The counters do not exist before the first failure; zero is known as soon as something was sent.
      { expr: `${perBackend(SEND_FAILED, backends)} or 0 * ${delivered}`, legend: `${backend} not delivered` },
      { expr: perBackend(ENQUEUE_FAILED, backends), legend: `${backend} queue full` },
    ),
    graph(
      {
        title: 'Fullest queue by backend',
        unit: 'percentunit',
        badFrom: QUEUE_ALMOST_FULL,
        description: 'On the node where it is fullest. TelemetryBackendQueueFillingUp fires above the line.',
      },
      { expr: `max by (namespace, agent, backend) (${queueFill(OF_BACKENDS)})`, legend: backend },
    ),
    graph(
      {
        title: 'Rejected by backend and error',
        unit: 'cps',
        description:
          'Permanent errors, which are not tried again: a credential, a limit, or the data itself. See TelemetryBackendRejectsData.',
      },
      {
        expr: `sum by (namespace, agent, backend, error_type) (${rate(SEND_FAILED, rejected)})`,
        legend: `${backend} {{error_type}}`,
      },
    ),
  ];
}
