import type { AgentModel } from '../agent/model';
import { collectsObjectStates, type InputModel, inputId, type RuntimeInput } from '../input';
import { merged } from '../merge';
import { KUBELET_PORT } from '../ports';
import { hostFromEnv, KUBELET_CA_FILE, NODE_IP_ENV } from './environment';
import { explicitJobs, istioJobs, prometheusJobs } from './scrape-jobs';

type Settings = Record<string, unknown>;

export const LEADER_ELECTOR = 'k8s_leader_elector';

/** The receivers of all inputs: each runs once, however many backends there are. */
export function receivers(agent: AgentModel): Record<string, Settings> {
  return merged(agent.inputs.map((input) => inputReceivers(input, agent)));
}

export const KUBELET_STATS = 'kubelet_stats';

/** The receiver of what exists once per cluster. */
export const OBJECT_STATES = 'k8s_cluster';

/** The receiver of what exists on every node. */
export function receiverId(input: InputModel): string {
  return input.kind === 'runtime' ? KUBELET_STATS : `prometheus/${inputId(input)}`;
}

function inputReceivers(input: InputModel, { cluster }: AgentModel): Record<string, Settings> {
  switch (input.kind) {
    case 'runtime':
      return {
        [receiverId(input)]: kubeletStats(input, cluster.ipv6),
        ...(collectsObjectStates(input) && { [OBJECT_STATES]: k8sCluster(input) }),
      };
    case 'prometheus':
      return scrape(input, prometheusJobs(input, cluster.mesh));
    case 'istio':
      return scrape(input, istioJobs(input));
    case 'scrape-job':
      return scrape(input, explicitJobs(input, cluster.mesh));
  }
}

function scrape(input: InputModel, jobs: Settings[]): Record<string, Settings> {
  return { [receiverId(input)]: { config: { scrape_configs: jobs } } };
}

/** By node address: node names do not resolve everywhere. */
function kubeletStats({ intervalSeconds, kubeletTls, groups }: RuntimeInput, ipv6: boolean): Settings {
  return {
    auth_type: 'serviceAccount',
    collection_interval: `${intervalSeconds}s`,
    endpoint: `https://${hostFromEnv(NODE_IP_ENV, ipv6)}:${KUBELET_PORT}`,
    ...(kubeletTls.ca && { ca_file: KUBELET_CA_FILE }),
    insecure_skip_verify: kubeletTls.skip,
    metric_groups: groups,
  };
}

/** Object states exist once per cluster, so only the leader among the agents collects them. */
function k8sCluster({ intervalSeconds }: RuntimeInput): Settings {
  return {
    auth_type: 'serviceAccount',
    collection_interval: `${intervalSeconds}s`,
    k8s_leader_elector: LEADER_ELECTOR,
  };
}
