import { planOf } from '../../../src/plan';
import type { Finding, Plan } from '../../../src/plan/result';
import { NO_FACTS, type PlanFacts } from '../../../src/plan/world';
import type { SidecarMeshFacts } from '../../../src/private/cluster-facts';
import { sidecarMeshFacts } from '../support/mesh';
import type { Tree } from '../support/stacks';

/** A sidecar mesh as `Cluster` declares it, PERMISSIVE unless told otherwise. */
export function sidecarMesh(more: Partial<SidecarMeshFacts> = {}): PlanFacts {
  return { ...NO_FACTS, mesh: sidecarMeshFacts(more) };
}

export const NO_MESH: PlanFacts = { ...NO_FACTS, mesh: { mode: 'none' } };

/** `traffic.sidecar.istio.io/` and whatever else a pod says; undefined takes a default of the stack away. */
type Keys = Record<string, string | undefined>;

export interface AgentSettings {
  readonly namespace?: string;
  readonly labels?: Keys;
  readonly annotations?: Keys;
  readonly ownLabels?: Keys;
  readonly ownAnnotations?: Keys;
  readonly pod?: Record<string, unknown>;
  readonly container?: Record<string, unknown>;
  readonly volumes?: readonly unknown[];
  readonly mounts?: readonly unknown[];
  readonly config?: CollectorSettings;
}

/** Sections of its configuration, besides a receiver and an exporter that connect to nobody. */
export interface CollectorSettings {
  readonly receivers?: Tree;
  readonly processors?: Tree;
  readonly exporters?: Tree;
  readonly connectors?: Tree;
  readonly extensions?: Tree;
  readonly service?: Tree;
}

/** A collector on every node with its configuration; injected, and intercepting 4317 only. */
export function agent(settings: AgentSettings = {}): Tree[] {
  const { namespace = 'obs', config = {} } = settings;
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'agent', namespace },
      data: { 'c.yaml': JSON.stringify(collector(config)) },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {
        name: 'agent',
        namespace,
        labels: settings.ownLabels ?? {},
        annotations: settings.ownAnnotations ?? {},
      },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          metadata: {
            labels: { app: 'agent', 'sidecar.istio.io/inject': 'true', ...settings.labels },
            annotations: {
              'traffic.sidecar.istio.io/includeOutboundPorts': '4317',
              'traffic.sidecar.istio.io/includeOutboundIPRanges': '',
              ...settings.annotations,
            },
          },
          spec: {
            containers: [
              {
                name: 'collector',
                image: 'otel/opentelemetry-collector-contrib:0.158.0',
                args: ['--config=/conf/c.yaml'],
                volumeMounts: [{ name: 'config', mountPath: '/conf' }, ...(settings.mounts ?? [])],
                ...settings.container,
              },
            ],
            volumes: [{ name: 'config', configMap: { name: 'agent' } }, ...(settings.volumes ?? [])],
            ...settings.pod,
          },
        },
      },
    },
  ].map(withoutUndefined);
}

function collector(more: CollectorSettings): Tree {
  const pipelines = { metrics: { receivers: ['otlp'], exporters: ['debug'] } };
  return {
    receivers: { otlp: { protocols: { grpc: {} } }, ...more.receivers },
    exporters: { debug: {}, ...more.exporters },
    ...(more.processors && { processors: more.processors }),
    ...(more.extensions && { extensions: more.extensions }),
    ...(more.connectors && { connectors: more.connectors }),
    service: { pipelines, ...more.service },
  };
}

export interface PrometheusSettings {
  readonly labels?: Keys;
  readonly config?: Tree;
  readonly rules?: readonly Tree[];
  readonly args?: readonly string[];
  readonly env?: readonly unknown[];
}

/** A Prometheus outside the mesh. */
export function prometheus({
  labels = {},
  config = {},
  rules = [],
  args = [],
  env = [],
}: PrometheusSettings = {}): Tree[] {
  const namespace = 'obs';
  const data = {
    'prometheus.yml': JSON.stringify({ rule_files: ['rules.yml'], ...config }),
    'rules.yml': JSON.stringify({ groups: [{ name: 'g', rules }] }),
  };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prometheus', namespace }, data },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'prometheus', namespace },
      spec: {
        template: {
          metadata: { labels: { app: 'prometheus', 'sidecar.istio.io/inject': 'false', ...labels } },
          spec: {
            containers: [
              {
                name: 'prometheus',
                image: 'prom/prometheus:v3.13.2',
                args: ['--config.file=/etc/prometheus/prometheus.yml', ...args],
                env,
                ports: [{ containerPort: 9090 }],
                volumeMounts: [{ name: 'config', mountPath: '/etc/prometheus' }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name: 'prometheus' } }],
          },
        },
      },
    },
  ];
}

/** A collector that pushes to one URL. */
export function pushing(endpoint: string, exporter: Tree = {}, type = 'otlp_http'): CollectorSettings {
  return {
    exporters: { [`${type}/backend`]: { endpoint, ...exporter } },
    service: { pipelines: { metrics: { receivers: ['otlp'], exporters: [`${type}/backend`] } } },
  };
}

/** A collector that scrapes. */
export function scraping(job: Tree): CollectorSettings {
  return {
    receivers: { prometheus: { config: { scrape_configs: [{ job_name: 'apps', ...job }] } } },
    service: { pipelines: { metrics: { receivers: ['prometheus'], exporters: ['debug'] } } },
  };
}

export function namespace(name: string, labels: Record<string, string> = {}): Tree {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A program with a Service in front. */
export function app(
  name: string,
  namespace: string,
  labels: Keys,
  ports: { port: number; targetPort?: number; name?: string }[],
  { service = {}, annotations = {} }: { readonly service?: Tree; readonly annotations?: Keys } = {},
): Tree[] {
  const selector = { app: name };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        template: {
          metadata: { labels: { ...selector, ...labels }, annotations },
          spec: {
            containers: [
              {
                name: 'app',
                image: 'app:1',
                ports: ports.map(({ port, targetPort = port }) => ({ containerPort: targetPort })),
              },
            ],
          },
        },
      },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector, ports, ...service } },
  ].map(withoutUndefined);
}

export const INJECTED: Keys = { 'sidecar.istio.io/inject': 'true' };
export const NOT_INJECTED: Keys = { 'sidecar.istio.io/inject': 'false' };

function withoutUndefined<T>(manifest: T): T {
  return JSON.parse(JSON.stringify(manifest)) as T;
}

export function planned(manifests: readonly Tree[], facts: PlanFacts = sidecarMesh()): Plan {
  return planOf(
    manifests.map((raw, i) => ({ where: `test.yaml, document ${i + 1}`, raw: raw })),
    facts,
  );
}

/** Findings of these codes only: each test is about its own. */
export function findings(manifests: readonly Tree[], codes: string | RegExp, facts?: PlanFacts): Finding[] {
  return planned(manifests, facts).findings.filter(({ code }) =>
    typeof codes === 'string' ? code === codes : codes.test(code),
  );
}

export function codes(manifests: readonly Tree[], facts?: PlanFacts): string[] {
  return planned(manifests, facts).findings.map(({ code }) => code);
}
