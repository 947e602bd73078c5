import type { ContainerResources } from 'cdk8s-plus-28';
import { Size, SizeRoundingBehavior } from 'cdk8s';
import { invalid } from './errors';

/** Requests and limits as they stand in a container, and the Go heap target that follows from the limit. */
export interface Resources {
  readonly requests: Record<string, string>;
  readonly limits: Record<string, string>;
  readonly memoryLimitMi: number;
  readonly goMemoryLimit: string;
}

export interface DefaultResources {
  readonly cpuRequest: string;
  readonly memoryRequestMi: number;
  readonly memoryLimitMi: number;
}

/** The Go runtime starts to collect harder at this share of the limit, before the kernel kills the container. */
const GO_MEMORY_SHARE = 0.8;

/** The user's resources over the part's defaults. A CPU limit is never a default: it throttles collection. */
export function resolveResources(
  where: string,
  given: ContainerResources | undefined,
  defaults: DefaultResources,
): Resources {
  const { cpu, memory, ephemeralStorage } = given ?? {};
  const limitMi = memory?.limit ? toMi(memory.limit) : defaults.memoryLimitMi;
  const requestMi = memory?.request ? toMi(memory.request) : Math.min(defaults.memoryRequestMi, limitMi);
  if (requestMi > limitMi) {
    throw invalid(where, {
      input: 'resources.memory.request',
      got: `${requestMi}Mi`,
      allowed: `at most the memory limit (${limitMi}Mi)`,
      fix: 'raise the limit or lower the request',
    });
  }
  return {
    requests: withoutUndefined({
      cpu: cpu?.request?.amount ?? defaults.cpuRequest,
      memory: `${requestMi}Mi`,
      'ephemeral-storage': ephemeralStorage?.request && `${toMi(ephemeralStorage.request)}Mi`,
    }),
    limits: withoutUndefined({
      cpu: cpu?.limit?.amount,
      memory: `${limitMi}Mi`,
      'ephemeral-storage': ephemeralStorage?.limit && `${toMi(ephemeralStorage.limit)}Mi`,
    }),
    memoryLimitMi: limitMi,
    goMemoryLimit: `${Math.floor(limitMi * GO_MEMORY_SHARE)}MiB`,
  };
}

function toMi(size: Size): number {
  return size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
