import { hostPort } from '../../../../private/endpoint';
import type { Destination } from '../../../connection';
import type { ContainerPort, Labels, Workload } from '../../../inventory';
import { remembered } from '../../../remembered';
import { NODE_NAME } from '../../placeholders';
import type { Layer } from '../relabel/label-set';
import { ADDRESS, CONTAINER_NAME, CONTAINER_PORT_NAME, entries, labelsOf, META, NAMESPACE } from './meta-labels';
import { type Addresses, type IsOpen, type Target } from './target';

/** A pod as discovery sees it in a running cluster. */
export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Containers first, then init containers, as discovery goes through them. */
  readonly containers: readonly RunningContainer[];
  readonly nodeName: string;
}

export interface RunningContainer {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly ports: readonly ContainerPort[];
}

/** What the pods of a workload look like before anything is injected. Their names are only right in shape. */
export function podOf(workload: Workload): RunningPod {
  const { namespace, labels, annotations, pod } = workload;
  const regular = pod.containers.filter(({ init }) => !init);
  return {
    namespace,
    labels,
    annotations,
    ...namesOf(workload),
    nodeName: NODE_NAME,
    containers: [...regular, ...pod.containers.filter(({ init }) => init)],
  };
}

const HASH = '7c9f8d6b5';
/** What Kubernetes appends to names, as an example. */
export const POD_SUFFIX = 'x2k4q';

function namesOf({ kind, name }: Workload): Pick<RunningPod, 'name' | 'owner'> {
  switch (kind) {
    case 'Pod':
      return { name };
    case 'Deployment':
      return { name: `${name}-${HASH}-${POD_SUFFIX}`, owner: { kind: 'ReplicaSet', name: `${name}-${HASH}` } };
    case 'StatefulSet':
      return { name: `${name}-0`, owner: { kind, name } };
    case 'CronJob':
      return { name: `${name}-28000000-${POD_SUFFIX}`, owner: { kind: 'Job', name: `${name}-28000000` } };
    default:
      return { name: `${name}-${POD_SUFFIX}`, owner: { kind, name } };
  }
}

/** Labels that every target in a pod has. */
export function podLayer(pod: RunningPod, addresses: Addresses): Layer {
  return layers(pod, addresses.pod, () => labelsOf(podLabels(pod, addresses)));
}

const layers = remembered<RunningPod, string, Layer>();

function podLabels(pod: RunningPod, { pod: ip, node }: Addresses): [string, string][] {
  return [
    [`${META}pod_name`, pod.name],
    [`${META}pod_ip`, ip],
    [`${META}pod_host_ip`, node],
    [`${META}pod_node_name`, pod.nodeName],
    [`${META}pod_uid`, '00000000-0000-0000-0000-000000000000'],
    [`${META}pod_phase`, 'Running'],
    [`${META}pod_ready`, 'true'],
    [`${META}pod_controller_kind`, pod.owner?.kind ?? ''],
    [`${META}pod_controller_name`, pod.owner?.name ?? ''],
    ...entries('pod', 'label', pod.labels),
    ...entries('pod', 'annotation', pod.annotations),
  ];
}

export function containerLabels({ name, image, init }: RunningContainer): [string, string][] {
  return [
    [CONTAINER_NAME, name],
    [`${META}pod_container_image`, image],
    [`${META}pod_container_init`, String(init)],
  ];
}

export function portLabels({ name, port, protocol }: ContainerPort): [string, string][] {
  return [
    [CONTAINER_PORT_NAME, name ?? ''],
    [`${META}pod_container_port_number`, String(port)],
    [`${META}pod_container_port_protocol`, protocol],
  ];
}

/** Pods and whom the plan calls them. */
export interface Running {
  readonly pod: RunningPod;
  readonly destination: Destination;
  /** A condition under which pods look like this, in words. */
  readonly condition?: string;
  readonly note?: string;
  /** Of pods that only a Service tells about: what else they have. */
  readonly isOpen?: IsOpen;
  readonly anyPort?: boolean;
}

/** What discovery adds to the labels of a pod. */
export interface PodPort {
  readonly labels: readonly (readonly [string, string])[];
  /** Undefined where the container declares none. */
  readonly port?: number;
}

export function targetIn(
  running: Running,
  { labels, port }: PodPort,
  shared: readonly Layer[],
  addresses: Addresses,
): Target {
  const { destination, condition, note, isOpen, anyPort } = running;
  const address = port === undefined ? addresses.pod : hostPort({ host: addresses.pod, port });
  return {
    layers: [labelsOf([...labels, [ADDRESS, address]]), ...shared],
    destination,
    host: addresses.pod,
    ...(condition !== undefined && { condition }),
    ...(note !== undefined && { note }),
    ...(isOpen && { isOpen }),
    ...(anyPort === true && { anyPort }),
  };
}

/** Role `pod`: a target for each declared port, and one without port for a container that declares none. */
export function podTargets(running: Running, addresses: Addresses): Target[] {
  const { pod } = running;
  const shared = [podLayer(pod, addresses), labelsOf([[NAMESPACE, pod.namespace]])];
  return pod.containers.flatMap((container) => {
    const ofContainer = containerLabels(container);
    const declared = container.ports.map((port) => ({
      labels: [...ofContainer, ...portLabels(port)],
      port: port.port,
    }));
    const found: PodPort[] = declared.length > 0 ? declared : [{ labels: ofContainer }];
    return found.map((port) => targetIn(running, port, shared, addresses));
  });
}
