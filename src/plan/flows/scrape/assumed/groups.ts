import { ISTIO_MERGED_METRICS_PORT } from '../../../../private/ports';
import { type ClientTls, type Destination, destinationKey } from '../../../connection';
import type { KubernetesSd } from '../discovery/kubernetes-sd';
import type { ReadJob } from '../job';
import { encryptionNote, pathNotes, type Row, sharedNotes, TLS_WORDS } from '../rows';
import type { Outcome } from './explore';
import { certainLabels, podsName } from './labels';
import { podsInWords } from './words';

type Outcomes = readonly [Outcome, ...Outcome[]];

/** Ways of being scraped that make one row: same namespace, data plane and port. */
export interface Group {
  readonly all: Outcomes;
  /** Those that need the least from the pod; what needs more is an exception to the row. */
  readonly usual: Outcomes;
}

export function groupKey({ scope, isPod, scraped }: Outcome): string {
  const place = isPod ? `pods ${scope.namespace ?? '*'} ${scope.dataPlane}` : destinationKey(scraped.to);
  return `${place} ${scraped.port ?? '*'}`;
}

export function groupOf(all: Outcomes): Group {
  const least = Math.min(...all.map(({ chosen }) => chosen.size));
  const [first = all[0], ...others] = all.filter(({ chosen }) => chosen.size === least);
  return { all, usual: [first, ...others] };
}

/** Whether a row for any port says what another row says about a single one. */
export function speaksFor(any: Group, { all, usual }: Group, intercepted: readonly number[]): boolean {
  const [{ scope, isPod, tried, scraped }] = usual;
  const [general] = any.usual;
  if (!isPod || !general.isPod || general.scraped.port !== null || scraped.port === null) return false;
  if (general.scope.namespace !== scope.namespace || general.scope.dataPlane !== scope.dataPlane) return false;
  // A port that the rules set, whatever the pod declares, is no case of any port.
  if (tried !== scraped.port || intercepted.includes(tried)) return false;
  return sameTls(any.all, all);
}

function sameTls(a: Outcomes, b: Outcomes): boolean {
  return tlsOf(a).sort().join() === tlsOf(b).sort().join();
}

function tlsOf(outcomes: Outcomes): ClientTls[] {
  return [...new Set(outcomes.map(({ scraped }) => scraped.tls))];
}

/** @param named namespaces that have rows of their own, or none because they are excluded */
export function rowOf({ reader: { world } }: ReadJob, sd: KubernetesSd, group: Group, named: readonly string[]): Row {
  const { usual } = group;
  const [{ scope, scraped, isPod }] = usual;
  const tls = tlsOf(usual);
  const labels = certainLabels(world, usual);
  const elsewhere = scope.namespace === undefined && named.length > 0;
  const pods: Destination = {
    kind: 'pods',
    pods: {
      name: podsName(labels),
      labels,
      dataPlane: scope.dataPlane,
      ...(scope.namespace !== undefined && { namespace: scope.namespace }),
      ...(elsewhere && { exceptNamespaces: named }),
    },
  };
  const words = podsInWords(world, usual, labels);
  return {
    to: isPod ? pods : scraped.to,
    port: scraped.port,
    tls: tls.length === 1 ? scraped.tls : 'unknown',
    conditions: [
      ...(words === undefined ? [] : [words]),
      ...selectedBy(sd),
      ...(elsewhere
        ? [`${scope.role === 'service' ? 'the Services' : 'the pods'} are not in namespace ${orList(named)}`]
        : []),
      ...scraped.conditions,
    ],
    notes: [
      ...(tls.length > 1 ? [encryptionNote(tls)] : exceptions(world, group, scraped.tls)),
      ...(isMerged(usual) ? ['Istio annotates pods that have a sidecar with this port, for its merged metrics'] : []),
      ...sharedNotes([scraped, ...usual.map((outcome) => outcome.scraped)]),
      ...pathNotes(usual.map((outcome) => outcome.scraped)),
    ],
  };
}

/** What the row does not say about pods that have more than the job asks for. */
function exceptions(world: ReadJob['reader']['world'], { all, usual }: Group, usualTls: ClientTls): string[] {
  const others = tlsOf(all).filter((tls) => tls !== usualTls);
  return others.flatMap((tls) => {
    const [first, ...more] = all.filter(({ scraped }) => scraped.tls === tls);
    if (!first) return [];
    const { usual: least } = groupOf([first, ...more]);
    const extra = least.map((outcome) => beyond(outcome, usual[0]));
    const words = podsInWords(world, [extra[0]!, ...extra.slice(1)]);
    const how = usualTls === 'istio-cert' && tls === 'none' ? REFUSED_BY_STRICT : TLS_WORDS[tls];
    return [words === undefined ? `${how} to some of them` : `${how} if ${words}`];
  });
}

/** Pods that get Istio certificates are those behind STRICT sidecars. */
const REFUSED_BY_STRICT = `${TLS_WORDS.none}, which a STRICT sidecar refuses unless the port is excluded from it,`;

/** What an outcome needs more than the usual one. */
function beyond(outcome: Outcome, { chosen }: Outcome): Outcome {
  const more = [...outcome.chosen].filter(([label]) => !chosen.has(label));
  return { ...outcome, scope: { ...outcome.scope, membership: 'outside' }, chosen: new Map(more) };
}

function isMerged(outcomes: Outcomes): boolean {
  return outcomes.every(({ scope, tried, scraped }) => {
    const announced = scraped.port === ISTIO_MERGED_METRICS_PORT && tried !== scraped.port;
    return announced && scope.membership === 'sidecar' && scope.rewrites;
  });
}

function orList(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${last}` : last;
}

const KINDS: Readonly<Record<string, string>> = { pod: 'pods', service: 'Services', endpoints: 'Endpoints' };

/** Selectors of the discovery that the name of the pods does not tell. */
function selectedBy({ selectors }: KubernetesSd): string[] {
  return [...selectors].flatMap(([kind, { labels, text }]) => {
    const isTold =
      kind === 'pod' &&
      labels.matchExpressions.every(({ operator, values }) => operator === 'In' && values.length === 1);
    return isTold || text === '' ? [] : [`the selector ${text} takes the ${KINDS[kind] ?? kind}`];
  });
}
