import { INCLUDE_OUTBOUND_PORTS } from '../../../../private/istio-names';
import { LAST_PORT } from '../../../../private/ports';
import { groupsBy } from '../../../group-by';
import type { Workload } from '../../../inventory';
import { dataPlaneOf } from '../../../pods/data-plane';
import type { KubernetesSd } from '../discovery/kubernetes-sd';
import { META, SERVICE_NAME } from '../discovery/meta-labels';
import { isPlatformService } from '../discovery/platform';
import { ANY_PORT } from '../discovery/target';
import type { ReadJob } from '../job';
import type { Row } from '../rows';
import { explore, type Outcome } from './explore';
import { groupKey, groupOf, rowOf, speaksFor } from './groups';
import { certainLabels } from './labels';
import { scopesOf } from './scopes';
import { wishesOf } from './wishes';

export interface Assumed {
  readonly rows: readonly Row[];
  /** Whether pods could be found that the job scrapes, be it among those that manifests describe. */
  readonly isComplete: boolean;
}

/**
 * Rows for pods that no manifest describes, as most applications are: what can a pod be like so that this job scrapes it, and
 * how? Undefined when that cannot be read off the relabel rules.
 *
 * @param known workloads of the manifests that the job scrapes
 */
export function assumedRows(job: ReadJob, sd: KubernetesSd, known: readonly Workload[]): Assumed | undefined {
  const wishes = wishesOf(job.rules);
  if (!wishes) return undefined;
  const intercepted = interceptedPorts(job);
  const scopes = scopesOf(job.reader.world, sd, job.rules, wishes);
  const ports = [...new Set([ANY_PORT, ...wishes.ports, ...intercepted])];
  const outcomes = explore(job, sd, wishes, scopes, ports);
  if (!outcomes) return undefined;
  const undescribed = outcomes.filter((outcome) => !isDescribed(job, outcome, known));
  const groups = groupsBy(undescribed, groupKey).map(groupOf);
  const worthARow = groups.filter((group) => !groups.some((any) => speaksFor(any, group, intercepted)));
  const named = sd.namespaces ? [] : wishes.namespaces;
  return { rows: worthARow.map((group) => rowOf(job, sd, group, named)), isComplete: outcomes.length > 0 };
}

/** Ports that the client's sidecar takes over, which therefore need rows of their own. */
function interceptedPorts({ reader: { world }, part }: ReadJob): number[] {
  const { workload } = part.program;
  if (!['sidecar', 'unknown'].includes(dataPlaneOf(world, workload))) return [];
  const ports = (workload.annotations[INCLUDE_OUTBOUND_PORTS] ?? '').split(',').map((port) => Number(port.trim()));
  return ports.filter((port) => Number.isInteger(port) && port > 0 && port <= LAST_PORT);
}

/** Labels that tell one application of a namespace from the others. */
const APPLICATION_LABELS: readonly string[] = ['app', 'k8s-app', 'app.kubernetes.io/name'];

/** Whether manifests or facts describe what the job names, so that nothing else can be meant. */
function isDescribed({ reader: { world } }: ReadJob, outcome: Outcome, known: readonly Workload[]): boolean {
  const { namespace } = outcome.scope;
  if (namespace === undefined) return false;
  const service = outcome.chosen.get(SERVICE_NAME) ?? outcome.chosen.get(`${META}endpoints_name`);
  if (service && service.matching === undefined) {
    if (world.service(namespace, service.value) ?? isPlatformService(world, namespace, service.value)) return true;
  }
  const wanted = certainLabels(world, [outcome]);
  return known.some(
    (workload) =>
      workload.namespace === namespace &&
      APPLICATION_LABELS.some((key) => wanted[key] !== undefined && workload.labels[key] === wanted[key]),
  );
}
