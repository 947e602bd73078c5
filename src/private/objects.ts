import { ApiObject, type ApiObjectProps, JsonPatch, Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { invalid } from './errors';
import type { Labels } from './labels';

/** Where an object goes: which cluster, and its identity there. */
export interface ObjectHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Left out for cluster-scoped objects. */
  readonly namespace?: string | undefined;
  readonly labels: Labels;
  readonly annotations?: Record<string, string>;
}

/** Renders one object; refuses a second one of the same identity for the same cluster anywhere in the App. */
export function renderObject(
  scope: Construct,
  id: string,
  cluster: string,
  head: ObjectHead,
  body: Omit<ApiObjectProps, 'apiVersion' | 'kind' | 'metadata'>,
): void {
  const { apiVersion, kind, name, namespace, labels, annotations } = head;
  claimIdentity(scope, [cluster, apiVersion, kind, namespace ?? '', name].join('|'), head);
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels, annotations };
  const object = new ApiObject(scope, id, { apiVersion, kind, metadata, ...body });
  if (namespace === undefined && object.chart.namespace !== undefined) {
    // cdk8s gives every object the namespace of its chart, cluster-scoped ones too.
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
}

/** A value that is computed at synthesis, when every `add…` has been called. */
export function lazy<T>(produce: () => T): T {
  return Lazy.any({ produce }) as T;
}

const identities = new WeakMap<IConstruct, Map<string, string>>();

function claimIdentity(scope: Construct, identity: string, head: ObjectHead): void {
  const claimed = identities.get(scope.node.root) ?? new Map<string, string>();
  identities.set(scope.node.root, claimed);
  const other = claimed.get(identity);
  if (other !== undefined) {
    throw invalid(scope.node.path, {
      input: 'instance',
      got: `${head.kind} ${head.namespace === undefined ? '' : `${head.namespace}/`}${head.name}`,
      allowed: `one object of this name in a cluster; ${other} renders it already`,
      fix: 'give one of the two another `instance` or namespace, or declare different clusters by `Cluster` name',
    });
  }
  claimed.set(identity, scope.node.path);
}
