import type { Panel } from './dashboard-grafana';
import { backends, OF_AGENTS, OF_BACKENDS, OF_NODES, stat } from './dashboard-parts';
import { desiredAgents, lostPerBackend, QUEUE_ALMOST_FULL, queueFill, rate } from './expressions';
import { SENT, TARGET_UP } from './metrics';
import type { AgentTarget } from './model';

/** Any loss is bad. */
const MORE_THAN_NOTHING = 0.000001;

/** One number for each question; the rows below say where. */
export function agentStats(agents: readonly AgentTarget[]): Panel[] {
  return [
    agentCount(agents),
    stat(
      { title: 'Sent', unit: 'cps', description: 'Data points per second that the chosen backends took.' },
      { expr: SENT_IN_ALL, legend: 'sent' },
    ),
    stat(
      {
        title: 'Lost',
        unit: 'percentunit',
        badFrom: MORE_THAN_NOTHING,
        description:
          'Share of the data points that were given up, rejected, or refused by a full queue. Unknown when nothing is sent.',
      },
      { expr: lossRatio(), legend: 'lost' },
    ),
    stat(
      {
        title: 'Fullest queue',
        unit: 'percentunit',
        badFrom: QUEUE_ALMOST_FULL,
        description: 'That of one backend on one node. When it is full, data is lost.',
      },
      { expr: `max(${queueFill(OF_BACKENDS)})`, legend: 'fullest' },
    ),
    ...(agents.some(({ scrapes }) => scrapes) ? [targetsDown()] : []),
  ];
}

/** An agent has a target for each of its ports. The count of a DaemonSet does not tell on which nodes it is short. */
function agentCount(agents: readonly AgentTarget[]): Panel {
  const counted = agents.every(({ countsAgents }) => countsAgents);
  return stat(
    {
      title: 'Agents',
      unit: 'short',
      description: counted
        ? 'How many answer on all their ports, on all nodes, and how many there should be. If they differ for long: MetricAgentDown, MetricAgentMissingOnNodes.'
        : 'How many answer on all their ports, on all nodes. MetricAgentDown names those that do not.',
    },
    { expr: `sum(min by (namespace, agent, pod) (up${OF_AGENTS}))`, legend: 'up' },
    ...(counted ? [{ expr: `sum(${desiredAgents(OF_AGENTS)})`, legend: 'expected' }] : []),
  );
}

const SENT_IN_ALL = `sum(${rate(SENT, backends)})`;

/** Zero is known only where something was sent: absent data is never health. */
function lossRatio(): string {
  const lost = `sum(${lostPerBackend(backends)})`;
  return `(${lost} or 0 * ${SENT_IN_ALL}) / ((${SENT_IN_ALL} or vector(0)) + (${lost} or vector(0)) > 0)`;
}

function targetsDown(): Panel {
  return stat(
    {
      title: 'Targets down',
      unit: 'short',
      badFrom: 1,
      description: 'Targets whose last scrape failed. For long: TelemetryScrapeTargetsDown.',
    },
    { expr: `sum(${TARGET_UP}${OF_NODES} == bool 0)`, legend: 'down' },
  );
}

/** Alerts are series of Prometheus itself. The Watchdog always fires: without it nothing is known about the others. */
const FIRING = 'ALERTS{alertstate="firing",severity!="none"}';
const WATCHDOG = 'ALERTS{alertstate="firing",severity="none"}';

export function alertPanels(): Panel[] {
  return [
    stat(
      {
        title: 'Alerts firing',
        unit: 'short',
        badFrom: 1,
        description: 'All of them, whatever is chosen above. Unknown when rules are not evaluated.',
      },
      { expr: `(count(${FIRING}) or vector(0)) and on () ${WATCHDOG}`, legend: 'firing' },
    ),
    {
      type: 'state-timeline',
      title: 'Alerts',
      description: 'Which alert fired when. docs/alerts.md says for each what to do.',
      unit: 'short',
      width: 24,
      height: 6,
      queries: [
        {
          expr: `max by (alertname, severity, namespace, agent, backend, node) (${FIRING})`,
          legend: '{{severity}}: {{alertname}} {{agent}} {{backend}} {{node}}',
        },
      ],
    },
  ];
}
