import type { AgentModel } from '../agent/model';
import type { RuntimeInput } from '../input';
import { KUBELET_PORT } from '../ports';
import { fromEnv, hostFromEnv, NODE_IP_ENV } from './environment';
import { istioJobs, prometheusJobs } from './scrape-jobs';

type Settings = Record<string, unknown>;

export const LEADER_ELECTOR = 'k8s_leader_elector';

/** One receiver per input, however many backends there are. */
export function receivers({ inputs, cluster, sidecar }: AgentModel): Record<string, Settings> {
  const { runtime, prometheus, istio } = inputs;
  return {
    ...(runtime && { kubelet_stats: kubeletStats(runtime, cluster.ipv6), k8s_cluster: k8sCluster(runtime) }),
    ...(prometheus && {
      'prometheus/pods': scrape(prometheusJobs(prometheus, cluster.mesh, sidecar?.certificates ?? false)),
    }),
    ...(istio && { 'prometheus/istio': scrape(istioJobs(istio)) }),
  };
}

function scrape(jobs: Settings[]): Settings {
  return { config: { scrape_configs: jobs } };
}

/** By node address: node names do not resolve everywhere. */
function kubeletStats({ intervalSeconds, skipKubeletVerification }: RuntimeInput, ipv6: boolean): Settings {
  return {
    auth_type: 'serviceAccount',
    collection_interval: `${intervalSeconds}s`,
    endpoint: `https://${hostFromEnv(NODE_IP_ENV, ipv6)}:${KUBELET_PORT}`,
    insecure_skip_verify: skipKubeletVerification,
    metric_groups: ['node', 'pod', 'container', 'volume'],
    node: fromEnv('K8S_NODE_NAME'),
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
