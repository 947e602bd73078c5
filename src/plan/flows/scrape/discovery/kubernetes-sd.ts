import type { Selector, Workload } from '../../../inventory';
import type { Value } from '../../../value';
import { NODE_NAME, unknownIn } from '../../placeholders';
import type { Running } from './pod';
import { parseFields, parseSelector } from './selector-text';

export type Role = 'pod' | 'endpoints' | 'endpointslice' | 'service' | 'node' | 'ingress';
const ROLES: readonly string[] = ['pod', 'endpoints', 'endpointslice', 'service', 'node', 'ingress'];

/** One entry of `kubernetes_sd_configs`. */
export interface KubernetesSd {
  /** Equal for those that find the same. */
  readonly key: string;
  readonly role: Role;
  /** Undefined: all namespaces. */
  readonly namespaces?: readonly string[];
  /** What is searched for, by kind of object: the role's own and those that it looks up besides. */
  readonly selectors: ReadonlyMap<string, ObjectSelector>;
  readonly withNamespaceLabels: boolean;
  /** The reference of a setting whose value the manifests do not contain. */
  readonly missing?: string;
  /** Whether it asks another API server than that of its own cluster. */
  readonly elsewhere: boolean;
}

export interface ObjectSelector {
  /** The label selector as it stands there. */
  readonly text: string;
  readonly labels: Selector;
  /** `metadata.name` and the like. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Undefined when Prometheus knows no such role. */
export function readKubernetesSd(config: Value, client: Workload): KubernetesSd | undefined {
  const role = config.get('role').text()?.toLowerCase();
  if (!isRole(role)) return undefined;
  const namespaces = namespacesOf(config.get('namespaces'), client);
  const key = JSON.stringify([config.raw, client.namespace]);
  const missing = unknownIn(key);
  return {
    key,
    ...(missing !== undefined && { missing }),
    role,
    ...(namespaces && { namespaces }),
    selectors: selectorsOf(config.get('selectors')),
    withNamespaceLabels: config.at('attach_metadata', 'namespace').flag() ?? false,
    elsewhere: config.get('kubeconfig_file').present || isForeign(config.get('api_server').text()),
  };
}

function isRole(role: string | undefined): role is Role {
  return role !== undefined && ROLES.includes(role);
}

/** An API server by name of its Service is the cluster's own. */
function isForeign(url: string | undefined): boolean {
  return url !== undefined && !/^https:\/\/kubernetes\.default(\.svc[^/:]*)?(:443)?\/?$/.test(url);
}

function namespacesOf(config: Value, { namespace }: Workload): string[] | undefined {
  const names = config
    .get('names')
    .texts()
    .filter((name) => unknownIn(name) === undefined);
  const own = config.get('own_namespace').flag() === true ? [namespace] : [];
  const all = [...new Set([...own, ...names])];
  return all.length === 0 ? undefined : all;
}

function selectorsOf(configs: Value): Map<string, ObjectSelector> {
  return new Map(
    configs.items().map((config) => {
      const text = config.get('label').text() ?? '';
      const fields = parseFields(config.get('field').text() ?? '');
      return [config.get('role').text() ?? '', { text, labels: parseSelector(text), fields }];
    }),
  );
}

/** Another node than the client's. */
const OTHER_NODE = 'other-node.fieldref.invalid';
const ON_OWN_NODE = 'only on the node of the client';

/** A pod as discovery finds it. */
export interface Seen extends Running {
  /** Whether discovery sees the pod itself; behind a Service it is a target either way. */
  readonly visible: boolean;
}

/**
 * Where discovery searches the client's own node only, as a DaemonSet does, pods of other nodes are not seen. Behind a Service
 * they are targets all the same, without any label of a pod (Prometheus `endpointslice.go`).
 */
export function seenBy({ role, selectors }: KubernetesSd, running: Running): Seen[] {
  if (selectors.get('pod')?.fields.get('spec.nodeName') !== NODE_NAME) return [{ ...running, visible: true }];
  const near: Seen = { ...running, note: ON_OWN_NODE, visible: true };
  return role === 'pod'
    ? [near]
    : [near, { ...running, pod: { ...running.pod, nodeName: OTHER_NODE }, visible: false }];
}
