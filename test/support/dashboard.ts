import { parse } from 'yaml';
import { fileOf, type Manifest } from './manifests';

/** A dashboard as Grafana reads it, as far as tests look at it. */
export interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  refresh: string;
  templating: { list: { name: string; type: string; regex: string; definition?: string; datasource?: DataSource }[] };
  panels: Panel[];
}

interface DataSource {
  type: string;
  uid: string;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { h: number; w: number; x: number; y: number };
  datasource?: DataSource;
  targets?: { expr: string; legendFormat: string; interval: string; datasource: DataSource }[];
}

export function dashboardMap(manifests: Manifest[]): Manifest {
  const found = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('-dashboard'));
  if (!found) throw new Error('no dashboard');
  return found;
}

export function dashboardOf(manifests: Manifest[]): Dashboard {
  const files = Object.entries(dashboardMap(manifests).data ?? {});
  if (files.length !== 1) throw new Error(`${files.length} files`);
  return JSON.parse(files[0]![1]) as Dashboard;
}

export const titles = ({ panels }: Dashboard): string[] => panels.map(({ title }) => title);

/** The queries of a panel, or of all. */
export function queries({ panels }: Dashboard, title?: string): string[] {
  return panels
    .filter((panel) => title === undefined || panel.title === title)
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

/** What Prometheus keeps of each job, beside `up`. */
export function keptMetrics(prometheus: Manifest): Record<string, string[]> {
  const config = parse(fileOf(prometheus, 'prometheus.yml')) as {
    scrape_configs: { job_name: string; metric_relabel_configs: { regex: string; action?: string }[] }[];
  };
  return Object.fromEntries(
    config.scrape_configs.map(({ job_name, metric_relabel_configs }) => [
      job_name,
      metric_relabel_configs.filter(({ action }) => action === 'keep').flatMap(({ regex }) => regex.split('|')),
    ]),
  );
}

export interface Selector {
  metric: string;
  labels: string[];
  job: string | undefined;
}

/** The selectors of an expression. Ours always have braces. */
export function selectors(expr: string): Selector[] {
  return [...expr.matchAll(/([A-Za-z_]\w*)\{([^}]*)\}/g)].map(([, metric = '', matchers = '']) => ({
    metric,
    labels: [...matchers.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label = '']) => label),
    job: /(?:^|,)job="([^"]*)"/.exec(matchers)?.[1],
  }));
}
