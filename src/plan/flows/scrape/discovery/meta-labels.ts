import type { Labels } from '../../../inventory';
import type { Layer } from '../relabel/label-set';

/** Names that discovery gives its labels (Prometheus documentation, `kubernetes_sd_config`). */
export const META = '__meta_kubernetes_';
export const NAMESPACE = `${META}namespace`;
export const CONTAINER_NAME = `${META}pod_container_name`;
export const CONTAINER_PORT_NAME = `${META}pod_container_port_name`;
export const SERVICE_NAME = `${META}service_name`;
export const ADDRESS = '__address__';
export const SCHEME = '__scheme__';
export const METRICS_PATH = '__metrics_path__';

/** What Prometheus does not allow in a label name becomes an underscore. */
export function sanitized(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** Name, labels and annotations of an object, as every role shows them. */
export function objectLabels(
  role: string,
  { name, labels, annotations }: { readonly name: string; readonly labels: Labels; readonly annotations: Labels },
): [string, string][] {
  return [
    [`${META}${role}_name`, name],
    ...entries(role, 'label', labels),
    ...entries(role, 'annotation', annotations),
  ];
}

export function entries(role: string, kind: 'label' | 'annotation', values: Labels): [string, string][] {
  return Object.entries(values).flatMap(([key, value]): [string, string][] => [
    [`${META}${role}_${kind}_${sanitized(key)}`, value],
    [`${META}${role}_${kind}present_${sanitized(key)}`, 'true'],
  ]);
}

/** Empty labels are none. */
export function labelsOf(labels: readonly (readonly [string, string])[]): Layer {
  return new Map(labels.filter(([, value]) => value !== ''));
}
