import type { Connection } from '../../connection';
import type { FlowReader, Part } from '../connect';
import type { ProgramConfig } from '../../inventory';
import type { Unread } from '../../unread';
import type { Value } from '../../value';

export type Group = 'receivers' | 'processors' | 'exporters' | 'extensions';

/** A component that the collector starts: one that a pipeline or `service.extensions` names. */
export interface Component extends Part {
  readonly group: Group;
  /** Without underscores, so that `otlp_http` and its older name `otlphttp` are the same (collector 0.157). */
  readonly type: string;
  /** Of exporters and receivers: the kinds of pipelines they are in, such as `metrics`. */
  readonly signals: readonly string[];
}

/** Finds what a component of one type connects to. */
export type ComponentReader = (reader: FlowReader, component: Component) => Connection[];

/** Components that are defined but not used open no connection. */
export function usedComponents(program: ProgramConfig, unread: Unread): Component[] {
  const service = program.root.get('service');
  const pipelines = service.get('pipelines').entries();
  const inPipelines = (['receivers', 'processors', 'exporters'] as const).flatMap((group) =>
    pipelines.flatMap(([name, pipeline]) =>
      pipeline
        .get(group)
        .items()
        .map((reference) => ({ group, reference, signal: signalOf(name) })),
    ),
  );
  const extensions = service.get('extensions').items();
  const uses = [
    ...inPipelines,
    ...extensions.map((reference) => ({ group: 'extensions', reference, signal: '' }) as const),
  ];
  return componentsOf(program, uses, unread);
}

interface Use {
  readonly group: Group;
  readonly reference: Value;
  readonly signal: string;
}

function componentsOf(program: ProgramConfig, uses: readonly Use[], unread: Unread): Component[] {
  const defined = (group: string) => new Set(program.root.get(group).keys());
  const connectors = defined('connectors');
  const ids = {
    receivers: defined('receivers'),
    processors: defined('processors'),
    exporters: defined('exporters'),
    extensions: defined('extensions'),
  };
  const found = new Map<string, Component & { signals: string[] }>();
  for (const { group, reference, signal } of uses) {
    const id = reference.text();
    if (id === undefined) continue;
    const source = `${group}.${id}`;
    const known = found.get(source);
    if (known) known.signals.push(signal);
    else if (ids[group].has(id)) {
      const settings = program.root.get(group).get(id);
      found.set(source, { program, group, type: typeOf(id), source, settings, signals: [signal] });
    } else if (!connectors.has(id)) {
      unread.report(program.object, reference.field, `${source} is not defined`);
    }
  }
  return [...found.values()];
}

function typeOf(id: string): string {
  return (id.split('/')[0] ?? '').replaceAll('_', '');
}

/** `metrics` of the pipeline `metrics/backend`. */
function signalOf(pipeline: string): string {
  return pipeline.split('/')[0] ?? '';
}
