import type { ContainerResources, CpuResources, EphemeralStorageResources, MemoryResources } from 'cdk8s-plus-28';
import { Size, SizeRoundingBehavior } from 'cdk8s';
import { invalid } from './errors';
import { cpu, type Keys, objectOf, sizeSuchAs } from './given';

export const BYTES_PER_MI = 1024 * 1024;

/** Requests and limits as they stand in a container, and the Go heap target that follows from the limit. */
export interface Resources {
  readonly requests: Record<string, string>;
  readonly limits: Record<string, string>;
  readonly memoryLimitMi: number;
  readonly goMemoryLimit: string;
  readonly ephemeral: EphemeralStorage;
}

/** The node's disk as far as the user set it; the rest follows from the volumes of the pod. */
interface EphemeralStorage {
  readonly requestMi: number | undefined;
  readonly limitMi: number | undefined;
}

export interface DefaultResources {
  readonly cpuRequest: string;
  readonly memoryRequestMi: number;
  readonly memoryLimitMi: number;
}

/** The Go runtime starts to collect harder at this share of the limit, before the kernel kills the container. */
const GO_MEMORY_SHARE = 0.8;

export const MEMORY = sizeSuchAs('Size.mebibytes(256)');

export const RESOURCES: Keys<ContainerResources> = {
  cpu: objectOf<CpuResources>({ request: cpu, limit: cpu }),
  memory: objectOf<MemoryResources>({ request: MEMORY, limit: MEMORY }),
  ephemeralStorage: objectOf<EphemeralStorageResources>({ request: MEMORY, limit: MEMORY }),
};

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
  const size = (input: string, given?: Size): number | undefined =>
    given && checkMi(where, `resources.ephemeralStorage.${input}`, given);
  const ephemeral = {
    requestMi: size('request', ephemeralStorage?.request),
    limitMi: size('limit', ephemeralStorage?.limit),
  };
  const cpuLimit = cpu?.limit?.amount;
  const cpuRequest = cpu?.request?.amount ?? smaller(defaults.cpuRequest, cpuLimit);
  checkAtMost(where, 'resources.memory.request', `${requestMi}Mi`, requestMi, limitMi);
  checkAtMost(
    where,
    'resources.cpu.request',
    cpuRequest,
    millis(cpuRequest),
    cpuLimit === undefined ? undefined : millis(cpuLimit),
  );
  const { requestMi: storageMi = 0 } = ephemeral;
  checkAtMost(where, 'resources.ephemeralStorage.request', `${storageMi}Mi`, storageMi, ephemeral.limitMi);
  return {
    requests: { cpu: cpuRequest, memory: `${requestMi}Mi` },
    limits: { ...(cpuLimit !== undefined && { cpu: cpuLimit }), memory: `${limitMi}Mi` },
    ephemeral,
    memoryLimitMi: limitMi,
    goMemoryLimit: `${Math.max(1, Math.floor(limitMi * GO_MEMORY_SHARE))}MiB`,
  };
}

/** Room for a container's own logs and temporary files beside its volumes. */
const SCRATCH_REQUEST_MI = 64;
const SCRATCH_LIMIT_MI = 1024;

/**
 * Requests and limits of a container whose emptyDirs on disk can grow to a size. The scheduler has to know of it: under disk
 * pressure the kubelet first evicts pods that use more than they requested.
 */
export function containerResources(
  { requests, limits, ephemeral }: Resources,
  emptyDirsMi: number,
): Pick<Resources, 'requests' | 'limits'> {
  const limitMi = ephemeral.limitMi ?? Math.max(emptyDirsMi + SCRATCH_LIMIT_MI, ephemeral.requestMi ?? 0);
  const requestMi = ephemeral.requestMi ?? Math.min(emptyDirsMi + SCRATCH_REQUEST_MI, limitMi);
  return {
    requests: { ...requests, 'ephemeral-storage': `${requestMi}Mi` },
    limits: { ...limits, 'ephemeral-storage': `${limitMi}Mi` },
  };
}

/** The kubelet evicts a pod whose emptyDirs exceed the limit. */
export function checkEphemeralLimit(where: string, { ephemeral }: Resources, emptyDirsMi: number): void {
  const { limitMi } = ephemeral;
  if (limitMi !== undefined && limitMi <= emptyDirsMi) {
    throw invalid(where, {
      input: 'resources.ephemeralStorage.limit',
      got: `${limitMi}Mi`,
      allowed: `more than the ${emptyDirsMi}Mi of its volumes on the node's disk`,
      fix: 'raise the limit, or leave it out: it follows from the volumes',
    });
  }
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
  limit: number | undefined,
): void {
  if (limit !== undefined && request > limit) {
    throw invalid(where, { input, got, allowed: 'at most the limit', fix: 'raise the limit or lower the request' });
  }
}

function smaller(request: string, limit: string | undefined): string {
  return limit !== undefined && millis(limit) < millis(request) ? limit : request;
}
