import type { Programs } from '../flows/programs';
import { groupBy } from '../group-by';
import type { ProgramConfig, Workload } from '../inventory';

export function programsByWorkload({
  collectors,
  prometheuses,
}: Programs): ReadonlyMap<Workload, readonly ProgramConfig[]> {
  return groupBy([...collectors, ...prometheuses], ({ workload }) => workload);
}
