import { MERGE_METRICS } from '../../../../private/istio-names';
import { META, SERVICE_NAME } from '../discovery/meta-labels';
import { endpointTargets } from '../discovery/endpoints';
import { withSidecar } from '../discovery/istio';
import type { Labels } from '../../../inventory';
import { NODE_NAME } from '../../placeholders';
import { type KubernetesSd, type Role, seenBy } from '../discovery/kubernetes-sd';
import { podTargets, type RunningPod } from '../discovery/pod';
import { type RunningService, serviceTargets } from '../discovery/service';
import { type Addresses, ANY_PORT, type Target } from '../discovery/target';
import type { Destination } from '../../../connection';
import { ALWAYS_SET } from './free-labels';

/** How a pod takes part in the mesh, as far as discovery sees it: Istio announces merged metrics unless told not to. */
export type Membership = 'outside' | 'sidecar' | 'sidecar-unmerged';

/** A pod, perhaps behind a Service, as a job may wish it. */
export interface AssumedPod {
  readonly sd: KubernetesSd;
  readonly namespace: string;
  readonly membership: Membership;
  readonly port: number;
  /** Labels that the job's selectors ask for. */
  readonly labels: Labels;
  /** Labels of discovery and their values, where they are not the usual ones. */
  readonly chosen: ReadonlyMap<string, string>;
  readonly nativeSidecar: boolean;
}

export function assumedTargets(assumed: AssumedPod, destination: Destination, addresses: Addresses): Target[] {
  const others = [...assumed.chosen].filter(([label]) => OF_OTHER_OBJECTS.test(label));
  return targetsOf(assumed, destination, addresses).map((target) => ({
    ...target,
    ...(others.length > 0 && { layers: [new Map(others), ...target.layers] }),
    anyPort: assumed.port === ANY_PORT,
  }));
}

const OF_OTHER_OBJECTS = /^__meta_kubernetes_(?:endpoints|endpointslice|namespace|node)_(?:label|annotation)/;

function targetsOf(assumed: AssumedPod, destination: Destination, addresses: Addresses): Target[] {
  const { sd } = assumed;
  const { role } = sd;
  if (role === 'service') return serviceTargets(serviceOf(assumed), destination);
  const found = seenBy(sd, { pod: podOf(assumed), destination });
  return role === 'endpoints' || role === 'endpointslice'
    ? endpointTargets(role, serviceOf(assumed), found, addresses)
    : found.flatMap((running) => podTargets(running, addresses));
}

function podOf({ namespace, membership, port, labels, chosen, nativeSidecar }: AssumedPod): RunningPod {
  const value = (name: string) => chosenOr(chosen, name);
  const pod: RunningPod = {
    namespace,
    name: value('pod_name'),
    nodeName: NODE_NAME,
    labels: { ...labels, ...chosenEntries(chosen, 'pod_label') },
    annotations: {
      ...chosenEntries(chosen, 'pod_annotation'),
      ...(membership === 'sidecar-unmerged' && { [MERGE_METRICS]: 'false' }),
    },
    owner: { kind: value('pod_controller_kind'), name: value('pod_controller_name') },
    containers: [
      {
        name: value('pod_container_name'),
        image: value('pod_container_image'),
        init: false,
        ports: [{ name: value('pod_container_port_name'), port, protocol: 'TCP' }],
      },
    ],
  };
  return membership === 'outside' ? pod : withSidecar(pod, nativeSidecar);
}

const PORT_NAMES: Readonly<Partial<Record<Role, string>>> = {
  endpoints: 'endpoint_port_name',
  endpointslice: 'endpointslice_port_name',
  service: 'service_port_name',
};

function serviceOf({ sd, namespace, port, chosen }: AssumedPod): RunningService {
  const portName = chosenOr(chosen, PORT_NAMES[sd.role] ?? '');
  return {
    namespace,
    name: chosen.get(SERVICE_NAME) ?? chosenOr(chosen, 'endpoints_name'),
    labels: chosenEntries(chosen, 'service_label'),
    annotations: chosenEntries(chosen, 'service_annotation'),
    headless: false,
    ports: [{ name: portName, port, targetPort: port, protocol: 'TCP' }],
  };
}

function chosenOr(chosen: ReadonlyMap<string, string>, name: string): string {
  return chosen.get(META + name) ?? ALWAYS_SET.get(META + name) ?? '';
}

/** Labels or annotations by the names that discovery gives them: making a name valid twice changes nothing. */
function chosenEntries(chosen: ReadonlyMap<string, string>, kind: string): Record<string, string> {
  const present = [...chosen].flatMap(([label]) => suffix(label, `${META}${kind}present_`)).map((key) => [key, '']);
  const given = [...chosen].flatMap(([label, value]) => suffix(label, `${META}${kind}_`).map((key) => [key, value]));
  return Object.fromEntries([...present, ...given]) as Record<string, string>;
}

function suffix(label: string, prefix: string): string[] {
  return label.startsWith(prefix) ? [label.slice(prefix.length)] : [];
}
