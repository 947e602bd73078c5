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
  const limitMi = memory?.limit ? checkMi(where, 'resources.memory.limit', memory.limit) : defaults.memoryLimitMi;
  const requestMi = memory?.request
    ? checkMi(where, 'resources.memory.request', memory.request)
    : Math.min(defaults.memoryRequestMi, limitMi);
  const storage = {
    request:
      ephemeralStorage?.request && checkMi(where, 'resources.ephemeralStorage.request', ephemeralStorage.request),
    limit: ephemeralStorage?.limit && checkMi(where, 'resources.ephemeralStorage.limit', ephemeralStorage.limit),
  };
  const cpuLimit = cpu?.limit?.amount;
  const cpuRequest = cpu?.request?.amount ?? smaller(defaults.cpuRequest, cpuLimit);
  checkAtMost(where, 'resources.memory.request', `${requestMi}Mi`, requestMi, limitMi);
  checkAtMost(where, 'resources.cpu.request', cpuRequest, millis(cpuRequest), cpuLimit && millis(cpuLimit));
  checkAtMost(
    where,
    'resources.ephemeralStorage.request',
    `${storage.request ?? 0}Mi`,
    storage.request ?? 0,
    storage.limit,
  );
  return {
    requests: withoutUndefined({
      cpu: cpuRequest,
      memory: `${requestMi}Mi`,
      'ephemeral-storage': storage.request && `${storage.request}Mi`,
    }),
    limits: withoutUndefined({
      cpu: cpuLimit,
      memory: `${limitMi}Mi`,
      'ephemeral-storage': storage.limit && `${storage.limit}Mi`,
    }),
    memoryLimitMi: limitMi,
    goMemoryLimit: `${Math.max(1, Math.floor(limitMi * GO_MEMORY_SHARE))}MiB`,
  };
}

/** `250m` or `2`, as cdk8s-plus writes CPU. */
export function millis(amount: string): number {
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) : Number(amount) * 1000;
}

export function checkMi(where: string, input: string, size: Size): number {
  const mi = size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
  if (mi >= 1) return mi;
  throw invalid(where, {
    input,
    got: `${size.toKibibytes()} KiB`,
    allowed: 'at least 1 MiB',
    fix: 'pass for example Size.mebibytes(256)',
  });
}

/** The API server refuses a request above its limit. */
export function checkAtMost(
  where: string,
  input: string,
  got: string,
  request: number,
  limit: number | '' | undefined,
): void {
  if (limit !== undefined && limit !== '' && request > limit) {
    throw invalid(where, { input, got, allowed: 'at most the limit', fix: 'raise the limit or lower the request' });
  }
}

function smaller(request: string, limit: string | undefined): string {
  return limit !== undefined && millis(limit) < millis(request) ? limit : request;
}

function withoutUndefined(values: Record<string, string | 0 | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
