import { acknowledge, type Acknowledgement } from './findings/acknowledge';
import { findingsOf } from './findings';
import { connectionsOf } from './flows';
import type { ManifestDocument } from './manifests/document';
import { readInventory } from './manifests/inventory';
import { Unread } from './unread';
import { inOrder } from './report/order';
import type { Plan } from './result';
import { judge } from './verdicts';
import { dataPlaneOf } from './pods/data-plane';
import { type PlanFacts, World } from './world';

export { jsonOf } from './report/json';
export { markdownOf, markdownOfClusters } from './report/markdown';
export { mermaidOf } from './report/mermaid';
export { failures } from './report/severity';

/** Manifests → inventory → connections → verdicts → findings: the whole planner, in the order in which it works. */
export function planOf(
  documents: readonly ManifestDocument[],
  facts: PlanFacts,
  accepted: readonly Acknowledgement[] = [],
): Plan {
  const unread = new Unread();
  const world = new World(readInventory(documents, facts, unread), facts);
  const { connections, programs } = connectionsOf(world, unread);
  const { findings, flows } = findingsOf(
    world,
    programs,
    connections.map((connection) => judge(world, connection)),
  );
  return inOrder({
    version: 1,
    workloads: world.inventory.workloads.map((workload) => ({
      id: workload.id,
      dataPlane: dataPlaneOf(world, workload),
    })),
    flows,
    findings: acknowledge(findings, accepted),
    notAnalysed: unread.list(),
  });
}
