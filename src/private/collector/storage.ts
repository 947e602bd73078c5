import type { Volume } from 'kubernetes-types/core/v1';
import type { AgentModel } from '../agent/model';
import type { BackendModel } from '../backend';

const QUEUES_PATH = '/var/lib/metric-agent/queues';

/** Component id of the storage of a backend's queue. */
export function queueStorageId({ name }: BackendModel): string {
  return `file_storage/${name}`;
}

function queueDirectory({ name }: BackendModel): string {
  return `${QUEUES_PATH}/${name}`;
}

export function queueExtensions(backends: readonly BackendModel[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    persistent(backends).map((backend) => [queueStorageId(backend), { directory: queueDirectory(backend) }]),
  );
}

/** One volume per backend, so that a full one does not stop the others. */
export function queueVolumes({ namespace, instance, backends }: AgentModel): { volume: Volume; mountPath: string }[] {
  return persistent(backends).map((backend) => ({
    volume: { name: `queue-${backend.name}`, ...volumeSource(backend, `${namespace}/${instance}`) },
    mountPath: queueDirectory(backend),
  }));
}

/** What the queues can take of a node's disk through emptyDirs. */
export function emptyDirQueuesMi(backends: readonly BackendModel[]): number {
  const sizes = backends.map(({ queue: { persistence } }) =>
    persistence?.kind === 'emptyDir' ? persistence.sizeMi : 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function persistent(backends: readonly BackendModel[]): BackendModel[] {
  return backends.filter(({ queue }) => queue.persistence !== undefined);
}

/** On a node agents share the file system, so each has a directory of its own. */
function volumeSource({ name, queue: { persistence } }: BackendModel, agent: string): Omit<Volume, 'name'> {
  return persistence?.kind === 'hostPath'
    ? { hostPath: { path: `${persistence.path}/${agent}/${name}`, type: 'Directory' } }
    : { emptyDir: { sizeLimit: `${persistence?.sizeMi ?? 0}Mi` } };
}
