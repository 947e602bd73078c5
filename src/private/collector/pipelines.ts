import { type InputGroup, needsNamespaceFilter, receives } from '../agent/input-groups';
import type { AgentModel } from '../agent/model';
import { type BackendModel, exporterId } from '../backend';
import { collectsObjectStates, isScraping } from '../input';
import { merged } from '../merge';
import { isEmpty, type NamespaceSelection } from '../namespace-selection';
import { oneOf } from '../ottl';
import { literal, NODE_NAME_ENV } from './environment';
import { DIAGNOSTIC_METRICS, HEALTH_EXPORTER, HEALTH_PIPELINE, healthProcessors, ownDaemonSetCounts } from './health';
import { BATCH_POINTS, REMOTE_WRITE_BATCH_SECONDS } from './queue';
import { receiverIds } from './receivers';

type Settings = Record<string, unknown>;

/** What the `service.pipelines` of the collector and the components they need consist of. */
export interface Pipelines {
  readonly processors: Record<string, Settings>;
  readonly connectors: Record<string, Settings>;
  readonly pipelines: Record<string, Pipeline>;
}

interface Pipeline {
  readonly receivers: string[];
  readonly processors: string[];
  readonly exporters: string[];
}

/**
 * ```
 * receivers → collect-<group> → routing/<group> ─→ enrich-<group> ─→ exporter
 *                                    │                          └─→ forward/<backend> → backend-<backend> → exporter
 *                                    └─ scrape health → health → prometheus/health
 * ```
 * A backend has a pipeline of its own only if something is done to its data alone.
 */
export function pipelines(agent: AgentModel): Pipelines {
  const own = agent.backends.filter(
    (backend) => receives(backend, agent.groups) && Object.keys(ownProcessors(backend, agent.groups)).length > 0,
  );
  const withHealth = agent.groups.some((group) => routes(group, agent).length > 0);
  const parts: Pipelines[] = [
    ...agent.groups.map((group) => groupPipelines(group, own, agent)),
    ...own.map((backend) => backendPipeline(backend, agent.groups)),
    ...(withHealth ? [healthPipeline(agent)] : []),
  ];
  return {
    processors: {
      memory_limiter: MEMORY_LIMITER,
      ...enrichment(agent),
      ...merged(parts.map((part) => part.processors)),
    },
    connectors: merged(parts.map((part) => part.connectors)),
    pipelines: merged(parts.map((part) => part.pipelines)),
  };
}

const MEMORY_LIMITER = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 };

function groupPipelines(group: InputGroup, own: readonly BackendModel[], agent: AgentModel): Pipelines {
  const router = `routing/${group.id}`;
  const table = routes(group, agent);
  const enriching = Object.keys(enrichment(agent));
  const source = group.inputs.flatMap(receiverIds);
  const sinks = group.backends.map((backend) => (own.includes(backend) ? forwardId(backend) : exporterId(backend)));
  if (table.length === 0) {
    const whole = { receivers: source, processors: ['memory_limiter', ...enriching], exporters: sinks };
    return { processors: {}, connectors: {}, pipelines: { [enrichId(group)]: whole } };
  }
  return {
    processors: {},
    connectors: { [router]: { error_mode: 'ignore', default_pipelines: [enrichId(group)], table } },
    pipelines: {
      [`metrics/collect-${group.id}`]: { receivers: source, processors: ['memory_limiter'], exporters: [router] },
      [enrichId(group)]: { receivers: [router], processors: enriching, exporters: sinks },
    },
  };
}

function enrichId({ id }: InputGroup): string {
  return `metrics/enrich-${id}`;
}

/** Scrape health leaves the stream here, once for all backends; what backends want of it is copied. */
function routes(group: InputGroup, agent: AgentModel): Settings[] {
  const enrich = enrichId(group);
  const scraping = group.inputs.filter(isScraping);
  const wanted = scraping.filter(({ diagnosticMetrics }) => diagnosticMetrics);
  const objectStates = group.inputs.some(collectsObjectStates);
  const isDiagnostic = DIAGNOSTIC_METRICS.map((name) => `metric.name == "${name}"`).join(' or ');
  return [
    ...(scraping.length > 0
      ? [
          {
            context: 'metric',
            condition: isDiagnostic,
            pipelines: [HEALTH_PIPELINE, ...(wanted.length > 0 ? [enrich] : [])],
          },
        ]
      : []),
    ...(objectStates
      ? [{ context: 'metric', condition: ownDaemonSetCounts(agent), pipelines: [HEALTH_PIPELINE, enrich] }]
      : []),
  ];
}

