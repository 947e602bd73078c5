import type { Programs } from '../flows/programs';
import type { ProgramConfig, Workload } from '../inventory';

export function programsByWorkload({
  collectors,
  prometheuses,
}: Programs): ReadonlyMap<Workload, readonly ProgramConfig[]> {
  const byWorkload = new Map<Workload, ProgramConfig[]>();
  for (const program of [...collectors, ...prometheuses]) {
    const others = byWorkload.get(program.workload);
    if (others) others.push(program);
    else byWorkload.set(program.workload, [program]);
  }
  return byWorkload;
}
