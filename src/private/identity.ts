import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { checkDnsLabel } from './checks';
import { invalid } from './errors';
import { IGNORED_NAMESPACES } from './istio-names';
import { checkInstance } from './names';

/** Namespace and instance of a part: its own props, or what the surrounding chart says. */
export function resolveIdentity(
  scope: Construct,
  props: { readonly namespace?: string; readonly instance?: string },
): { namespace: string; instance: string } {
  const where = scope.node.path;
  const namespace = props.namespace ?? Chart.of(scope).namespace;
  if (namespace === undefined) {
    throw invalid(where, {
      input: 'namespace',
      allowed: 'a namespace, in the props or of the surrounding Chart',
      fix: 'pass `namespace`',
    });
  }
  if (IGNORED_NAMESPACES.includes(namespace)) {
    throw invalid(where, {
      input: 'namespace',
      got: namespace,
      allowed: 'a namespace of its own; Istio never injects there',
      fix: 'choose for example telemetry-system',
    });
  }
  return {
    namespace: checkDnsLabel(where, 'namespace', namespace),
    instance: checkInstance(where, props.instance),
  };
}
