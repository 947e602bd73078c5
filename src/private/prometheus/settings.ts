import { type Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PrometheusNoMeshProps, PrometheusOptions } from '../../prometheus-props';
import { PrometheusStorage } from '../../prometheus-storage';
import { checkImage, checkPositive, checkPriorityClass } from '../checks';
import { withoutCredentials } from '../endpoint';
import { invalid } from '../errors';
import { givenProps } from '../given';
import { resolveIdentity } from '../identity';
import { PROMETHEUS_IMAGE } from '../images';
import { partName } from '../names';
import { checkEphemeralLimit, type Resources, resolveResources } from '../resources';
import { PROMETHEUS } from './keys';
import { emptyDirMi, type PrometheusSettings, type StorageModel } from './model';
import { diskMi, memoryLimitMi } from './scale';

const DEFAULT_MEMORY_MI = 512;
const DEFAULT_RETENTION_HOURS = 24;
const DEFAULT_RUNBOOKS = 'https://example.org/cdk8s-telemetry/blob/main/docs/alerts.md';

interface PrometheusSizes {
  readonly resources: Resources;
  readonly storage: StorageModel;
  readonly retentionHours: number;
}

/** Checks the props of Prometheus, except for those that `add…` takes too. */
export function prometheusSettings(prometheus: Construct, given: PrometheusNoMeshProps): PrometheusSettings {
  const where = prometheus.node.path;
  const props = givenProps(where, PROMETHEUS, given);
  const identity = resolveIdentity(prometheus, props);
  return {
    ...identity,
    name: partName(identity.instance, 'prometheus'),
    cluster: props.cluster._facts,
    image: checkImage(where, props.image ?? PROMETHEUS_IMAGE),
    ...prometheusSizes(where, props),
    priorityClassName: checkPriorityClass(where, props.priorityClassName),
    runbooks: checkRunbooks(where, props.runbooks),
  };
}

function prometheusSizes(where: string, props: PrometheusOptions): PrometheusSizes {
  const resources = prometheusResources(where, props);
  const stored = prometheusStorage(where, props);
  checkEphemeralLimit(where, resources, emptyDirMi(stored.storage));
  return { resources, ...stored };
}

function prometheusResources(where: string, { resources, expectedNodes }: PrometheusOptions): Resources {
  const needed = expectedNodes === undefined ? 0 : memoryLimitMi(checkPositive(where, 'expectedNodes', expectedNodes));
  const limit = Math.max(DEFAULT_MEMORY_MI, needed);
  const resolved = resolveResources(where, resources, {
    cpuRequest: '50m',
    memoryRequestMi: Math.ceil(limit / 4),
    memoryLimitMi: limit,
  });
  if (resolved.memoryLimitMi < needed) {
    throw invalid(where, {
      input: 'resources.memory.limit',
      got: `${resolved.memoryLimitMi}Mi`,
      allowed: `at least ${needed}Mi for ${expectedNodes ?? 0} nodes`,
      fix: 'raise the limit, or leave it out: it follows from expectedNodes',
    });
  }
  return resolved;
}

function prometheusStorage(
  where: string,
  { storage, retention, expectedNodes }: PrometheusOptions,
): Omit<PrometheusSizes, 'resources'> {
  const model = (storage ?? PrometheusStorage.ephemeral(Size.gibibytes(2)))._model;
  const retentionHours = checkRetention(where, retention);
  const needed = expectedNodes === undefined ? 0 : diskMi(expectedNodes, retentionHours);
  if (model.sizeMi < needed) {
    throw invalid(where, {
      input: 'storage',
      got: `${model.sizeMi} MiB`,
      allowed: `at least ${needed} MiB for ${expectedNodes ?? 0} nodes and ${retentionHours} hours`,
      fix: 'enlarge the volume or shorten the retention',
    });
  }
  return { storage: model, retentionHours };
}

function checkRetention(where: string, retention: Duration | undefined): number {
  const hours = retention?.toHours({ integral: false }) ?? DEFAULT_RETENTION_HOURS;
  if (!Number.isInteger(hours) || hours < 1) {
    throw invalid(where, {
      input: 'retention',
      got: `${hours} h`,
      allowed: 'whole hours, at least one',
      fix: 'pass for example Duration.hours(24)',
    });
  }
  return hours;
}

/** Braces would be read as a template of the annotation. */
function checkRunbooks(where: string, page = DEFAULT_RUNBOOKS): string {
  if (!/^https?:\/\/[^\s#{}/@]+(\/[^\s#{}]*)?$/.test(page) || !URL.canParse(page)) {
    throw invalid(where, {
      input: 'runbooks',
      got: withoutCredentials(page),
      allowed: 'an http or https URL without user, password and fragment',
      fix: 'pass the address of the page; # and the name of the alert are appended',
    });
  }
  return page;
}
