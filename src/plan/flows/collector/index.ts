import type { Connection } from '../../connection';
import type { ProgramConfig } from '../../inventory';
import type { FlowReader } from '../connect';
import { reportProxy } from '../proxy';
import { type Component, usedComponents } from './components';
import { EXPORTERS } from './exporters';
import { EXTENSIONS } from './extensions';
import { genericConnections } from './generic';
import { PROCESSORS } from './processors';
import { RECEIVERS } from './receivers';
import { telemetryConnections } from './telemetry';
import { reportUnknownValues } from './unknown-values';

const GROUPS = { receivers: RECEIVERS, processors: PROCESSORS, exporters: EXPORTERS, extensions: EXTENSIONS } as const;

/** What a collector connects to. Connectors pass on inside the process and connect to nobody. */
export function collectorConnections(reader: FlowReader, program: ProgramConfig): Connection[] {
  const pipelines = program.root.at('service', 'pipelines');
  if (!pipelines.present) reader.unread.report(program.object, pipelines.field, 'the configuration has no pipelines');
  reportProxy(reader, program);
  const components = usedComponents(program, reader.unread);
  return [
    ...components.flatMap((component) => componentConnections(reader, component)),
    ...telemetryConnections(reader, program),
  ];
}

function componentConnections(reader: FlowReader, component: Component): Connection[] {
  const read = GROUPS[component.group].get(component.type);
  const connections = (read ?? genericConnections)(reader, component);
  // What most processors do with a value has nothing to do with connections.
  if (component.group !== 'processors' || connections.length > 0) reportUnknownValues(component, reader.unread);
  return connections;
}
