import { BYTES_PER_MI } from '../resources';

/**
 * What Prometheus needs by number of nodes. The constants were measured with up to 300 agents and are explained in
 * docs/scale.md; what lies beyond is extrapolated.
 */
const SERIES_PER_NODE = 100;
const BASE_MI = 55;
const BYTES_PER_SERIES = 16_000;
/** Old and new pods have series at the same time. */
const ROLLOUT = 1.5;
/** Share of the memory limit that may be in use. */
const USABLE = 0.8;

export function memoryLimitMi(nodes: number): number {
  const bytes = nodes * SERIES_PER_NODE * BYTES_PER_SERIES * ROLLOUT;
  return Math.ceil((BASE_MI + bytes / BYTES_PER_MI) / USABLE);
}

const RESERVED_MI = 512;
const BYTES_PER_SERIES_ON_DISK = 4000;
const SAMPLES_PER_HOUR = 120;
const BYTES_PER_SAMPLE = 4;

/** With a margin of a fifth and of the two hours that a block takes to be written. */
export function diskMi(nodes: number, retentionHours: number): number {
  const samples = SAMPLES_PER_HOUR * BYTES_PER_SAMPLE * (1.2 * retentionHours + 2);
  return Math.ceil(RESERVED_MI + (nodes * SERIES_PER_NODE * (BYTES_PER_SERIES_ON_DISK + samples)) / BYTES_PER_MI);
}
