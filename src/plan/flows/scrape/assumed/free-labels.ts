import { META } from '../discovery/meta-labels';

/** Labels of discovery that whoever deploys an application chooses, and that every target has; with a value nobody asks for. */
export const ALWAYS_SET: ReadonlyMap<string, string> = new Map(
  Object.entries({
    pod_name: 'app-7c9f8d6b5-x2k4q',
    pod_controller_kind: 'ReplicaSet',
    pod_controller_name: 'app-7c9f8d6b5',
    pod_container_name: 'app',
    pod_container_image: 'app',
    pod_container_port_name: 'app-port',
    service_name: 'app',
    endpoints_name: 'app',
    endpoint_port_name: 'app-port',
    endpointslice_port_name: 'app-port',
    service_port_name: 'app-port',
  }).map(([label, value]) => [META + label, value]),
);

const OF_OBJECTS =
  /^__meta_kubernetes_(?:pod|service|endpoints|endpointslice|namespace|node)_(?:label|annotation)(?:present)?_/;

/** Whether an application can have any value there. */
export function isFree(label: string): boolean {
  return ALWAYS_SET.has(label) || OF_OBJECTS.test(label);
}
