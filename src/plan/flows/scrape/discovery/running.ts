import type { Service, Workload } from '../../../inventory';
import { remembered } from '../../../remembered';
import type { DataPlane } from '../../../result';
import { dataPlaneOf } from '../../../pods/data-plane';
import { hasNativeSidecar } from '../../../pods/native-sidecar';
import type { World } from '../../../world';
import { NODE_NAME } from '../../placeholders';
import { withSidecar } from './istio';
import { META, sanitized } from './meta-labels';
import { POD_SUFFIX, podOf, type Running, type RunningPod } from './pod';
import { ANY_PORT, type IsOpen } from './target';

export const WITHOUT_SIDECAR = 'the pods have no sidecar';
export const WITH_SIDECAR = 'the pods have a sidecar';

/** Pods of a workload; in both ways when nobody has told us whether they get a sidecar. */
export function podsOfWorkload(world: World, workload: Workload): readonly Running[] {
  return workloadPods(world, workload, () => runningPods(world, workload));
}

const workloadPods = remembered<World, Workload, readonly Running[]>();

function runningPods(world: World, workload: Workload): Running[] {
  const pod = podOf(workload);
  const injected = withSidecar(pod, hasNativeSidecar(world, workload));
  const running = (as: RunningPod): Running => ({ pod: as, destination: { kind: 'workload', workload } });
  switch (dataPlaneOf(world, workload)) {
    case 'sidecar':
      return [running(injected)];
    case 'unknown':
      return [
        { ...running(pod), condition: WITHOUT_SIDECAR },
        { ...running(injected), condition: WITH_SIDECAR },
      ];
    default:
      return [running(pod)];
  }
}

/** Pods behind a Service; when their workload is not among the manifests, as far as the Service tells. */
export function podsBehind(world: World, service: Service): Running[] {
  const workloads = world.workloadsBehind(service);
  if (workloads.length > 0) return workloads.flatMap((workload) => podsOfWorkload(world, workload));
  const labels = service.selector ?? {};
  if (Object.keys(labels).length === 0) return [];
  const pod = podFor(service);
  const told = Object.keys(labels).map((key) => `_${sanitized(key)}`);
  const isOpen: IsOpen = (label) => UNTOLD.test(label) && !told.some((key) => label.endsWith(`label${key}`));
  return planes(world, service).map((dataPlane) => ({
    pod: dataPlane === 'sidecar' ? withSidecar(pod, hasNativeSidecar(world, pod)) : pod,
    destination: {
      kind: 'pods',
      pods: { namespace: service.namespace, name: `pods of Service ${service.name}`, labels, dataPlane },
    },
    isOpen,
    anyPort: true,
  }));
}

/** What a Service does not tell about its pods. */
const UNTOLD = new RegExp(
  `^${META}pod_(?:(?:label|annotation)(?:present)?_|name$|controller_|container_(?:name|image|init|port_name)$)`,
);

function podFor({ namespace, name, selector = {}, ports }: Service): RunningPod {
  return {
    namespace,
    name: `${name}-${POD_SUFFIX}`,
    labels: selector,
    annotations: {},
    nodeName: NODE_NAME,
    containers: [
      {
        name: 'app',
        image: 'app',
        init: false,
        ports: ports.map(({ targetPort, protocol }) =>
          typeof targetPort === 'number'
            ? { port: targetPort, protocol }
            : { name: targetPort, port: ANY_PORT, protocol },
        ),
      },
    ],
  };
}

function planes({ facts: { mesh } }: World, { dataPlane }: Service): DataPlane[] {
  if (dataPlane !== undefined) return [dataPlane];
  if (mesh === undefined) return ['unknown'];
  return mesh.mode === 'none' ? ['none'] : [mesh.mode, 'none'];
}
