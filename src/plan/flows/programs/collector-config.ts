import type { Container, ProgramConfig } from '../../inventory';
import type { Unread } from '../../unread';
import { unknownValue } from '../placeholders';
import { commandName, flagValues, imageName, type Running, runsDefaultCommand } from './container';
import { isMapping, type Parsed, parseDocument } from './document';
import { expanded } from './expand';
import { documentOf } from './files';
import { merged, withPaths } from './merge';

/** One configuration of those that the collector merges. */
interface Fragment extends FileRef {
  readonly document: unknown;
}

interface Unreadable {
  readonly problem: string;
}

export interface FoundCollector {
  /** Undefined: it cannot be read, which is reported. */
  readonly config?: ProgramConfig;
  /** The files of that configuration. */
  readonly files: readonly FileRef[];
}

export interface FileRef {
  readonly object: string;
  readonly field: string;
}

/** Whether a container runs a collector, and with what configuration as far as it can be read. */
export function collectorIn(running: Running, unread: Unread): FoundCollector | undefined {
  const locations = locationsOf(running);
  if (locations.length === 0) return undefined;
  const read = locations.map((location) => fragmentAt(running, location));
  const fragments = read.filter((fragment) => 'document' in fragment);
  if (!isCollector(running.container) && !fragments.some(({ document }) => isCollectorConfig(document))) {
    return undefined;
  }
  const { workload, container } = running;
  for (const fragment of read) {
    if ('problem' in fragment) unread.report(workload.id, `${container.field}.args`, fragment.problem);
  }
  return { files: fragments, ...(fragments.length > 0 && { config: collectorConfig(running, fragments, unread) }) };
}

/** Merges the configurations in the order of the command line and replaces their references. */
export function collectorConfig(running: Running, fragments: readonly Fragment[], unread: Unread): ProgramConfig {
  const { workload, container } = running;
  const document = fragments.map((fragment) => fragment.document).reduce(merged);
  const object = fragments[0]!.object;
  const field = fragments
    .map((fragment) => (fragment.object === object ? fragment.field : `${fragment.object} ${fragment.field}`))
    .join(' + ');
  const lookup = (scheme: string, value: string) => valueOf(running, scheme, value);
  return { workload, container, object, field, root: unread.reader(object, field, expanded(document, lookup)) };
}

export function isCollectorConfig(document: unknown): boolean {
  return isMapping(document) && isMapping(document.service) && isMapping(document.service.pipelines);
}

/** Images and commands of the project, its distributions and the vendors that keep the name. */
const COLLECTOR_NAME = /otelcol|otelcontribcol|otel-collector|opentelemetry-collector/;

export function isCollector(container: Container): boolean {
  return COLLECTOR_NAME.test(commandName(container) ?? imageName(container));
}

function locationsOf(running: Running): string[] {
  const { container, files } = running;
  const sets = flagValues(running, 'set').map((set) => `yaml:${set.replace(/^([^=]*)=/, pathOfSet)}`);
  const locations = [...flagValues(running, 'config'), ...sets];
  if (locations.length > 0 || !isCollector(container) || !runsDefaultCommand(container)) return locations;
  return files.at(defaultPath(container)) ? [defaultPath(container)] : [];
}

/** `--set=a.b=c` is `yaml:a::b: c` to the collector itself. */
function pathOfSet(_: string, path: string): string {
  return `${path.trim().replaceAll('.', '::')}: `;
}

/** Where the images of the project keep the configuration that they start with. */
function defaultPath(container: Container): string {
  const distribution = /-(contrib|k8s)$/.exec(imageName(container))?.[0] ?? '';
  return `/etc/otelcol${distribution}/config.yaml`;
}

/** A location without scheme is a path, as is one with a single letter (a drive). */
function fragmentAt(running: Running, location: string): Fragment | Unreadable {
  const [, scheme = 'file', value = location] = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s.exec(location) ?? [];
  const { workload, container, files, environment } = running;
  const inline = { object: workload.id, field: `${container.field}.args` };
  switch (scheme) {
    case 'file': {
      const file = files.at(value);
      return file
        ? fragment(documentOf(file), file, `${value} cannot be read`)
        : { problem: `--config: ${files.missing(value)}` };
    }
    case 'yaml':
      return fragment(parseDocument(value), inline, 'the configuration in the arguments cannot be read');
    case 'env': {
      const text = environment.get(value);
      if (text === undefined) return { problem: `--config: the manifest does not set variable ${value}` };
      return fragment(parseDocument(text), inline, `the configuration in variable ${value} cannot be read`);
    }
    default:
      return { problem: `--config: the collector gets ${scheme}:… only at run time` };
  }
}

function fragment(read: Parsed, { object, field }: FileRef, what: string): Fragment | Unreadable {
  if ('problem' in read) return { problem: `--config: ${what}: ${read.problem}` };
  return { document: withPaths(read.document), object, field };
}

function valueOf({ environment, files }: Running, scheme: string, value: string): string {
  switch (scheme) {
    case 'env': {
      const [name = '', ...fallback] = value.split(':-');
      const known = environment.get(name);
      if (known !== undefined) return known;
      return fallback.length > 0 ? fallback.join(':-') : unknownValue(`env:${name} (not set by the manifest)`);
    }
    case 'file':
      return files.at(value)?.text ?? unknownValue(`file:${value}`);
    case 'yaml':
      return value;
    default:
      return unknownValue(`${scheme}:${value}`);
  }
}
