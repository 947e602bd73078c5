import type { Judged } from '../verdicts/judged';
import type { World } from '../world';
import { bypassedBackends } from './bypassed-backends';
import { capturedConnections } from './captured-connections';
import { deniedConnections } from './denied-connections';
import { backendEncryption } from './encryption';
import { failingConnections } from './failing-connections';
import type { Found } from './finding';
import { undescribed } from './undescribed';

/** What follows from the verdicts. */
export function connectionFindings(world: World, judged: readonly Judged[]): Found[] {
  const ordered = inOrder(judged);
  return [
    ...capturedConnections(world, ordered),
    ...bypassedBackends(world, ordered),
    ...failingConnections(world, ordered),
    ...deniedConnections(world, ordered),
    ...backendEncryption(ordered),
    ...undescribed(world, ordered),
  ];
}

/** Of connections with the same fault a finding shows the first: whatever the order of files and documents. */
function inOrder(judged: readonly Judged[]): Judged[] {
  return judged
    .map((one) => ({ one, key: keyOf(one) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ one }) => one);
}

function keyOf({ flow, connection: { object, field } }: Judged): string {
  const { from, to, port, protocol, purpose, source } = flow;
  return JSON.stringify([
    from,
    to.kind,
    to.namespace,
    to.name,
    to.workload,
    to.dataPlane,
    port,
    protocol,
    purpose,
    source,
    object,
    field,
  ]);
}
