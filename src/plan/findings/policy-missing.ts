import type { Workload } from '../inventory';
import { workloadEnds } from '../verdicts/network-policy/ends';
import { policiesSelecting } from '../verdicts/network-policy/selecting-policies';
import type { World } from '../world';
import { type Found, found } from './finding';

/** A collector or Prometheus that no policy of the manifests restricts. */
export function policyMissing(world: World, workload: Workload): Found[] {
  const pods = workloadEnds(world, workload).filter((end) => end.kind === 'pods');
  if (pods.length === 0 || pods.some((end) => policiesSelecting(world, end).length > 0)) return [];
  return [
    found(
      'CT407',
      { object: workload.id, field: podLabels(workload) },
      {
        message: `No NetworkPolicy of these manifests selects the pods of ${workload.id}: they accept everybody and connect everywhere.`,
        fix: `Add a NetworkPolicy in namespace ${workload.namespace} that selects these pods, with policyTypes Ingress and Egress and one rule for each connection of this plan.`,
      },
    ),
  ];
}

function podLabels({ template }: Workload): string {
  return template === '' ? 'metadata.labels' : `${template}.metadata.labels`;
}
