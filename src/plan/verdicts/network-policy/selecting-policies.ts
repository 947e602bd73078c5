import type { NetworkPolicy, Workload } from '../../inventory';
import { requirementsOf, selectorTruth } from '../../pods/selectors';
import { and, type Truth } from '../../pods/truth';
import { once, rememberedIn } from '../../remembered';
import type { World } from '../../world';
import { LabelIndex } from '../label-index';
import type { PodEnd } from './ends';

/** A policy that selects pods, or may do so. */
export interface Selecting {
  readonly policy: NetworkPolicy;
  readonly selected: Exclude<Truth, 'no'>;
}

/** The policies that select these pods or may do so; each pod's are looked for once. */
export function policiesSelecting(world: World, pods: PodEnd): readonly Selecting[] {
  return indexOf(world).selecting(pods);
}

const indexOf = once((world: World) => new PolicyIndex(world));

class PolicyIndex {
  private readonly byNamespace = new Map<string, LabelIndex<NetworkPolicy>>();
  private readonly ofWorkloads = new Map<Workload, readonly Selecting[]>();
  private readonly aboutDescribed = new Map<NetworkPolicy, boolean>();
  private readonly ofUnknown = new Map<string, readonly Selecting[]>();

  public constructor(private readonly world: World) {}

  public selecting(pods: PodEnd): readonly Selecting[] {
    const { workload } = pods;
    if (workload) return rememberedIn(this.ofWorkloads, workload, () => filtered(this.candidates(workload), pods));
    const key = JSON.stringify([pods.namespace, pods.exceptNamespaces, Object.entries(pods.known.labels)]);
    return rememberedIn(this.ofUnknown, key, () => filtered(this.policiesFor(pods), pods));
  }

  private candidates({ namespace, labels }: Workload): readonly NetworkPolicy[] {
    const policies = this.world.policiesIn(namespace);
    const index = rememberedIn(
      this.byNamespace,
      namespace,
      () => new LabelIndex(policies, ({ podSelector }) => podSelector),
    );
    return index.candidates(labels);
  }

  /** Pods that no manifest describes are other ones than those that do: a policy for the labels of these is about these. */
  private policiesFor({ namespace, exceptNamespaces = [] }: PodEnd): readonly NetworkPolicy[] {
    const { inventory } = this.world;
    const policies = namespace === undefined ? inventory.networkPolicies : this.world.policiesIn(namespace);
    return policies.filter((policy) => !exceptNamespaces.includes(policy.namespace) && !this.isAboutDescribed(policy));
  }

  private isAboutDescribed(policy: NetworkPolicy): boolean {
    return rememberedIn(this.aboutDescribed, policy, () => {
      const { namespace, podSelector } = policy;
      const takes = ({ labels }: Workload): boolean => selectorTruth(podSelector, { labels, complete: true }) === 'yes';
      const candidates = this.world.workloadsWith(namespace, podSelector.matchLabels);
      return requirementsOf(podSelector).length > 0 && candidates.some(takes);
    });
  }
}

function filtered(policies: readonly NetworkPolicy[], { namespace, known }: PodEnd): Selecting[] {
  const sameNamespace: Truth = namespace === undefined ? 'unknown' : 'yes';
  return policies.flatMap((policy) => {
    const selected = and(sameNamespace, selectorTruth(policy.podSelector, known));
    return selected === 'no' ? [] : [{ policy, selected }];
  });
}
