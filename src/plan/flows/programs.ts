import type { ProgramConfig } from '../inventory';

/** The programs whose configuration the planner reads. */
export interface Programs {
  readonly collectors: readonly ProgramConfig[];
  readonly prometheuses: readonly ProgramConfig[];
  /** Rule files that the configurations of Prometheus name: each has `groups`. */
  readonly rules: readonly ProgramConfig[];
}
