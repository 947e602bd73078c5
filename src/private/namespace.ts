import type { Construct } from 'constructs';
import type { AgentModel } from './agent/model';
import type { ClusterFacts } from './facts';
import { lazy, renderObject } from './objects';

const POD_SECURITY = 'pod-security.kubernetes.io';

/** `istio-init` runs as root with NET_ADMIN, so a namespace that enforces `restricted` would refuse the injected pod. */
export function renderNamespace(
  scope: Construct,
  cluster: ClusterFacts,
  namespace: string,
  agent: () => AgentModel,
): void {
  const needsIstioInit = (): boolean =>
    agent().sidecar !== undefined && cluster.mesh.mode === 'sidecar' && !cluster.mesh.istioCni;
  const head = {
    apiVersion: 'v1',
    kind: 'Namespace',
    name: namespace,
    labels: {
      [`${POD_SECURITY}/enforce`]: lazy(() => (needsIstioInit() ? 'privileged' : 'restricted')),
      [`${POD_SECURITY}/warn`]: 'restricted',
      [`${POD_SECURITY}/audit`]: 'restricted',
    },
  };
  renderObject(scope, 'namespace', cluster.name, head, {});
}
