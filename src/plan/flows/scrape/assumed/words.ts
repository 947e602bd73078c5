import { MERGE_METRICS } from '../../../../private/istio-names';
import type { Labels } from '../../../inventory';
import type { World } from '../../../world';
import { CONTAINER_NAME, CONTAINER_PORT_NAME, META, sanitized, SERVICE_NAME } from '../discovery/meta-labels';
import { distinctTexts } from '../rows';
import type { Outcome } from './explore';
import { keyNamed } from '../keys';
import { asksForProxy, PORT_VALUE, type Wish } from './wishes';

/**
 * What pods have to be like for some outcomes, apart from labels that their name tells: `the pods are annotated
 * prometheus.io/scrape: "true"`. Undefined when nothing is asked of them.
 */
export function podsInWords(world: World, outcomes: Outcomes, told: Labels = {}): string | undefined {
  const [{ scope }] = outcomes;
  const asked = askedOf(outcomes);
  const ofService = serviceWords(world, asked);
  if (scope.role === 'service') return ofService.length === 0 ? undefined : `the Services are ${ofService.join(', ')}`;
  const isTold = ([label]: Asked) => Object.keys(told).some((key) => label === `${META}pod_label_${sanitized(key)}`);
  const untold = asked.filter((one) => !isTold(one));
  const unmerged = outcomes.every((one) => one.scope.membership === 'sidecar-unmerged');
  const annotated = [...ofKind(world, asked, 'pod_annotation'), ...(unmerged ? [`${MERGE_METRICS}: "false"`] : [])];
  const clauses = [
    ...phrase('are annotated', annotated),
    ...phrase('are labelled', ofKind(world, untold, 'pod_label')),
    ...phrase('have a container', named(asked, [CONTAINER_NAME])),
    ...phrase('have a container port', named(asked, [CONTAINER_PORT_NAME])),
    ...phrase('are named', named(asked, [`${META}pod_name`])),
    ...phrase('are controlled by', named(asked, [`${META}pod_controller_kind`, `${META}pod_controller_name`])),
    ...phrase('run in a namespace labelled', ofKind(world, asked, 'namespace_label')),
    ...phrase('run on a node labelled', ofKind(world, asked, 'node_label')),
    ...(ofService.length === 0 ? [] : [`are behind a Service ${ofService.join(', ')}`]),
  ];
  return clauses.length === 0 ? undefined : `the pods ${enumerated(clauses)}`;
}

type Outcomes = readonly [Outcome, ...Outcome[]];

function askedOf(outcomes: Outcomes): Asked[] {
  const [{ scope, chosen }] = outcomes;
  const alike = outcomes.filter((outcome) => sameLabels(outcome.chosen, chosen));
  const merged = scope.membership === 'sidecar' && outcomes.every(isMerged);
  return (
    [...chosen]
      // Istio's container says no more than that the pods have a sidecar.
      .filter(([label, wish]) => !asksForProxy(label, wish) && !isRewritten(label, merged))
      .map(([label]): Asked => [label, distinctTexts(alike.map((one) => textOf(one, label))).join(' or ')])
  );
}

/** A label of discovery and the values that it may have, in words. */
type Asked = readonly [label: string, values: string];

function isMerged({ scope }: Outcome): boolean {
  return scope.membership === 'sidecar';
}

/** Annotations that Istio overwrites need not be those that the job asks for. */
function isRewritten(label: string, merged: boolean): boolean {
  return merged && /_pod_annotation(present)?_prometheus_io_(scrape|port|path)$/.test(label);
}

function sameLabels(a: ReadonlyMap<string, Wish>, b: ReadonlyMap<string, Wish>): boolean {
  return a.size === b.size && [...a.keys()].every((label) => b.has(label));
}

function textOf({ chosen, scraped }: Outcome, label: string): string {
  const wish = chosen.get(label);
  if (wish === PORT_VALUE) return scraped.port === null ? 'a port' : `"${scraped.port}"`;
  return wish?.matching === undefined ? `"${wish?.value ?? ''}"` : `matching ${wish.matching}`;
}

function serviceWords(world: World, wishes: readonly Asked[]): string[] {
  return [
    ...phrase('named', named(wishes, [SERVICE_NAME, `${META}endpoints_name`])),
    ...phrase('annotated', ofKind(world, wishes, 'service_annotation')),
    ...phrase('labelled', ofKind(world, wishes, 'service_label')),
    ...phrase('labelled', ofKind(world, wishes, 'endpoints_label')),
    ...phrase('labelled', ofKind(world, wishes, 'endpointslice_label')),
    ...phrase('with port', named(wishes, PORT_NAMES)),
  ];
}

const PORT_NAMES = ['endpoint', 'endpointslice', 'service'].map((kind) => `${META}${kind}_port_name`);

function phrase(start: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${start} ${enumerated(items)}`];
}

function enumerated(items: readonly string[]): string {
  const [last = '', ...others] = [...items].reverse();
  return others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`;
}

function named(wishes: readonly Asked[], labels: readonly string[]): string[] {
  return wishes.filter(([label]) => labels.includes(label)).map(([, values]) => values);
}

/** Labels or annotations of one kind of object: `app: "checkout"`. */
function ofKind(world: World, wishes: readonly Asked[], kind: string): string[] {
  return wishes.flatMap(([label, values]) => {
    if (label.startsWith(`${META}${kind}_`)) return [`${shownKey(world, kind, label)}: ${values}`];
    return label.startsWith(`${META}${kind}present_`) ? [shownKey(world, `${kind}present`, label)] : [];
  });
}

function shownKey(world: World, kind: string, label: string): string {
  const name = label.slice(META.length + kind.length + 1);
  return keyNamed(world, name) ?? name;
}
