import type { BackendModel } from '../backend';

/** Memory of one queued data point with nine labels, measured with the real collector; see docs/scale.md. */
const BYTES_PER_POINT = 800;
const MI = 1024 * 1024;

/** Share of the memory limit that queues without a size of their own divide among them. */
const QUEUE_SHARE = 0.25;

/** Points per request. Larger batches cost less CPU per point; most receivers take 4 MiB, which holds several of them. */
export const BATCH_POINTS = 8192;

/** In data points. A multiple of the batch, so that the last request is as full as the others. */
export function queueSize(backend: BackendModel, backends: readonly BackendModel[], memoryLimitMi: number): number {
  if (backend.queue.size !== undefined) return backend.queue.size;
  return Math.max(1, Math.floor(pointsInShare(backends, memoryLimitMi) / BATCH_POINTS)) * BATCH_POINTS;
}

/** A usual scrape: remote write queues what one scrape returned, and cannot be told to count points. */
const POINTS_PER_REQUEST = 1000;

/** In requests. */
export function remoteWriteQueueSize(backends: readonly BackendModel[], memoryLimitMi: number): number {
  return Math.max(10, Math.floor(pointsInShare(backends, memoryLimitMi) / POINTS_PER_REQUEST));
}

function pointsInShare(backends: readonly BackendModel[], memoryLimitMi: number): number {
  return (memoryLimitMi * MI * QUEUE_SHARE) / BYTES_PER_POINT / backends.length;
}

/** Memory or disk that a number of points takes, in MiB. */
export function sizeOfPoints(points: number): number {
  return (points * BYTES_PER_POINT) / MI;
}

/** What the queues with an explicit size can take, in MiB. */
export function memoryOfQueues(backends: readonly BackendModel[]): number {
  const points = backends.reduce((sum, { queue }) => sum + (queue.size ?? 0), 0);
  return sizeOfPoints(points);
}
