import type { Panel } from './dashboard-grafana';
import { ALMOST_AT_THE_LIMIT, backends, bytes, graph, named, nodes, OF_NODES, selector } from './dashboard-parts';
import { perNode } from './expressions';
import { ACCEPTED, AGENT_CPU, AGENT_MEMORY, REFUSED, SENT, TARGET_UP } from './metrics';
import type { AgentTarget } from './model';

/** How the agent of each node is. */
export function nodePanels(agents: readonly AgentTarget[]): Panel[] {
  const node = named(agents, '{{node}}');
  return [
    graph(
      {
        title: 'Collected by node',
        unit: 'cps',
        description:
          'Data points that receivers took. Refused: the memory limit is reached, or a queue is full. See MetricAgentThrottling and MetricAgentWithoutKubelet.',
      },
      { expr: perNode(ACCEPTED, nodes), legend: node },
      { expr: `${perNode(REFUSED, nodes)} > 0`, legend: `${node} refused` },
    ),
    graph(
      {
        title: 'Sent by node',
        unit: 'cps',
        description: 'Data points that the chosen backends took; what goes to two backends counts twice.',
      },
      { expr: perNode(SENT, backends), legend: node },
    ),
    ...(agents.some(({ scrapes }) => scrapes) ? targetPanels(agents) : []),
    graph(
      {
        title: 'Memory by node',
        unit: 'percentunit',
        badFrom: ALMOST_AT_THE_LIMIT,
        description:
          'Resident memory of the collector as a share of its limit, without the sidecar. Data is refused before the limit is reached: MetricAgentThrottling.',
      },
      ...agents.map((agent) => ({ expr: memoryShare(agent), legend: node })),
    ),
    graph(
      { title: 'CPU cores by node', unit: 'short', description: 'Of the collector, without the sidecar.' },
      { expr: perNode(AGENT_CPU, nodes), legend: node },
    ),
  ];
}

/** A limit is no metric of the agent, and each agent has its own. */
function memoryShare({ namespace, name, memoryLimitMi }: AgentTarget): string {
  const own = selector(`namespace="${namespace}"`, `agent="${name}"`, 'agent=~"$agent"', 'node=~"$node"');
  return `max by (namespace, agent, node) (${AGENT_MEMORY}${own}) / ${bytes(memoryLimitMi)}`;
}

function targetPanels(agents: readonly AgentTarget[]): Panel[] {
  const node = named(agents, '{{node}}');
  const down = `${TARGET_UP}${OF_NODES} == bool 0`;
  return [
    graph(
      {
        title: 'Targets by node',
        unit: 'short',
        description: 'What the agent of the node scrapes, by the outcome of the last scrape.',
      },
      { expr: `sum by (namespace, agent, node) (${TARGET_UP}${OF_NODES})`, legend: `${node} up` },
      { expr: `sum by (namespace, agent, node) (${down})`, legend: `${node} down` },
    ),
    graph(
      {
        title: 'Targets down by job',
        unit: 'short',
        description: 'By the namespace of the target and its job. For long: TelemetryScrapeTargetsDown.',
      },
      {
        expr: `sum by (namespace, agent, k8s_namespace_name, scrape_job) (${down})`,
        legend: named(agents, '{{k8s_namespace_name}} {{scrape_job}}'),
      },
    ),
  ];
}
