import { PROXY_CONTAINER } from '../istio-names';
import { type NamespaceSelection } from '../namespace-selection';
import { fromEnv, literal, NODE_NAME_ENV } from './environment';

/** One step of Prometheus relabelling. */
export interface Relabel {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: 'keep' | 'drop' | 'dropequal' | 'labelmap';
  readonly target_label?: string;
  readonly replacement?: string;
  readonly separator?: string;
}

export const POD = '__meta_kubernetes_pod';
export const SERVICE = '__meta_kubernetes_service';
export const NAMESPACE = '__meta_kubernetes_namespace';

/** The label under which discovery shows the annotation `prometheus.io/<name>` of a Pod or Service. */
export function annotation(owner: typeof POD | typeof SERVICE, name: string): string {
  return `${owner}_annotation_prometheus_io_${name}`;
}

/** `$1` in a replacement belongs to Prometheus, so it has to get past the collector's expansion. */
export function escaped(relabel: Relabel): Relabel {
  return relabel.replacement === undefined ? relabel : { ...relabel, replacement: literal(relabel.replacement) };
}

export function addressOn(ports: readonly number[]): string {
  return `.+:(${ports.join('|')})`;
}

/** Pods that do not run are no targets, Envoy's ports belong to the istio input, and nobody scrapes over UDP. */
export const RUNNING_APPLICATION: Relabel[] = [
  {
    source_labels: [`${POD}_phase`, `${POD}_container_name`],
    regex: `(Pending|Succeeded|Failed);.*|.*;${PROXY_CONTAINER}`,
    action: 'drop',
  },
  { source_labels: [`${POD}_container_port_protocol`], regex: 'UDP', action: 'drop' },
];

/** A pod that declares no port has an address without one, which Prometheus would complete to port 80. */
export const WITH_PORT: Relabel = {
  source_labels: ['__address__'],
  regex: '(\\[.+\\]|[^:]+):\\d+',
  action: 'keep',
};

/** A target address from a pod's own address and the port in a label, bracketed for IPv6. */
export function addressFrom(portLabel: string): Relabel[] {
  const source_labels = [portLabel, `${POD}_ip`];
  return [
    { source_labels, regex: '(\\d+);([0-9.]+)', target_label: '__address__', replacement: '$2:$1' },
    { source_labels, regex: '(\\d+);(.+:.+)', target_label: '__address__', replacement: '[$2]:$1' },
  ];
}

/** Namespaces that are named are the only ones discovered; excluded ones are dropped before the scrape. */
export function namespaceSelection(selection: NamespaceSelection): { sd: Record<string, unknown>; drop: Relabel[] } {
  if ('only' in selection) return { sd: { namespaces: { names: [...selection.only] } }, drop: [] };
  const { allExcept } = selection;
  return {
    sd: {},
    drop: allExcept.length === 0 ? [] : [{ source_labels: [NAMESPACE], regex: allExcept.join('|'), action: 'drop' }],
  };
}

/** Discovery of the pods on the agent's own node. */
export function podsOnThisNode(selection: NamespaceSelection, labelSelector?: string): Record<string, unknown> {
  const field = `spec.nodeName=${fromEnv(NODE_NAME_ENV)}`;
  return {
    role: 'pod',
    ...namespaceSelection(selection).sd,
    selectors: [{ role: 'pod', field, ...(labelSelector !== undefined && { label: labelSelector }) }],
  };
}
