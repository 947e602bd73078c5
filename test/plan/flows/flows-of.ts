import { dump } from 'js-yaml';
import type { Connection, Destination } from '../../../src/plan/connection';
import { connectionsOf } from '../../../src/plan/flows';
import type { Programs } from '../../../src/plan/flows/programs';
import { Unread } from '../../../src/plan/unread';
import type { PlanFacts } from '../../../src/plan/world';
import { worldOf } from '../support/world';

export interface Flows {
  readonly connections: readonly Connection[];
  readonly programs: Programs;
  /** `agent → service monitoring/prometheus:9090 push none exporters.otlp`. */
  readonly rows: readonly string[];
  /** `field: reason`. */
  readonly unread: readonly string[];
}

export function flowsOf(manifests: string | readonly object[], facts: Partial<PlanFacts> = {}): Flows {
  const unread = new Unread();
  const world = worldOf(typeof manifests === 'string' ? manifests : yamlOf(manifests), facts);
  const { connections, programs } = connectionsOf(world, unread);
  return {
    connections,
    programs,
    rows: connections.map(rowOf),
    unread: unread.list().map(({ field, reason }) => `${field}: ${reason}`),
  };
}

export function yamlOf(manifests: readonly object[]): string {
  return manifests.map((manifest) => dump(manifest)).join('---\n');
}

function rowOf({ client, to, port, protocol, purpose, tls, source }: Connection): string {
  const from = client.kind === 'workload' ? client.workload.name : client.kind;
  return `${from} → ${nameOf(to)}:${port}${protocol === 'UDP' ? '/UDP' : ''} ${purpose} ${tls} ${source}`;
}

function nameOf(to: Destination): string {
  switch (to.kind) {
    case 'service':
      return `service ${to.namespace}/${to.name}`;
    case 'workload':
    case 'loopback':
      return `${to.kind} ${to.workload.name}`;
    case 'pods':
      return `pods ${to.pods.name}`;
    case 'istiod':
      return `istiod ${to.namespace}`;
    case 'external':
      return to.host;
    default:
      return to.kind;
  }
}

/** Only what the program itself connects to. */
export function programRows({ rows }: Flows): string[] {
  return rows.filter((row) => !/ (?:resolve|probe|certificates|webhook) /.test(row));
}

export interface PodParts {
  readonly container?: object;
  readonly spec?: object;
  readonly metadata?: object;
}

export function deployment(name: string, { container, spec, metadata }: PodParts = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'here' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { ...metadata, labels: { app: name, ...(metadata as { labels?: object } | undefined)?.labels } },
        spec: { containers: [{ name: 'main', image: 'example/app:1', ...container }], ...spec },
      },
    },
  };
}

export function configMap(name: string, data: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'here' }, data };
}

/** A pod that mounts ConfigMap `config` at `/conf`. */
export function withConfig(container: object, parts: PodParts = {}): PodParts {
  return {
    ...parts,
    container: { volumeMounts: [{ name: 'config', mountPath: '/conf' }], ...container },
    spec: { volumes: [{ name: 'config', configMap: { name: 'config' } }], ...parts.spec },
  };
}

/** A collector named `agent` with this configuration. */
export function collector(config: object | string, container: object = {}, parts: PodParts = {}): object[] {
  const text = typeof config === 'string' ? config : dump(config);
  const image = 'otel/opentelemetry-collector-contrib:0.158.0';
  return [
    configMap('config', { 'collector.yaml': text }),
    deployment('agent', withConfig({ image, args: ['--config=/conf/collector.yaml'], ...container }, parts)),
  ];
}

/** A collector with one component of a group in a pipeline of metrics, or among the extensions. */
export function collectorWith(group: string, id: string, settings: unknown, container: object = {}): object[] {
  const base: Record<string, object> = { receivers: { nop: null }, exporters: { nop: null } };
  const isExtension = group === 'extensions';
  return collector(
    {
      ...base,
      [group]: { ...base[group], [id]: settings },
      service: {
        ...(isExtension && { extensions: [id] }),
        pipelines: { metrics: { receivers: ['nop'], exporters: ['nop'], ...(!isExtension && { [group]: [id] }) } },
      },
    },
    container,
  );
}

/** A Prometheus named `prometheus` with this configuration. */
export function prometheus(config: object, files: Record<string, string> = {}): object[] {
  return [
    configMap('config', { 'prometheus.yml': dump(config), ...files }),
    deployment('prometheus', withConfig({ image: 'prom/prometheus:v3', args: ['--config.file=/conf/prometheus.yml'] })),
  ];
}
