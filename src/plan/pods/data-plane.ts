import { DATAPLANE_MODE, INJECT, REVISION } from '../../private/istio-names';
import type { Workload } from '../inventory';
import { remembered } from '../remembered';
import type { DataPlane } from '../result';
import type { World } from '../world';
import { injectionOf, type Injection } from './injection';

export type KnownDataPlane = Exclude<DataPlane, 'unknown'>;

/** What an unknown data plane can be. A mesh of sidecars has no ztunnel that nobody mentions; without a mesh all is known. */
export function possiblePlanes({ facts: { mesh } }: World): readonly KnownDataPlane[] {
  return mesh?.mode === 'sidecar' ? ['none', 'sidecar'] : ['none', 'sidecar', 'ambient'];
}

interface Decision {
  readonly dataPlane: DataPlane;
  readonly why: string;
}

/** What carries the connections of a workload's pods. */
export function dataPlaneOf(world: World, workload: Workload): DataPlane {
  return decisionOf(world, workload).dataPlane;
}

/** Because of what, in words without a full stop: `pod label sidecar.istio.io/inject is "true"`. */
export function dataPlaneReason(world: World, workload: Workload): string {
  return decisionOf(world, workload).why;
}

const decisions = remembered<World, Workload, Decision>();

function decisionOf(world: World, workload: Workload): Decision {
  return decisions(world, workload, () => decide(world, workload));
}

function decide(world: World, workload: Workload): Decision {
  if (world.facts.mesh?.mode === 'none') return { dataPlane: 'none', why: 'the cluster has no mesh' };
  const injection = injectionOf(world, workload);
  // A pod with a sidecar is not enrolled in ambient.
  if (injection.injected === 'yes') return { dataPlane: 'sidecar', why: injection.why };
  const ambient = ambientOf(world, workload, injection);
  if (injection.injected === 'no' || asksOnlyForAmbient(world, workload)) return ambient;
  return { dataPlane: 'unknown', why: injection.why };
}

/** What decides when only labels of an undescribed namespace could make it a sidecar. */
function asksOnlyForAmbient(world: World, { namespace, labels }: Workload): boolean {
  const asksForSidecar = labels[INJECT] !== undefined || labels[REVISION] !== undefined;
  return labels[DATAPLANE_MODE] === 'ambient' && !asksForSidecar && !world.namespaceLabels(namespace).complete;
}

/** Istio's CNI agent enrolls no pod there, whatever its labels (`excludeNamespaces` of its chart). */
const EXCLUDED_NAMESPACE = 'kube-system';

/** The default selectors of istio-cni: the pod's label, or the namespace's unless the pod says `none`. */
function ambientOf(world: World, { namespace, labels, pod }: Workload, notInjected: Injection): Decision {
  const outside: Decision = { dataPlane: 'none', why: notInjected.why };
  const mode = labels[DATAPLANE_MODE];
  if (pod.hostNetwork || namespace === EXCLUDED_NAMESPACE || mode === 'none') return outside;
  if (mode === 'ambient') return { dataPlane: 'ambient', why: `pod label ${DATAPLANE_MODE} is "ambient"` };
  const ofNamespace = world.namespaceLabels(namespace);
  if (ofNamespace.labels[DATAPLANE_MODE] === 'ambient') {
    return { dataPlane: 'ambient', why: `namespace ${namespace} has the label ${DATAPLANE_MODE}=ambient` };
  }
  if (ofNamespace.complete || world.facts.mesh?.mode === 'sidecar') return outside;
  return { dataPlane: 'unknown', why: `whether namespace ${namespace} is labelled for ambient is not known` };
}
