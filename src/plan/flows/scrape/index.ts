import type { Connection } from '../../connection';
import { groupsBy } from '../../group-by';
import type { Workload } from '../../inventory';
import type { Unread } from '../../unread';
import type { World } from '../../world';
import { HTTP, parseAddress, webScheme } from '../address';
import type { FlowReader, Part } from '../connect';
import { destinationOf } from '../host';
import { unknownIn } from '../placeholders';
import { assumedRows } from './assumed';
import { knownTargets } from './discovery/known';
import { type KubernetesSd, readKubernetesSd } from './discovery/kubernetes-sd';
import { dnsTargets, staticTargets } from './discovery/listed';
import { jobOf, type ReadJob, type ScrapeJob, scraped } from './job';
import { readRules } from './relabel/rule';
import { connectionOf, type Row, rowKey, rowsOf } from './rows';

export type { ScrapeJob } from './job';

/**
 * The connections that a scrape job opens to its targets. Their source is `receivers.prometheus/pods/jobs.<name>`, or
 * `scrape_configs.<name>` in a prometheus.yml. Discovery itself, that is connections to the API server, is not among them.
 */
export function scrapeConnections(world: World, unread: Unread, job: ScrapeJob): Connection[] {
  const reader: FlowReader = { world, unread };
  const part = partOf(job);
  reportOtherDiscovery(reader, part);
  const proxied = throughProxy(reader, part);
  // Two discoveries of a job may find the same.
  return groupsBy(proxied ?? directRows(reader, part), rowKey).map(([row]) => connectionOf(part, row));
}

function partOf({ program, source, config }: ScrapeJob): Part {
  const name = config.get('job_name').text() ?? '';
  return { program, settings: config, source: source === '' ? `scrape_configs.${name}` : `${source}/jobs.${name}` };
}

const READ_DISCOVERY: readonly string[] = ['kubernetes_sd_configs', 'static_configs', 'dns_sd_configs'];

function reportOtherDiscovery({ unread }: FlowReader, { program, settings }: Part): void {
  const others = settings.keys().filter((key) => key.endsWith('_sd_configs') && !READ_DISCOVERY.includes(key));
  for (const key of others) {
    const setting = settings.get(key);
    if (setting.items().length === 0) continue;
    unread.report(program.object, setting.field, `which targets ${key} finds is only known while it runs`);
  }
}

/** All requests of the job go to the proxy, which opens the connections to the targets. */
function throughProxy({ world, unread }: FlowReader, { program, settings }: Part): Row[] | undefined {
  if (settings.get('proxy_from_environment').flag() === true) {
    unread.report(
      program.object,
      settings.get('proxy_from_environment').field,
      'a proxy of the environment is not analysed',
    );
  }
  const url = settings.get('proxy_url').text();
  if (url === undefined || url === '') return undefined;
  unread.report(
    program.object,
    settings.get('proxy_url').field,
    'which targets are scraped through the proxy is not analysed',
  );
  const address = parseAddress(url);
  if (!address || address.host === '') return [];
  const scheme = webScheme(address.scheme) ?? HTTP;
  return [
    {
      to: destinationOf(world, address.host, program.workload),
      port: address.port ?? scheme.port,
      tls: scheme.encrypted ? 'app' : 'none',
      conditions: [],
      notes: ['an HTTP proxy, which connects to the targets'],
    },
  ];
}

function directRows(reader: FlowReader, part: Part): Row[] {
  const { program, settings } = part;
  const found = kubernetesDiscoveries(reader, part);
  const unknown = found.filter(({ missing }) => missing !== undefined);
  const discoveries = found.filter(({ missing }) => missing === undefined);
  const read = readRules(settings.get('relabel_configs'));
  if ('reason' in read) {
    reader.unread.report(program.object, read.field, read.reason);
    return found.flatMap((sd) => undecidedRows(reader.world, sd, RULES_DECIDE));
  }
  const job = jobOf(reader, part, read.rules);
  return [
    ...listedRows(job),
    ...discoveries.flatMap((sd) => discoveredRows(job, sd)),
    ...unknown.flatMap((sd) =>
      undecidedRows(reader.world, sd, `the value of ${sd.missing ?? ''}, which is not known, selects them`),
    ),
  ];
}

function listedRows(job: ReadJob): Row[] {
  const { reader, part } = job;
  const { program, settings } = part;
  const configs = settings.get('static_configs');
  const found = staticTargets(reader.world, program.workload, configs).flatMap((target) => {
    const result = scraped(job, target);
    // A value that is missing is reported with its reference, where it stands.
    if (!result && !parseAddress(target.host) && unknownIn(target.host) === undefined) {
      reader.unread.report(program.object, configs.field, `${target.host} is no host:port`);
    }
    return result ?? [];
  });
  const resolved = dnsTargets(reader.world, program.workload, settings.get('dns_sd_configs'));
  return rowsOf([...found, ...resolved.flatMap((target) => scraped(job, target) ?? [])]);
}

function kubernetesDiscoveries({ unread }: FlowReader, { program, settings }: Part): KubernetesSd[] {
  return settings
    .get('kubernetes_sd_configs')
    .items()
    .flatMap((config) => {
      const sd = readKubernetesSd(config, program.workload);
      if (sd && !sd.elsewhere) return [sd];
      const reason = sd ? 'the targets of another API server are not analysed' : 'Prometheus knows no such role';
      unread.report(program.object, config.field, reason);
      return [];
    });
}

function discoveredRows(job: ReadJob, sd: KubernetesSd): Row[] {
  const { world, unread } = job.reader;
  const found = knownTargets(world, sd).flatMap((target) => scraped(job, target) ?? []);
  const known = rowsOf(found);
  if (sd.role === 'node' || sd.role === 'ingress') return known;
  const workloads = found.flatMap(({ to }) => (to.kind === 'workload' ? to.workload : []));
  const assumed = assumedRows(job, sd, [...new Set<Workload>(workloads)]);
  if (assumed === undefined) return [...known, ...undecidedRows(world, sd, RULES_DECIDE)];
  const { rows, isComplete } = assumed;
  if (known.length === 0 && rows.length === 0) {
    if (!isComplete) return undecidedRows(world, sd, RULES_DECIDE);
    const { program, settings } = job.part;
    unread.report(
      program.object,
      settings.field,
      'no target that manifests or facts describe gets past the relabel rules',
    );
  }
  return [...known, ...rows];
}

const RULES_DECIDE = 'the relabel rules, which decide about address and scheme too, keep them';

/** What can be said when discovery or relabel rules cannot be followed. */
function undecidedRows({ facts: { mesh } }: World, sd: KubernetesSd, condition: string): Row[] {
  const dataPlane = mesh?.mode === 'none' ? 'none' : 'unknown';
  const pods = { name: 'pods', labels: {}, dataPlane } as const;
  const places = sd.namespaces?.map((namespace) => ({ ...pods, namespace })) ?? [pods];
  return places.map((place) => ({
    to: { kind: 'pods', pods: place },
    port: null,
    tls: 'unknown',
    conditions: [condition],
    notes: [],
  }));
}
