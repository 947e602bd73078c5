import { PROXY_CONTAINER } from '../../../private/istio-names';
import type { Container, ProgramConfig, Workload } from '../../inventory';
import type { Unread } from '../../unread';
import type { World } from '../../world';
import type { Programs } from '../programs';
import { configsByContent, fileId } from './by-content';
import { collectorIn } from './collector-config';
import { namedConfigs } from './config-files';
import { type Running, runningIn } from './container';
import { prometheusIn } from './prometheus-config';

/** The programs in all containers, and the containers whose program is not known. */
export interface ReadPrograms extends Required<Programs> {
  /** Files with further scrape jobs that a configuration names, by that configuration. */
  readonly scrapeFiles: ReadonlyMap<ProgramConfig, readonly ProgramConfig[]>;
  readonly unknown: readonly Running[];
}

interface Reading {
  readonly collectors: ProgramConfig[];
  readonly prometheuses: ProgramConfig[];
  readonly rules: ProgramConfig[];
  readonly scrapeFiles: Map<ProgramConfig, readonly ProgramConfig[]>;
  readonly unknown: Running[];
}

export function readPrograms(world: World, unread: Unread): ReadPrograms {
  const reading: Reading = { collectors: [], prometheuses: [], rules: [], scrapeFiles: new Map(), unknown: [] };
  for (const workload of world.inventory.workloads) readWorkload(world, workload, reading, unread);
  return reading;
}

function readWorkload(world: World, workload: Workload, reading: Reading, unread: Unread): void {
  const containers = workload.pod.containers
    .filter(isApplication)
    .map((container) => runningIn(world, workload, container));
  const claimed = new Set<string>();
  const others = containers.filter((running) => !readByFlags(running, reading, claimed, unread));
  const found = configsByContent(others, claimed, unread);
  for (const { kind, running, config } of found) {
    if (kind === 'collector') reading.collectors.push(config);
    else addPrometheus(running, config, reading, unread);
  }
  reading.unknown.push(...others.filter((running) => !found.some((other) => other.running === running)));
}

/** Whether the container runs a program that is known by its flags or image. */
function readByFlags(running: Running, reading: Reading, claimed: Set<string>, unread: Unread): boolean {
  const collector = collectorIn(running, unread);
  for (const file of collector?.files ?? []) claimed.add(fileId(file));
  if (collector?.config) reading.collectors.push(collector.config);
  if (collector) return true;
  const prometheus = prometheusIn(running, unread);
  if (!prometheus?.config) return prometheus !== undefined;
  claimed.add(fileId(prometheus.config));
  addPrometheus(running, prometheus.config, reading, unread);
  return true;
}

function addPrometheus(running: Running, config: ProgramConfig, reading: Reading, unread: Unread): void {
  reading.prometheuses.push(config);
  reading.rules.push(...namedConfigs(running, config, 'rule_files', unread));
  const scrapeFiles = namedConfigs(running, config, 'scrape_config_files', unread);
  if (scrapeFiles.length > 0) reading.scrapeFiles.set(config, scrapeFiles);
}

/** What the injector added to manifests that already contain it is described by the data plane. */
const INJECTED_CONTAINERS: readonly string[] = [PROXY_CONTAINER, 'istio-init', 'istio-validation'];

function isApplication({ name }: Container): boolean {
  return !INJECTED_CONTAINERS.includes(name);
}
