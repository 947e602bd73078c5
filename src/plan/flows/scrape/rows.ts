import { type ClientTls, type Connection, type Destination, destinationKey } from '../../connection';
import { type Group, groupsBy } from '../../group-by';
import type { Part } from '../connect';
import { NODE_NAME } from '../placeholders';
import { ISTIO_METRICS_PATH } from './discovery/istio';
import { WITH_SIDECAR, WITHOUT_SIDECAR } from './discovery/running';
import { DEFAULT_PATH, type Scraped } from './job';

/** One row of the plan. */
export interface Row {
  readonly to: Destination;
  readonly port: number | null;
  readonly tls: ClientTls;
  readonly conditions: readonly string[];
  readonly notes: readonly string[];
}

export function connectionOf(
  { program, source, settings }: Part,
  { to, port, tls, conditions, notes }: Row,
): Connection {
  const note = distinctTexts(notes).join('; ');
  const condition = distinctTexts(conditions).join(', and ');
  return {
    client: { kind: 'workload', workload: program.workload },
    to,
    purpose: 'scrape',
    source,
    object: program.object,
    field: settings.field,
    protocol: 'TCP',
    port,
    tls,
    application: 'http',
    dialler: 'application',
    ...(note !== '' && { note }),
    ...(condition !== '' && { condition }),
  };
}

/** Paths that need no mention. */
const USUAL_PATHS: readonly string[] = [DEFAULT_PATH, ISTIO_METRICS_PATH];

export function pathNotes(found: readonly Scraped[]): string[] {
  const paths = distinctTexts(found.map(({ path }) => path)).filter((path) => !USUAL_PATHS.includes(path));
  return paths.map((path) => `path ${path.replaceAll(NODE_NAME, '<node>')}`);
}

/** What is said about a row when settings that nobody has told us decide how it is encrypted. */
export function encryptionNote(found: readonly ClientTls[]): string {
  return `depending on the target ${distinctTexts(found.map((tls) => TLS_WORDS[tls])).join(' or ')}`;
}

export const TLS_WORDS: Readonly<Record<ClientTls, string>> = {
  none: 'plain HTTP',
  app: 'TLS without an Istio certificate',
  'istio-cert': "TLS with the sidecar's certificate",
  unknown: 'HTTP with or without TLS',
};

export function distinctTexts(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

export function rowKey({ to, port, tls, conditions, notes }: Row): string {
  return JSON.stringify([destinationKey(to), port, tls, conditions, notes]);
}

/** Rows for targets that are known one by one: the same place and port is one connection. */
export function rowsOf(found: readonly Scraped[]): Row[] {
  return groupsBy(found, ({ to, port }) => `${destinationKey(to)} ${port ?? '*'}`).map((group) => {
    const [{ to, port, tls }] = group;
    const tlsFound = [...new Set(group.map((one) => one.tls))];
    return {
      to,
      port,
      tls: tlsFound.length === 1 ? tls : 'unknown',
      // What is dialled under one condition and under another anyway needs none.
      conditions: group.some(({ conditions }) => conditions.length === 0) ? [] : alternatives(group),
      notes: [...sharedNotes(group), ...pathNotes(group), ...(tlsFound.length > 1 ? [encryptionNote(tlsFound)] : [])],
    };
  });
}

/** What holds for one of several ways to the same target is not true of the connection. */
export function sharedNotes([first, ...others]: Group<Scraped>): string[] {
  return first.notes.filter((note) => others.every(({ notes }) => notes.includes(note)));
}

/** With a sidecar or without is no condition. */
function alternatives(group: readonly Scraped[]): string[] {
  const found = distinctTexts(group.map(({ conditions }) => conditions.join(' and ')));
  return found.includes(WITH_SIDECAR) && found.includes(WITHOUT_SIDECAR) ? [] : [found.join(', or ')];
}
