import { isMapping } from '../flows/programs/document';
import { Pattern } from '../flows/scrape/relabel/pattern';
import type { ProgramConfig } from '../inventory';
import type { Value } from '../value';

/** What a Prometheus stores, as far as its configuration excludes anything for certain. */
export interface StoredMetrics {
  /** Whether some scrape job could store a metric of this name. */
  readonly mayStore: (metric: string) => boolean;
  /** Names of the scrape jobs; undefined when series can have other values of `job`. */
  readonly jobs: readonly string[] | undefined;
}

/** Prometheus writes them itself, after all relabelling. */
const SYNTHETIC: readonly string[] = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'scrape_timeout_seconds',
  'scrape_sample_limit',
  'scrape_body_size_bytes',
  'ALERTS',
  'ALERTS_FOR_STATE',
];

/** Undefined: series can come from elsewhere than the scrape jobs, so that nothing is known. */
export function storedMetrics(program: ProgramConfig): StoredMetrics | undefined {
  const jobs = program.root.get('scrape_configs').items();
  const elsewhere = program.root.get('scrape_config_files').present || receivesPushes(program);
  if (elsewhere || jobs.length === 0) return undefined;
  const filters = jobs.map(filterOf);
  const named = jobs.map((job) => (keepsItsName(job) ? job.get('job_name').text() : undefined));
  return {
    mayStore: (metric) => SYNTHETIC.includes(metric) || filters.some((passes) => passes(metric)),
    jobs: named.every((name) => name !== undefined) ? named : undefined,
  };
}

function receivesPushes({ container: { args, command } }: ProgramConfig): boolean {
  return [...command, ...args].some((arg) => /remote-write-receiver|otlp/.test(arg));
}

/** Whether the metric relabelling of a job lets a name pass; what is not understood does. */
function filterOf(job: Value): (metric: string) => boolean {
  const tests: ((metric: string) => boolean)[] = [];
  for (const rule of job.get('metric_relabel_configs').items()) {
    const { raw } = rule;
    if (!isMapping(raw)) continue;
    const action = typeof raw.action === 'string' ? raw.action.toLowerCase() : 'replace';
    if (action === 'replace' && raw.target_label === '__name__') return () => true;
    const test = nameTest(raw, action);
    if (test) tests.push(test);
  }
  return (metric) => tests.every((passes) => passes(metric));
}

function nameTest(rule: Record<string, unknown>, action: string): ((metric: string) => boolean) | undefined {
  const { source_labels: labels, regex = '(.*)' } = rule;
  const byName = Array.isArray(labels) && labels.length === 1 && labels[0] === '__name__';
  if (!byName || typeof regex !== 'string' || !['keep', 'drop'].includes(action)) return undefined;
  try {
    const pattern = new Pattern(regex);
    return (metric) => pattern.matches(metric) === (action === 'keep');
  } catch {
    return undefined;
  }
}

function keepsItsName(job: Value): boolean {
  const rules = [...job.get('relabel_configs').items(), ...job.get('metric_relabel_configs').items()];
  const renames = rules.some(
    ({ raw }) => isMapping(raw) && (raw.target_label === 'job' || /^label(?:map|drop|keep)$/i.test(String(raw.action))),
  );
  const labelled = job
    .get('static_configs')
    .items()
    .some(({ raw }) => isMapping(raw) && isMapping(raw.labels) && 'job' in raw.labels);
  return !renames && !labelled && job.get('honor_labels').raw !== true;
}
