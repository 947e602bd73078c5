import { Interception } from '../../interception';
import { type BackendModel, destinationsOf } from '../backend';
import { contains } from '../cidr';
import { isIp } from '../checks';
import { memoryOfQueues, queueSize, sizeOfPoints } from '../collector/queue';
import { emptyDirQueuesMi } from '../collector/storage';
import type { Destination } from '../destination';
import { invalid } from '../errors';
import { checkEphemeralLimit } from '../resources';
import { receives } from './input-groups';
import { type AgentModel, type AgentSettings, outboundCapture } from './model';

/** Refuses a backend that this agent, in this cluster, could not serve as its props promise. */
export function checkBackend(
  where: string,
  settings: AgentSettings,
  others: readonly BackendModel[],
  backend: BackendModel,
  backendPath: string,
): void {
  if (others.some(({ name }) => name === backend.name)) {
    throw invalid(backendPath, {
      input: 'name',
      got: backend.name,
      allowed: `a name that no other backend of ${where} has`,
      fix: 'rename one of the two with `name`',
    });
  }
  checkQueueMemory(settings, [...others, backend], backend, backendPath);
  checkQueueVolume(settings, [...others, backend], backend, backendPath);
  checkEphemeralLimit(where, settings.resources, emptyDirQueuesMi([...others, backend]));
  for (const destination of destinationsOf(backend)) {
    if (destination.placement.kind === 'inMesh') checkInMesh(settings, backend, destination, backendPath);
    if (destination.placement.kind === 'external') checkOutside(settings, destination, backendPath);
  }
}

function checkQueueMemory(
  { resources }: AgentSettings,
  all: readonly BackendModel[],
  backend: BackendModel,
  backendPath: string,
): void {
  const neededMi = Math.ceil(memoryOfQueues(all));
  const availableMi = Math.floor(resources.memoryLimitMi / 2);
  if (neededMi > availableMi) {
    throw invalid(backendPath, {
      input: 'queueSize',
      got: backend.queue.size,
      allowed: `queues that together take at most half of the agent's memory: ${availableMi} MiB, these take ${neededMi} MiB`,
      fix: 'shorten the queues or raise the memory limit in the agent’s resources',
    });
  }
}

/** A volume that is smaller than its queue gets the pod evicted during an outage. */
function checkQueueVolume(
  { resources }: AgentSettings,
  all: readonly BackendModel[],
  backend: BackendModel,
  backendPath: string,
): void {
  const { persistence } = backend.queue;
  if (persistence?.kind !== 'emptyDir') return;
  const neededMi = Math.ceil(sizeOfPoints(queueSize(backend, all, resources.memoryLimitMi)));
  if (persistence.sizeMi < neededMi) {
    throw invalid(backendPath, {
      input: 'persistentQueue.size',
      got: `${persistence.sizeMi} MiB`,
      allowed: `at least ${neededMi} MiB for a queue of ${queueSize(backend, all, resources.memoryLimitMi)} data points`,
      fix: 'enlarge the volume or set a smaller queueSize',
    });
  }
}

/** The rule for a backend outside leaves pods, Services and nodes out. */
function checkOutside({ cluster }: AgentSettings, { endpoint }: Destination, backendPath: string): void {
  const inside = [...cluster.podCidrs, ...cluster.serviceCidrs, ...cluster.nodeCidrs];
  if (isIp(endpoint.host) && contains(inside, endpoint.host)) {
    throw invalid(backendPath, {
      input: 'placement',
      got: `external, but ${endpoint.host} is an address of the cluster`,
      allowed: 'external for addresses outside pods, Services and nodes',
      fix: 'place it with BackendPlacement.inCluster() or inMesh()',
    });
  }
}

function checkInMesh(
  settings: AgentSettings,
  backend: BackendModel,
  destination: Destination,
  backendPath: string,
): void {
  const { mesh } = settings.cluster;
  if (mesh.mode === 'none') {
    throw invalid(backendPath, {
      input: 'placement',
      got: 'in the mesh',
      allowed: 'inCluster or external: the cluster is declared without a mesh',
      fix: 'declare the mesh in Cluster, or use BackendPlacement.inCluster()',
    });
  }
  if (mesh.mode === 'sidecar') checkIntercepted(settings, backend, destination, backendPath);
}

/** A backend in the mesh must go through the sidecar: nothing else gives it mutual TLS. */
function checkIntercepted(
  settings: AgentSettings,
  backend: BackendModel,
  { endpoint, placement }: Destination,
  backendPath: string,
): void {
  if (placement.kind === 'external') return;
  if (placement.headless) {
    const byAddress = settings.interception === Interception.SERVICE_CIDRS;
    if (byAddress || settings.cluster.podCidrs.length > 0) {
      throw invalid(backendPath, {
        input: 'placement.service',
        got: 'Headless',
        allowed: byAddress
          ? 'ClusterIP: SERVICE_CIDRS intercepts Service addresses only'
          : 'ClusterIP: Cluster podCidrs are excluded from interception, so that scrapes go direct (ADR 26)',
        fix: 'send to a Service with a cluster IP; a headless one resolves to pod addresses and would bypass mutual TLS',
      });
    }
  }
  if (isIp(endpoint.host) && settings.interception === Interception.SERVICE_CIDRS) {
    const { serviceCidrs } = settings.cluster;
    if (!contains(serviceCidrs, endpoint.host)) {
      throw invalid(backendPath, {
        input: 'url',
        got: endpoint.host,
        allowed: `a Service address (${serviceCidrs.join(', ')}): SERVICE_CIDRS intercepts nothing else`,
        fix: 'use the name or cluster IP of the backend’s Service',
      });
    }
  }
  const { excludeIpRanges } = outboundCapture(settings, [backend]);
  if (isIp(endpoint.host) && contains(excludeIpRanges, endpoint.host)) {
    throw invalid(backendPath, {
      input: 'url',
      got: endpoint.host,
      allowed: `an address outside the ranges that bypass the sidecar: ${excludeIpRanges.join(', ')}`,
      fix: 'use the name or cluster IP of the backend’s Service',
    });
  }
}

/** What only shows when every backend was added. */
export function backendProblems({ backends, groups }: AgentModel): string[] {
  if (backends.length === 0)
    return [
      'the agent has no backend; fix: add one with addBackend(), for example chart.addBackend(PipelineBackend.otlpGrpc(...))',
    ];
  return backends
    .filter((backend) => !receives(backend, groups))
    .map(({ name }) => `backend ${name} receives nothing; fix: let its inputs and namespaces meet those of the agent`);
}
