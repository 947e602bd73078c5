import { type InputGroup, receives } from '../agent/input-groups';
import type { AgentModel } from '../agent/model';
import { type BackendModel, exporterId } from '../backend';
import { collectsObjectStates, type InputModel, isScraping } from '../input';
import { merged } from '../merge';
import { ownProcessors } from './backend-processors';
import { enrichingProcessors, resourceProcessor } from './enrichment';
import { DIAGNOSTIC_METRICS, HEALTH_EXPORTER, HEALTH_PIPELINE, healthProcessors, ownDaemonSetCounts } from './health';
import { OBJECT_STATES, receiverId } from './receivers';

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
 * k8s_cluster → collect-objects → routing/objects ─→ objects ─→ as above
 *                                       └─ number of agents → health
 * ```
 * A backend has a pipeline of its own only if something is done to its data alone.
 */
export function pipelines(agent: AgentModel): Pipelines {
  const own = agent.backends.filter(
    (backend) => receives(backend, agent.groups) && Object.keys(ownProcessors(backend, agent.groups)).length > 0,
  );
  const streams = agent.groups.flatMap((group) => streamsOf(group, agent));
  const routers = streams.filter(({ routes }) => routes.length > 0).map(routerId);
  const parts: Pipelines[] = [
    ...streams.map((stream) => streamPipelines(stream, own)),
    ...own.map((backend) => backendPipeline(backend, agent.groups)),
    ...(routers.length > 0 ? [healthPipeline(routers)] : []),
  ];
  return {
    processors: {
      memory_limiter: MEMORY_LIMITER,
      ...enrichingProcessors(agent),
      ...merged(parts.map((part) => part.processors)),
    },
    connectors: merged(parts.map((part) => part.connectors)),
    pipelines: merged(parts.map((part) => part.pipelines)),
  };
}

const MEMORY_LIMITER = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 };

/** Receivers whose data takes the same way to the same backends. */
interface Stream {
  readonly id: string;
  readonly receivers: readonly string[];
  readonly backends: readonly BackendModel[];
  /** What is done to all of the data. */
  readonly processors: readonly string[];
  /** The pipeline of those processors. */
  readonly pipeline: string;
  /** What leaves for scrape health. */
  readonly routes: readonly Settings[];
}

/** No input group is called `objects`. */
function streamsOf(group: InputGroup, agent: AgentModel): Stream[] {
  const { id, inputs, backends } = group;
  const enrich = `metrics/enrich-${id}`;
  const objects = 'metrics/objects';
  return [
    {
      id,
      receivers: inputs.map(receiverId),
      backends,
      processors: Object.keys(enrichingProcessors(agent)),
      pipeline: enrich,
      routes: scrapeHealth(inputs, enrich),
    },
    ...(inputs.some(collectsObjectStates)
      ? [
          {
            id: 'objects',
            receivers: [OBJECT_STATES],
            backends,
            // Not k8s_attributes: it knows the pods of the leader's node only, so that series would change with the leader.
            processors: Object.keys(resourceProcessor(agent)),
            pipeline: objects,
            routes: [
              { context: 'metric', condition: ownDaemonSetCounts(agent), pipelines: [HEALTH_PIPELINE, objects] },
            ],
          },
        ]
      : []),
  ];
}

function routerId({ id }: Stream): string {
  return `routing/${id}`;
}

function streamPipelines(stream: Stream, own: readonly BackendModel[]): Pipelines {
  const { id, routes, pipeline, backends } = stream;
  const router = routerId(stream);
  const [receivers, processors] = [[...stream.receivers], [...stream.processors]];
  const sinks = backends.map((backend) => (own.includes(backend) ? forwardId(backend) : exporterId(backend)));
  if (routes.length === 0) {
    const whole = { receivers, processors: ['memory_limiter', ...processors], exporters: sinks };
    return { processors: {}, connectors: {}, pipelines: { [pipeline]: whole } };
  }
  return {
    processors: {},
    connectors: { [router]: { error_mode: 'ignore', default_pipelines: [pipeline], table: routes } },
    pipelines: {
      [`metrics/collect-${id}`]: { receivers, processors: ['memory_limiter'], exporters: [router] },
      [pipeline]: { receivers: [router], processors, exporters: sinks },
    },
  };
}

/** Scrape health leaves the stream here, once for all backends; what backends want of it is copied. */
function scrapeHealth(inputs: readonly InputModel[], enrich: string): Settings[] {
  const scraping = inputs.filter(isScraping);
  if (scraping.length === 0) return [];
  const isWanted = scraping.some(({ diagnosticMetrics }) => diagnosticMetrics);
  const condition = DIAGNOSTIC_METRICS.map((name) => `metric.name == "${name}"`).join(' or ');
  return [{ context: 'metric', condition, pipelines: [HEALTH_PIPELINE, ...(isWanted ? [enrich] : [])] }];
}

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

function healthPipeline(routers: string[]): Pipelines {
  const processors = healthProcessors();
  return {
    processors,
    connectors: {},
    pipelines: {
      [HEALTH_PIPELINE]: { receivers: routers, processors: Object.keys(processors), exporters: [HEALTH_EXPORTER] },
    },
  };
}
