import { NATIVE_SIDECAR } from '../../private/istio-names';
import { isAtLeast } from '../../private/versions';
import type { Workload } from '../inventory';
import type { PlanFacts, World } from '../world';

/** Whether the sidecar of a pod is an init container that keeps running (istio `ENABLE_NATIVE_SIDECARS`). */
export function hasNativeSidecar({ facts }: World, { annotations }: Pick<Workload, 'annotations'>): boolean {
  const asked = annotations[NATIVE_SIDECAR] ?? '';
  // Whatever else is written there means yes to the injector's template.
  return asked === '' ? nativeByDefault(facts) : asked !== 'false';
}

/** Istio's default since 1.27, where every kubelet supports it. That a cluster supports it is not yet that it is used. */
export function nativeByDefault({ mesh, kubernetesVersion }: PlanFacts): boolean {
  const istioVersion = mesh?.mode === 'sidecar' ? mesh.istioVersion : undefined;
  return isAtLeast(istioVersion, '1.27') && isAtLeast(kubernetesVersion, '1.33');
}
