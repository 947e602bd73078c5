import { DATAPLANE_MODE, INJECT, REVISION } from './istio-names';
import type { Part } from './names';

export type Labels = Record<string, string>;

/**
 * Who sets which label, and why:
 *
 * - `name` + `instance` select the pods of a part: in workloads, Services and NetworkPolicies. They are immutable there,
 *   so nothing a user changes casually (version, chart labels) is among them.
 * - `component`, `part-of`, `managed-by` are for people and dashboards, on objects and pods.
 * - Mesh labels stand on pod templates only: Istio's webhook looks at the pod, not at the workload.
 */
export function selectorLabels(part: Part, instance: string): Labels {
  return { 'app.kubernetes.io/name': part, 'app.kubernetes.io/instance': instance };
}

const COMPONENT: Record<Part, string> = {
  'metric-agent': 'agent',
  prometheus: 'self-monitor',
  'telemetry-manager': 'manager',
};

export function partLabels(part: Part, instance: string): Labels {
  return {
    ...selectorLabels(part, instance),
    'app.kubernetes.io/component': COMPONENT[part],
    'app.kubernetes.io/part-of': 'telemetry',
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}

/** ADR 4: said to both data planes, so that neither an injected namespace nor an ambient one captures the pod. */
export const OUTSIDE_MESH_LABELS: Labels = { [INJECT]: 'false', [DATAPLANE_MODE]: 'none' };

/** A pod label, because the annotation cannot switch injection on in an unlabelled namespace. */
export function sidecarLabels(revision: string | undefined): Labels {
  return { [INJECT]: 'true', ...(revision === undefined ? {} : { [REVISION]: revision }) };
}

/** Without `inject: false` an injected namespace would win over ambient. */
export const AMBIENT_LABELS: Labels = { [INJECT]: 'false', [DATAPLANE_MODE]: 'ambient' };

/** Our images and security contexts are those of Linux; a toleration of every taint would else lead to Windows nodes. */
export const LINUX_NODES: Labels = { 'kubernetes.io/os': 'linux' };

/** Kubernetes sets this label on every namespace to its name; nobody can change it. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';
