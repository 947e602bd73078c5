import { DATAPLANE_MODE, INJECT } from '../../../../private/istio-names';
import type { Labels, Workload } from '../../../inventory';
import type { DataPlane } from '../../../result';
import { remembered } from '../../../remembered';
import { dataPlaneOf, type KnownDataPlane } from '../../../pods/data-plane';
import type { World } from '../../../world';

/** What pods can choose where nobody knows how their namespace is labelled. */
const USUAL_PLANES = {
  sidecar: ['sidecar', 'none'],
  ambient: ['ambient', 'none'],
} as const satisfies Record<string, readonly KnownDataPlane[]>;

type Mode = keyof typeof USUAL_PLANES;

/** What whoever deploys an application may write on its pods: nothing, that they want the mesh, that they want no sidecar. */
const POD_LABELS: Readonly<Record<Mode, readonly Labels[]>> = {
  sidecar: [{}, { [INJECT]: 'true' }, { [INJECT]: 'false' }],
  ambient: [{}, { [DATAPLANE_MODE]: 'ambient' }, { [INJECT]: 'false' }],
};

const ORDER: readonly KnownDataPlane[] = ['sidecar', 'ambient', 'none'];

/**
 * The data planes that pods of a namespace can have, or pods of any. One control plane serves sidecars and ambient at
 * once: the labels of the namespace decide, and the declared mode only where they are not known.
 *
 * @param apart namespaces that are not meant by any
 */
export function planesIn(
  world: World,
  mode: Mode,
  namespace: string | undefined,
  apart: readonly string[],
): readonly KnownDataPlane[] {
  const described = [...world.inventory.namespaces.keys()].filter((name) => !apart.includes(name));
  const planes: readonly KnownDataPlane[] =
    namespace === undefined
      ? [...USUAL_PLANES[mode], ...described.flatMap((name) => planesOf(world, mode, name))]
      : planesOf(world, mode, namespace);
  return ORDER.filter((plane) => planes.includes(plane));
}

const found = remembered<World, string, readonly KnownDataPlane[]>();

/** Thought through once for each namespace, however many jobs meet it. */
function planesOf(world: World, mode: Mode, namespace: string): readonly KnownDataPlane[] {
  return found(world, namespace, () => findPlanesOf(world, mode, namespace));
}

/** Every pod can stay outside the mesh. */
function findPlanesOf(world: World, mode: Mode, namespace: string): readonly KnownDataPlane[] {
  const chosen = POD_LABELS[mode].flatMap((labels): readonly KnownDataPlane[] => {
    const plane = planeOfPod(world, namespace, labels);
    return plane === 'unknown' ? USUAL_PLANES[mode] : [plane];
  });
  return [...chosen, 'none'];
}

function planeOfPod(world: World, namespace: string, labels: Labels): DataPlane {
  const pod: Workload = {
    id: `Pod/${namespace}/`,
    kind: 'Pod',
    namespace,
    name: '',
    ownLabels: {},
    ownAnnotations: {},
    labels,
    annotations: {},
    template: '',
    pod: { hostNetwork: false, serviceAccount: 'default', tolerations: [], volumes: [], containers: [] },
  };
  return dataPlaneOf(world, pod);
}
