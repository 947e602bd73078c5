import type { ProgramConfig } from '../inventory';
import type { Value } from '../value';
import { listed, quoted } from '../words';
import { type Found, found } from './finding';
import { selectorsIn } from './promql-selectors';
import { type StoredMetrics, storedMetrics } from './stored-metrics';

/** No expression that somebody wrote is longer, and reading it costs more than its length. */
const LONGEST_EXPRESSION = 20_000;

/** Alerts of a Prometheus that look at what it does not store. */
export function alertRules(program: ProgramConfig, ruleFiles: readonly ProgramConfig[]): Found[] {
  const stored = storedMetrics(program);
  if (!stored) return [];
  const rules = ruleFiles.flatMap((file) => rulesOf(file));
  const recorded = new Set(rules.flatMap(({ rule }) => rule.get('record').text() ?? []));
  const recordedJobs = rules.flatMap(({ rule }) => rule.at('labels', 'job').text() ?? []);
  return rules
    .filter(({ rule }) => rule.get('alert').present)
    .flatMap(({ object, rule }) => ofRule(object, rule, stored, recorded, recordedJobs));
}

function rulesOf({ object, root }: ProgramConfig): { readonly object: string; readonly rule: Value }[] {
  const groups = root.get('groups').items();
  return groups.flatMap((group) => group.get('rules').items()).map((rule) => ({ object, rule }));
}

function ofRule(
  object: string,
  rule: Value,
  { mayStore, jobs }: StoredMetrics,
  recorded: ReadonlySet<string>,
  recordedJobs: readonly string[],
): Found[] {
  const expression = rule.get('expr');
  const text = typeof expression.raw === 'string' ? expression.raw : '';
  if (text.length > LONGEST_EXPRESSION) return [];
  const selected = selectorsIn(text);
  const alert = rule.get('alert').text() ?? '';
  const lost = selected.metrics.filter((metric) => !recorded.has(metric) && !mayStore(metric));
  const missing = jobs ? selected.jobs.filter((job) => ![...jobs, ...recordedJobs].includes(job)) : [];
  return [
    ...lost.map((metric) =>
      found(
        'CT606',
        { object, field: expression.field },
        {
          message: `Alert ${alert} reads ${metric}, which no scrape job keeps.`,
          fix: `Add ${metric} to the regex of the "keep" rule in metric_relabel_configs, or correct the name.`,
        },
      ),
    ),
    ...missing.map((job) =>
      found(
        'CT607',
        { object, field: expression.field },
        {
          message: `Alert ${alert} selects job=${quoted(job)}, but there is no such scrape job.`,
          fix: `Write the name of a scrape job: ${listed((jobs ?? []).map(quoted))}.`,
        },
      ),
    ),
  ];
}
