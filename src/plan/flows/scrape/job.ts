import type { ClientTls, Destination } from '../../connection';
import type { ProgramConfig } from '../../inventory';
import type { Value } from '../../value';
import { HTTP, HTTPS, parseAddress } from '../address';
import type { FlowReader, Part } from '../connect';
import { destinationOf } from '../host';
import { encryptedBy } from '../tls';
import { ADDRESS, labelsOf, METRICS_PATH, SCHEME } from './discovery/meta-labels';
import { ANY_PORT, type Target, addressesOf } from './discovery/target';
import type { Layer } from './relabel/label-set';
import { isFilter, type Rule } from './relabel/rule';
import { conditionOf, dependenceOf, simulate } from './simulate';

/** A scrape job of a collector or a Prometheus. */
export interface ScrapeJob {
  readonly program: ProgramConfig;
  /** `receivers.prometheus/pods`; empty for the jobs of a prometheus.yml. */
  readonly source: string;
  /** The job, with the references of the collector replaced. */
  readonly config: Value;
}

/** A job whose relabel rules are read. */
export interface ReadJob {
  readonly reader: FlowReader;
  readonly part: Part;
  readonly rules: readonly Rule[];
  /** Labels that Prometheus adds to a target where discovery does not set them. */
  readonly defaults: Layer;
  /** How the job encrypts where it uses `https`. */
  readonly encryption: ClientTls;
}

export function jobOf(reader: FlowReader, part: Part, rules: readonly Rule[]): ReadJob {
  const { settings } = part;
  const params = settings.get('params').entries();
  const defaults = labelsOf([
    ['job', settings.get('job_name').text() ?? ''],
    [SCHEME, settings.get('scheme').text() ?? 'http'],
    [METRICS_PATH, settings.get('metrics_path').text() ?? DEFAULT_PATH],
    ...params.map(([name, values]): [string, string] => [`__param_${name}`, values.texts()[0] ?? '']),
  ]);
  return { reader, part, rules, defaults, encryption: encryptedBy(part, settings.get('tls_config')) };
}

/** What is dialled for a target that relabelling kept. */
export interface Scraped {
  readonly to: Destination;
  readonly port: number | null;
  readonly tls: ClientTls;
  readonly path: string;
  /** Conditions under which it is dialled, in words. */
  readonly conditions: readonly string[];
  readonly notes: readonly string[];
}

/** Undefined when relabelling drops the target, or leaves nothing that could be dialled. */
export function scraped(job: ReadJob, target: Target): Scraped | undefined {
  const { world } = job.reader;
  const addresses = addressesOf(world.facts);
  const result = simulate(job, target, addresses);
  if (!result) return undefined;
  const text = result.labels.get(ADDRESS);
  const address = text.includes('/') ? undefined : parseAddress(text.includes('::') ? bracketed(text) : text);
  if (!address) return undefined;
  const scheme = result.labels.get(SCHEME) === 'https' ? 'https' : 'http';
  const port = address.port ?? (scheme === 'https' ? HTTPS : HTTP).port;
  const isDecided = (label: string) => !result.undecided.some((rule) => rule.target === label);
  const isKnownPort = isDecided(ADDRESS) && !(target.anyPort === true && port === ANY_PORT);
  return {
    to: isDecided(ADDRESS) ? destination(job, target, address.host, addresses.node) : target.destination,
    port: isKnownPort ? port : null,
    tls: !isDecided(SCHEME) ? 'unknown' : scheme === 'https' ? job.encryption : 'none',
    path: result.labels.get(METRICS_PATH),
    conditions: [
      ...(target.condition === undefined ? [] : [target.condition]),
      ...result.undecided.filter(isFilter).map((rule) => conditionOf(world, rule)),
    ],
    notes: [
      ...(target.note === undefined ? [] : [target.note]),
      ...result.undecided.filter((rule) => !isFilter(rule)).map((rule) => dependenceOf(world, rule)),
    ],
  };
}

/** Discovery leaves a bare IPv6 address when a pod declares no port. */
function bracketed(text: string): string {
  return text.startsWith('[') ? text : `[${text}]`;
}

export const DEFAULT_PATH = '/metrics';

function destination({ reader, part }: ReadJob, target: Target, host: string, node: string): Destination {
  if (host === target.host) return target.destination;
  if (host === node) return { kind: 'kubelet' };
  return destinationOf(reader.world, host, part.program.workload);
}
