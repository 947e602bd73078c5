import type { Construct, IConstruct } from 'constructs';
import { invalid } from '../errors';
import { byKind, collectsObjectStates, type InputModel } from '../input';

/** By App: the agent of each cluster that collects object states. */
const collectors = new WeakMap<IConstruct, Map<string, string>>();

/** Object states exist once per cluster: a second agent that would collect them as well has to say whether it should. */
export function claimObjectStates(agent: Construct, cluster: string, inputs: readonly InputModel[]): void {
  const [runtime] = byKind(inputs, 'runtime');
  if (!runtime || !collectsObjectStates(runtime)) return;
  const claimed = collectors.get(agent.node.root) ?? new Map<string, string>();
  collectors.set(agent.node.root, claimed);
  const other = claimed.get(cluster);
  if (other !== undefined && runtime.objectStates === undefined) {
    throw invalid(agent.node.path, {
      input: 'inputs.runtime.objectStates',
      allowed: `true or false: ${other} collects the states of Kubernetes objects in this cluster already`,
      fix: 'pass MetricInput.runtime({ objectStates: false }), or true if its backends want them as well',
    });
  }
  claimed.set(cluster, other ?? agent.node.path);
}
