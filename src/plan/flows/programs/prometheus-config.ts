import { posix } from 'node:path';
import type { Container, ProgramConfig } from '../../inventory';
import type { Unread } from '../../unread';
import { commandName, flagValues, imageName, type Running, runsDefaultCommand } from './container';
import { isMapping } from './document';
import { documentOf, type MountedFile } from './files';

export interface FoundPrometheus {
  /** Undefined: it cannot be read, which is reported. */
  readonly config?: ProgramConfig;
}

/** Whether a container runs Prometheus, and with what configuration as far as it can be read. */
export function prometheusIn(running: Running, unread: Unread): FoundPrometheus | undefined {
  const { workload, container, files } = running;
  const path = configPath(running);
  if (path === undefined) return undefined;
  const file = files.at(path);
  const read = file ? documentOf(file) : { problem: files.missing(path) };
  if (file && 'document' in read && (isPrometheus(container) || isPrometheusConfig(read.document))) {
    return { config: prometheusConfig(running, file, read.document, unread) };
  }
  // Other programs have a flag of the same name.
  if (!isPrometheus(container) || !('problem' in read)) return undefined;
  unread.report(
    workload.id,
    `${container.field}.args`,
    `--config.file: ${file ? `${path} cannot be read: ` : ''}${read.problem}`,
  );
  return {};
}

export function prometheusConfig(
  { workload, container }: Running,
  { object, field }: MountedFile,
  document: unknown,
  unread: Unread,
): ProgramConfig {
  return { workload, container, object, field, root: unread.reader(object, field, document) };
}

/** Sections that a configuration of Prometheus has besides `global`. */
const SECTIONS: readonly string[] = ['scrape_configs', 'scrape_config_files', 'rule_files', 'alerting', 'remote_write'];
/** Sections of programs that took over a part of the format: Promtail and Alertmanager. */
const FOREIGN_SECTIONS: readonly string[] = ['clients', 'positions', 'route'];

export function isPrometheusConfig(document: unknown): boolean {
  if (!isMapping(document)) return false;
  const has = (section: string) => Object.hasOwn(document, section);
  return SECTIONS.some(has) && !FOREIGN_SECTIONS.some(has);
}

export function isPrometheus(container: Container): boolean {
  return (commandName(container) ?? imageName(container)) === 'prometheus';
}

/** `--config.file`, else what the image passes itself, else the program's default in the image's working directory. */
function configPath(running: Running): string | undefined {
  const flag = flagValues(running, 'config.file').pop();
  if (flag !== undefined) return posix.resolve(WORKING_DIRECTORY, flag);
  const { container, files } = running;
  if (!isPrometheus(container)) return undefined;
  const path = runsDefaultCommand(container) ? '/etc/prometheus/prometheus.yml' : `${WORKING_DIRECTORY}/prometheus.yml`;
  return files.at(path) && path;
}

/** Of the image `prom/prometheus`. */
const WORKING_DIRECTORY = '/prometheus';
