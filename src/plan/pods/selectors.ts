import { CANONICAL_NAME, TLS_MODE } from '../../private/istio-names';
import type { Labels, Requirement, Selector } from '../inventory';
import { and, type Truth, truthOf } from './truth';

/** Labels as far as the manifests and the facts show them. */
export interface KnownLabels {
  readonly labels: Labels;
  /** Whether there are no others but those that are added to running pods. */
  readonly complete: boolean;
  /** Values that a label surely does not have. */
  readonly excluded?: { readonly key: string; readonly values: readonly string[] };
}

/** Labels that controllers and Istio's injector add to pods, so that no manifest shows whether they are there. */
const ADDED_LATER: ReadonlySet<string> = new Set([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
  TLS_MODE,
  CANONICAL_NAME,
  'service.istio.io/canonical-revision',
  'statefulset.kubernetes.io/pod-name',
]);

/** Whether a selector of Kubernetes takes what has these labels; an empty one takes everything. */
export function selectorTruth(selector: Selector, known: KnownLabels): Truth {
  return everyTruth(requirementsOf(selector), known);
}

/** Whether pods have all of some labels. */
export function labelsTruth(wanted: Labels, known: KnownLabels): Truth {
  return everyTruth(equal(wanted), known);
}

function everyTruth(requirements: readonly Requirement[], known: KnownLabels): Truth {
  let answer: Truth = 'yes';
  for (const requirement of requirements) {
    answer = and(answer, requirementTruth(requirement, known));
    if (answer === 'no') break;
  }
  return answer;
}

/** A selector as one list, all of which must hold. */
export function requirementsOf({ matchLabels, matchExpressions }: Selector): readonly Requirement[] {
  return [...equal(matchLabels), ...matchExpressions];
}

function equal(labels: Labels): Requirement[] {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

function requirementTruth({ key, operator, values }: Requirement, known: KnownLabels): Truth {
  const value = labelOf(known, key);
  if (value === 'unknown') return excludedTruth({ key, operator, values }, known);
  switch (operator) {
    case 'In':
      return truthOf(value !== 'absent' && values.includes(value.text));
    case 'NotIn':
      return truthOf(value === 'absent' || !values.includes(value.text));
    case 'Exists':
      return truthOf(value !== 'absent');
    case 'DoesNotExist':
      return truthOf(value === 'absent');
  }
}

/** A label of unknown value, of which only some values are ruled out. */
function excludedTruth({ key, operator, values }: Requirement, { excluded }: KnownLabels): Truth {
  if (excluded?.key !== key || !values.every((value) => excluded.values.includes(value))) return 'unknown';
  switch (operator) {
    case 'In':
      return 'no';
    case 'NotIn':
      return 'yes';
    default:
      return 'unknown';
  }
}

/** Labels may be called `constructor` or have the value `absent`. */
function labelOf({ labels, complete }: KnownLabels, key: string): { readonly text: string } | 'absent' | 'unknown' {
  if (Object.hasOwn(labels, key)) return { text: labels[key]! };
  return complete && !isAddedLater(key) ? 'absent' : 'unknown';
}

export function isAddedLater(key: string): boolean {
  return ADDED_LATER.has(key);
}
