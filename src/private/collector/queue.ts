import type { BackendModel } from '../backend';
import { BYTES_PER_MI } from '../resources';

/** Memory of one queued data point with nine labels, measured with the real collector; see docs/scale.md. */
const BYTES_PER_POINT = 800;

/** Share of the memory limit that queues without a size of their own divide among them. */
const QUEUE_SHARE = 0.25;

/** How long a request is retried before it is dropped. */
export const RETRY_SECONDS = 300;

/** Points per request. Larger batches cost less CPU per point; most receivers take 4 MiB, which holds several of them. */
export const BATCH_POINTS = 8192;

/** In data points. A multiple of the batch, so that the last request is as full as the others. */
export function queueSize(backend: BackendModel, backends: readonly BackendModel[], memoryLimitMi: number): number {
  if (backend.queue.size !== undefined) return backend.queue.size;
  return Math.max(1, Math.floor(pointsInShare(backends, memoryLimitMi) / BATCH_POINTS)) * BATCH_POINTS;
}

/** Remote write queues requests, so they are made large: what arrives in this time, at most a batch. */
export const REMOTE_WRITE_BATCH_SECONDS = 15;

/**
 * In requests: the backend's share of the memory, but enough for the time that data is retried as long as half of the memory
 * holds it. Requests are only as large as the batches are full.
 */
export function remoteWriteQueueSize(backends: readonly BackendModel[], memoryLimitMi: number): number {
  const byShare = Math.floor(pointsInShare(backends, memoryLimitMi) / BATCH_POINTS);
  const retried = Math.ceil(RETRY_SECONDS / REMOTE_WRITE_BATCH_SECONDS) + 10;
  const affordable = Math.floor((memoryLimitMi * BYTES_PER_MI) / 2 / BYTES_PER_POINT / BATCH_POINTS / backends.length);
  return Math.max(byShare, Math.min(retried, affordable), 1);
}

function pointsInShare(backends: readonly BackendModel[], memoryLimitMi: number): number {
  return (memoryLimitMi * BYTES_PER_MI * QUEUE_SHARE) / BYTES_PER_POINT / backends.length;
}

/** Memory or disk that a number of points takes, in MiB. */
export function sizeOfPoints(points: number): number {
  return (points * BYTES_PER_POINT) / BYTES_PER_MI;
}

/** What the queues with an explicit size can take, in MiB. */
export function memoryOfQueues(backends: readonly BackendModel[]): number {
  const points = backends.reduce((sum, { queue }) => sum + (queue.size ?? 0), 0);
  return sizeOfPoints(points);
}
