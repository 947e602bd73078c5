import { addTo } from '../group-by';
import type { NetworkPolicy, Selector, Workload } from '../inventory';
import { rememberedIn } from '../remembered';
import type { World } from '../world';
import type { PodEnd } from './policy-ends';
import { isAddedLater, requirementsOf, selectorTruth } from './selectors';
import { and, type Truth } from './truth';

/** A policy that selects pods, or may do so. */
export interface Selecting {
  readonly policy: NetworkPolicy;
  readonly selected: Exclude<Truth, 'no'>;
}

const indexes = new WeakMap<World, PolicyIndex>();

/** The policies that select these pods or may do so; each pod's are looked for once. */
export function policiesSelecting(world: World, pods: PodEnd): readonly Selecting[] {
  const index = indexes.get(world) ?? new PolicyIndex(world);
  indexes.set(world, index);
  return index.selecting(pods);
}

class PolicyIndex {
  private readonly byNamespace = new Map<string, LabelIndex>();
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
    const index = rememberedIn(this.byNamespace, namespace, () => labelIndex(this.world.policiesIn(namespace)));
    return [
      ...index.others,
      ...Object.entries(labels).flatMap(([key, value]) => index.byLabel.get(pair(key, value)) ?? []),
    ];
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

/** Policies under a label that their pods must have, so that a pod is only compared with policies that share one. */
interface LabelIndex {
  readonly byLabel: ReadonlyMap<string, readonly NetworkPolicy[]>;
  readonly others: readonly NetworkPolicy[];
}

function labelIndex(policies: readonly NetworkPolicy[]): LabelIndex {
  const asked = new Map<string, number>();
  for (const label of policies.flatMap(({ podSelector }) => labelSets(podSelector).flat())) {
    asked.set(label, (asked.get(label) ?? 0) + 1);
  }
  const frequency = (labels: readonly string[]): number =>
    labels.reduce((sum, label) => sum + (asked.get(label) ?? 0), 0);
  const byLabel = new Map<string, NetworkPolicy[]>();
  const others: NetworkPolicy[] = [];
  for (const policy of policies) {
    const [rarest] = labelSets(policy.podSelector).sort((a, b) => frequency(a) - frequency(b));
    if (!rarest) others.push(policy);
    for (const label of new Set(rarest)) addTo(byLabel, label, policy);
  }
  return { byLabel, others };
}

/** Of each set a selected pod has one label. */
function labelSets(selector: Selector): string[][] {
  return requirementsOf(selector)
    .filter(({ key, operator }) => operator === 'In' && !isAddedLater(key))
    .map(({ key, values }) => values.map((value) => pair(key, value)));
}

/** No key contains "=". */
function pair(key: string, value: string): string {
  return `${key}=${value}`;
}
