import { INJECT } from '../../../../private/istio-names';
import { ENVOY_METRICS_PORT } from '../../../../private/ports';
import type { Labels, Requirement, Workload } from '../../../inventory';
import type { DataPlane } from '../../../result';
import { dataPlaneOf } from '../../../pods/data-plane';
import type { World } from '../../../world';
import type { KubernetesSd, Role } from '../discovery/kubernetes-sd';
import { META } from '../discovery/meta-labels';
import { decisiveLabels } from './decisive';
import type { Rule } from '../relabel/rule';
import type { Membership } from './pods';
import { asksForProxy, type Wishes } from './wishes';

/** A kind of pods that no manifest describes. */
export interface Scope {
  readonly role: Role;
  /** Undefined: namespaces that the job does not name. */
  readonly namespace?: string;
  readonly dataPlane: DataPlane;
  readonly membership: Membership;
  /** Whether the rules read the annotations that Istio rewrites in pods with a sidecar. */
  readonly rewrites: boolean;
  /** Labels that the job's selectors ask for; one of several allowed values stands for all. */
  readonly labels: Labels;
  /** Those that leave no choice. */
  readonly certain: Labels;
}

/** The kinds of pods that a job may meet: by namespace, and by how they take part in the mesh. */
export function scopesOf(world: World, sd: KubernetesSd, rules: readonly Rule[], wishes: Wishes): Scope[] {
  const shared = {
    role: sd.role,
    labels: askedLabels(sd),
    certain: certainLabels(sd),
    rewrites: readsRewritten(rules),
  };
  const namespaces = sd.namespaces ?? [...wishes.namespaces, undefined];
  return namespaces.flatMap((namespace) => {
    const place = { ...shared, ...(namespace !== undefined && { namespace }) };
    const planes = sd.role === 'service' ? [outside('unknown')] : planesOf(world, namespace, rules, wishes);
    return planes.map((plane) => ({ ...place, ...plane }));
  });
}

function askedLabels(sd: KubernetesSd): Labels {
  return Object.fromEntries(
    requirements(sd).flatMap(({ key, operator, values }) => {
      if (operator === 'Exists') return [[key, 'true']];
      return operator === 'In' ? [[key, values[0] ?? '']] : [];
    }),
  );
}

function certainLabels(sd: KubernetesSd): Labels {
  const certain = requirements(sd).filter(({ operator, values }) => operator === 'In' && values.length === 1);
  return Object.fromEntries(certain.map(({ key, values }) => [key, values[0]!]));
}

function requirements({ selectors }: KubernetesSd): readonly Requirement[] {
  return selectors.get('pod')?.labels.matchExpressions ?? [];
}

type Plane = Pick<Scope, 'dataPlane' | 'membership'>;

function planesOf(world: World, namespace: string | undefined, rules: readonly Rule[], wishes: Wishes): Plane[] {
  switch (world.facts.mesh?.mode) {
    case 'none':
      return [outside('none')];
    case 'ambient':
      return [outside('ambient'), outside('none')];
    case 'sidecar':
      return [...(canHaveSidecar(world, namespace) ? withSidecar(rules) : []), outside('none')];
    default:
      // Without facts about the mesh, only pods with Istio's container surely have a sidecar.
      return [outside('unknown'), ...(wantsProxy(wishes) ? [SIDECAR] : [])];
  }
}

function outside(dataPlane: DataPlane): Plane {
  return { dataPlane, membership: 'outside' };
}

const SIDECAR: Plane = { dataPlane: 'sidecar', membership: 'sidecar' };

/** Where the rules read the annotations that Istio rewrites, it matters whether it does. */
function withSidecar(rules: readonly Rule[]): Plane[] {
  return readsRewritten(rules) ? [SIDECAR, { dataPlane: 'sidecar', membership: 'sidecar-unmerged' }] : [SIDECAR];
}

function readsRewritten(rules: readonly Rule[]): boolean {
  const decisive = decisiveLabels(rules);
  return ['scrape', 'port', 'path'].some((name) => decisive.has(`${META}pod_annotation_prometheus_io_${name}`));
}

function wantsProxy({ options, ports }: Wishes): boolean {
  const wanted = [...options].some(([label, wishes]) => wishes.some((wish) => asksForProxy(label, wish)));
  return wanted || ports.includes(ENVOY_METRICS_PORT);
}

/** Whether a pod that asks for a sidecar gets one there. */
function canHaveSidecar(world: World, namespace: string | undefined): boolean {
  if (namespace === undefined) return true;
  const asking: Workload = {
    id: `Pod/${namespace}/`,
    kind: 'Pod',
    namespace,
    name: '',
    ownLabels: {},
    ownAnnotations: {},
    labels: { [INJECT]: 'true' },
    annotations: {},
    template: '',
    pod: { hostNetwork: false, serviceAccount: 'default', tolerations: [], volumes: [], containers: [] },
  };
  return dataPlaneOf(world, asking) !== 'none';
}
