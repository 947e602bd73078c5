import { isMapping } from '../flows/programs/document';
import { unknownIn } from '../flows/placeholders';
import type { Value } from '../value';

/** A place in a collector's configuration that names a component. */
export interface Reference {
  /** Sections that may configure it. */
  readonly groups: readonly string[];
  readonly id: string;
  readonly field: string;
}

/** What pipelines and `service.extensions` name. Connectors are exporters of one pipeline and receivers of another. */
export function pipelineReferences(root: Value): Reference[] {
  const pipelines = root
    .at('service', 'pipelines')
    .entries()
    .map(([, pipeline]) => pipeline);
  return [
    ...pipelines.flatMap((pipeline) => [
      ...names(pipeline.get('receivers'), ['receivers', 'connectors']),
      ...names(pipeline.get('processors'), ['processors']),
      ...names(pipeline.get('exporters'), ['exporters', 'connectors']),
    ]),
    ...names(root.at('service', 'extensions'), ['extensions']),
  ];
}

function names(list: Value, groups: readonly string[]): Reference[] {
  return list.items().flatMap((item) => reference(item, groups));
}

/** Authenticators, storages and leader electors of receivers and exporters. */
export function extensionReferences(root: Value): Reference[] {
  return [
    ...components(root, 'exporters').flatMap((exporter) => [
      ...text(exporter.raw, ['auth', 'authenticator'], exporter),
      ...text(exporter.raw, ['sending_queue', 'storage'], exporter),
    ]),
    ...components(root, 'receivers').flatMap((receiver) => [
      ...text(receiver.raw, ['auth', 'authenticator'], receiver),
      ...text(receiver.raw, ['storage'], receiver),
      ...text(receiver.raw, ['k8s_leader_elector'], receiver),
      ...protocols(receiver),
    ]),
    ...components(root, 'extensions').flatMap((extension) => [
      ...text(extension.raw, ['auth', 'authenticator'], extension),
      ...text(extension.raw, ['additional_auth'], extension),
    ]),
  ];
}

function components(root: Value, group: string): Value[] {
  return root
    .get(group)
    .entries()
    .map(([, component]) => component);
}

/** Protocols of the OTLP receiver have their own authenticators. */
function protocols(receiver: Value): Reference[] {
  if (!isMapping(receiver.raw) || !isMapping(receiver.raw.protocols)) return [];
  return receiver
    .get('protocols')
    .entries()
    .flatMap(([, protocol]) => text(protocol.raw, ['auth', 'authenticator'], protocol));
}

/** Looked up without reporting wrong types: the same names mean other things in some components. */
function text(raw: unknown, path: readonly string[], component: Value): Reference[] {
  const found = path.reduce<unknown>((value, key) => (isMapping(value) ? value[key] : undefined), raw);
  return typeof found === 'string' ? reference(component.at(...path), ['extensions']) : [];
}

function reference(item: Value, groups: readonly string[]): Reference[] {
  if (typeof item.raw !== 'string' || unknownIn(item.raw) !== undefined) return [];
  return [{ groups, id: item.raw, field: item.field }];
}
