import type { Programs } from '../flows/programs';
import { groupBy } from '../group-by';
import type { ProgramConfig, Workload } from '../inventory';
import type { Judged } from '../verdicts/judged';
import type { World } from '../world';
import { alertRules } from './alert-rules';
import { collectorComponents } from './collector-components';
import { credentialsInConfig, credentialsInPod } from './credentials';
import { unverifiedServers } from './encryption';
import type { Found } from './finding';
import { programsByWorkload } from './programs-by-workload';
import { serviceAccountToken } from './service-account-token';
import { untestedImage } from './untested-image';

/** Configurations of collectors and Prometheus, and the pods in which they run. */
export function programFindings(world: World, programs: Programs, judged: readonly Judged[]): Found[] {
  const { collectors, prometheuses, rules } = programs;
  const byClient = connectionsByClient(judged);
  return [
    ...collectors.flatMap(collectorComponents),
    ...prometheuses.flatMap((program) =>
      alertRules(
        program,
        rules.filter((rule) => isOf(rule, program)),
      ),
    ),
    ...[...collectors, ...prometheuses].flatMap((program) => [
      ...credentialsInConfig(world, program),
      ...credentialsInPod(program.workload, program.container),
      ...untestedImage(program),
      ...unverifiedServers(program, byClient.get(program.workload) ?? []),
    ]),
    ...[...programsByWorkload(programs)].flatMap(([workload, of]) =>
      serviceAccountToken(workload, of, byClient.get(workload) ?? []),
    ),
  ];
}

/** Rule files belong to the Prometheus that runs in the same container. */
function isOf(rule: ProgramConfig, program: ProgramConfig): boolean {
  return rule.workload === program.workload && rule.container === program.container;
}

/** Clients that are no workloads share a group that nobody asks for. */
function connectionsByClient(judged: readonly Judged[]): ReadonlyMap<Workload | undefined, readonly Judged[]> {
  return groupBy(judged, ({ connection: { client } }) => (client.kind === 'workload' ? client.workload : undefined));
}
