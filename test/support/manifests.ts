import { App, Chart } from 'cdk8s';
import { parse } from 'yaml';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };

/** A manifest as a reader of the YAML sees it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: Record<string, Json>;
  data?: Record<string, string>;
  rules?: Json[];
}

export interface Container {
  name: string;
  image: string;
  args: string[];
  env: { name: string; value?: string }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
}

export interface PodTemplate {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    automountServiceAccountToken: boolean;
    containers: Container[];
    nodeSelector?: Record<string, string>;
    tolerations?: Json[];
    volumes?: { name: string; emptyDir?: { medium?: string }; projected?: Json; secret?: { secretName: string } }[];
  };
}

export interface Policy {
  podSelector: Json;
  policyTypes: string[];
  ingress: { from: Json[]; ports: Json[] }[];
  egress: { to: Json[]; ports: { port?: number; protocol: string }[] }[];
}

export function newChart(namespace: string | undefined = 'ns'): Chart {
  return new Chart(new App(), 'chart', { namespace });
}

export function manifestsOf(app: App): Manifest[] {
  return app.charts.flatMap((chart) => chart.toJson() as Manifest[]);
}

/** The one manifest of a kind, or of a kind and name; fails when there are several or none. */
export function manifest(manifests: Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((m) => m.kind === kind && (name === undefined || m.metadata.name === name));
  const [only] = found;
  if (found.length !== 1 || !only) throw new Error(`${found.length} manifests of kind ${kind} ${name ?? ''}`);
  return only;
}

export function templateOf({ spec }: Manifest): PodTemplate {
  return spec?.template as unknown as PodTemplate;
}

export function policyOf({ spec }: Manifest): Policy {
  return spec as unknown as Policy;
}

/** A file of a ConfigMap. */
export function fileOf({ data }: Manifest, name: string): string {
  const text = data?.[name];
  if (text === undefined) throw new Error(`no file ${name}`);
  return text;
}

export interface CollectorConfig {
  extensions: Record<string, Record<string, Json>>;
  receivers: Record<string, { config?: { scrape_configs: ScrapeJob[] } } & Record<string, Json | undefined>>;
  processors: Record<string, Record<string, Json>>;
  exporters: Record<string, Record<string, Json>>;
  connectors: Record<string, Record<string, Json>>;
  service: {
    extensions: string[];
    pipelines: Record<string, { receivers: string[]; processors: string[]; exporters: string[] }>;
  };
}

export interface ScrapeJob {
  job_name: string;
  scheme?: string;
  tls_config?: Record<string, Json>;
  kubernetes_sd_configs: { namespaces?: { names: string[] } }[];
  relabel_configs: { regex?: string; action?: string; target_label?: string; replacement?: string }[];
}

export function collectorConfig(manifests: Manifest[]): CollectorConfig {
  const agent = manifests.find((m) => m.kind === 'ConfigMap' && m.data?.['collector.yaml'] !== undefined);
  if (!agent) throw new Error('no collector config');
  return parse(fileOf(agent, 'collector.yaml')) as CollectorConfig;
}
