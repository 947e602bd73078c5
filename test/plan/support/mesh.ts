import { MtlsMode } from '../../../src/istio-mesh-props';
import type { SidecarMeshFacts } from '../../../src/private/cluster-facts';

/** A mesh with sidecars as Istio installs it, but for what a test says. */
export function sidecarMeshFacts(more: Partial<SidecarMeshFacts> = {}): SidecarMeshFacts {
  return {
    mode: 'sidecar',
    mtls: MtlsMode.PERMISSIVE,
    namespaceMtls: {},
    portMtls: [],
    registryOnly: false,
    istiodNamespace: 'istio-system',
    nativeSidecars: false,
    dualStack: false,
    istioCni: false,
    ...more,
  };
}