/** The same in every group. */
function enrichment(agent: AgentModel): Record<string, Settings> {
  return { ...resourceProcessor(agent), k8s_attributes: K8S_ATTRIBUTES };
}

/** `service.name` of a scrape is the name of the job; k8s_attributes sets the workload's by semantic conventions. */
function resourceProcessor({ cluster }: AgentModel): Record<string, Settings> {
  const statements = [
    'delete_key(resource.attributes, "service.name") where resource.attributes["url.scheme"] != nil',
    ...(cluster.name === ''
      ? []
      : [`set(resource.attributes["k8s.cluster.name"], ${literal(JSON.stringify(cluster.name))})`]),
  ];
  return { 'transform/resource': { error_mode: 'ignore', metric_statements: statements } };
}

/** Only attributes that come with the pod itself: the processor then watches nothing but the pods of its node. */
const K8S_ATTRIBUTES = {
  auth_type: 'serviceAccount',
  filter: { node_from_env_var: NODE_NAME_ENV },
  extract: {
    otel_annotations: true,
    metadata: [
      'k8s.namespace.name',
      'k8s.pod.name',
      'k8s.pod.uid',
      'k8s.node.name',
      'k8s.deployment.name',
      'k8s.statefulset.name',
      'k8s.daemonset.name',
      'k8s.cronjob.name',
      'k8s.job.name',
      'service.name',
      'service.namespace',
    ],
  },
  pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }],
};

function backendPipeline(backend: BackendModel, groups: readonly InputGroup[]): Pipelines {
  const processors = ownProcessors(backend, groups);
  const pipeline = {
    receivers: [forwardId(backend)],
    processors: Object.keys(processors),
    exporters: [exporterId(backend)],
  };
  return {
    processors,
    connectors: { [forwardId(backend)]: {} },
    pipelines: { [`metrics/backend-${backend.name}`]: pipeline },
  };
}

function forwardId({ name }: BackendModel): string {
  return `forward/${name}`;
}

/**
 * In this order: nothing is transformed that is not wanted, differences are taken of what is sent, and batches come last. The prefixes keep
 * names of backends apart from those of our own components and from each other.
 */
function ownProcessors(backend: BackendModel, groups: readonly InputGroup[]): Record<string, Settings> {
  const { name, namespaces, transforms, filters, delta } = backend;
  const foreign = groups.some((group) => group.backends.includes(backend) && needsNamespaceFilter(backend, group));
  const interval = Math.max(...groups.flatMap(({ inputs }) => inputs.map(({ intervalSeconds }) => intervalSeconds)));
  return {
    ...(foreign && { [`filter/namespaces-${name}`]: dropping([outside(namespaces)]) }),
    ...(transforms.length > 0 && {
      [`transform/backend-${name}`]: { error_mode: 'ignore', metric_statements: transforms.map(literal) },
    }),
    ...(filters.length > 0 && { [`filter/backend-${name}`]: dropping(filters.map(literal)) }),
    // A series that stays away for four intervals starts anew.
    ...(delta && { [`cumulative_to_delta/${name}`]: { max_staleness: `${4 * interval}s` } }),
    ...(backend.protocol === 'prometheusRemoteWrite' && { [`batch/${name}`]: REMOTE_WRITE_BATCH }),
  };
}

/** OTLP exporters batch in their queue; the queue of remote write counts requests, whatever their size. */
const REMOTE_WRITE_BATCH = {
  timeout: `${REMOTE_WRITE_BATCH_SECONDS}s`,
  send_batch_size: BATCH_POINTS,
  send_batch_max_size: BATCH_POINTS,
};

function dropping(conditions: string[]): Settings {
  return { error_mode: 'ignore', metric_conditions: conditions };
}

/** Nodes have no namespace and are never outside. */
function outside(selection: NamespaceSelection): string {
  const namespace = 'resource.attributes["k8s.namespace.name"]';
  if (isEmpty(selection)) return `${namespace} != nil`;
  const names = 'only' in selection ? selection.only : selection.allExcept;
  const matches = `IsMatch(${namespace}, "${literal(oneOf(names))}")`;
  return 'only' in selection ? `${namespace} != nil and not ${matches}` : matches;
}

function healthPipeline(agent: AgentModel): Pipelines {
  const processors = healthProcessors();
  const receivers = agent.groups.filter((group) => routes(group, agent).length > 0).map(({ id }) => `routing/${id}`);
  return {
    processors,
    connectors: {},
    pipelines: {
      [HEALTH_PIPELINE]: { receivers, processors: Object.keys(processors), exporters: [HEALTH_EXPORTER] },
    },
  };
}
