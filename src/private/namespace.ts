import type { Construct } from 'constructs';
import type { AgentModel } from './agent/model';
import type { ClusterFacts } from './cluster-facts';
import { lazy, renderObject } from './objects';

const POD_SECURITY = 'pod-security.kubernetes.io';

/** The Namespace, with Pod Security as strict as the agent's pods allow. */
export function renderNamespace(
  scope: Construct,
  cluster: ClusterFacts,
  namespace: string,
  agent: () => AgentModel,
): void {
  /** What `restricted` would refuse: `istio-init` (root with NET_ADMIN) and hostPath volumes. */
  const needsPrivileges = (): boolean => {
    const { sidecar, backends } = agent();
    const istioInit = sidecar !== undefined && cluster.mesh.mode === 'sidecar' && !cluster.mesh.istioCni;
    return istioInit || backends.some(({ queue }) => queue.persistence?.kind === 'hostPath');
  };
  const head = {
    apiVersion: 'v1',
    kind: 'Namespace',
    name: namespace,
    labels: {
      [`${POD_SECURITY}/enforce`]: lazy(() => (needsPrivileges() ? 'privileged' : 'restricted')),
      [`${POD_SECURITY}/warn`]: 'restricted',
      [`${POD_SECURITY}/audit`]: 'restricted',
    },
  };
  renderObject(scope, 'namespace', cluster.name, head, {});
}
