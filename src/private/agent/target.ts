import { byKind, collectsObjectStates, isScraping } from '../input';
import { selectorLabels } from '../labels';
import type { AgentTarget } from '../prometheus/model';
import type { AgentModel } from './model';

/** The agent as Prometheus scrapes it. */
export function agentTarget(agent: AgentModel): AgentTarget {
  const { namespace, instance, name, inputs, backends, metricsPorts, resources } = agent;
  return {
    namespace,
    name,
    podLabels: selectorLabels('metric-agent', instance),
    metricsPorts,
    backends: backends.map((backend) => backend.name),
    countsAgents: inputs.some(collectsObjectStates),
    readsKubelets: byKind(inputs, 'runtime').length > 0,
    scrapes: inputs.some(isScraping),
    memoryLimitMi: resources.memoryLimitMi,
  };
}
