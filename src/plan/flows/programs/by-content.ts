import type { ProgramConfig } from '../../inventory';
import type { Unread } from '../../unread';
import { collectorConfig, type FileRef, isCollector, isCollectorConfig } from './collector-config';
import { imageName, type Running } from './container';
import { documentOf, type MountedFile } from './files';
import { isPrometheus, isPrometheusConfig, prometheusConfig } from './prometheus-config';

export interface FoundByContent {
  readonly kind: 'collector' | 'prometheus';
  readonly running: Running;
  readonly config: ProgramConfig;
}

/**
 * Configurations that containers mount without a flag that names them, as with a wrapper script or an unknown image. A file
 * that several containers mount is given to the one whose image looks like its program, else to the first.
 */
export function configsByContent(
  containers: readonly Running[],
  claimed: ReadonlySet<string>,
  unread: Unread,
): FoundByContent[] {
  const taken = new Set(claimed);
  return [...containers]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((running) =>
      running.files.all().flatMap((file) => {
        if (taken.has(fileId(file))) return [];
        const found = recognised(running, file, unread);
        if (!found) return [];
        taken.add(fileId(file));
        return [found];
      }),
    );
}

export function fileId({ object, field }: FileRef): string {
  return `${object} ${field}`;
}

/** In the names of programs that watch a configuration and tell their neighbour to read it again. */
const RELOADER = 'reload';

function rank({ container }: Running): number {
  if (isCollector(container) || isPrometheus(container)) return 0;
  return imageName(container).includes(RELOADER) || container.init ? 2 : 1;
}

function recognised(running: Running, file: MountedFile, unread: Unread): FoundByContent | undefined {
  const { text } = file;
  // Parsing every file of every pod would cost more than the rest of the plan.
  const mayBeCollector = text.includes('pipelines') && text.includes('service');
  const mayBePrometheus = /^["']?(?:scrape_configs|scrape_config_files|remote_write|alerting)["']?\s*:/m.test(text);
  if (!mayBeCollector && !mayBePrometheus) return undefined;
  const read = documentOf(file);
  if ('problem' in read) {
    unread.report(
      file.object,
      file.field,
      `it looks like the configuration of a collector or Prometheus, but ${read.problem}`,
    );
    return undefined;
  }
  if (isCollectorConfig(read.document)) {
    return {
      kind: 'collector',
      running,
      config: collectorConfig(running, [{ ...file, document: read.document }], unread),
    };
  }
  if (isPrometheusConfig(read.document)) {
    return { kind: 'prometheus', running, config: prometheusConfig(running, file, read.document, unread) };
  }
  return undefined;
}
