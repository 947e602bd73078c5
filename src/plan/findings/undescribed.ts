import { ANY_SERVICE } from '../connection';
import { groupsBy } from '../group-by';
import type { FlowTarget } from '../result';
import { possiblePlanes } from '../pods/data-plane';
import type { Judged } from '../verdicts/judged';
import type { World } from '../world';
import { type Found, found } from './finding';
import { sourceOf, targetWords } from './flow-words';

/** What somebody has to declare before more is known. */
export function undescribed(world: World, judged: readonly Judged[]): Found[] {
  return [...services(world, judged), ...mesh(world, judged)];
}

function services(world: World, judged: readonly Judged[]): Found[] {
  const open = judged.filter(
    ({ causes, flow: { to } }) => causes.includes('service-not-described') && !isDiscovered(to),
  );
  return groupsBy(open, ({ flow }) => JSON.stringify(flow.to)).flatMap((same) => {
    const [first] = same;
    if (first.connection.to.kind !== 'service') return [];
    const { namespace, name } = first.connection.to;
    const ports = [...new Set(same.flatMap(({ connection: { port } }) => port ?? []))];
    return [
      found(
        'CT503',
        sourceOf(first),
        {
          message: `Neither the manifests nor the cluster file describe ${targetWords(first.connection.to)}: whether its pods are in the mesh is not known.`,
          fix:
            namespace === ''
              ? `Declare the Service with cluster IP ${name} below services in the cluster file.`
              : `Declare it below services in the cluster file: {namespace: ${namespace}, name: ${name}, ports: [${ports.map((port) => `{port: ${port}}`).join(', ')}], podLabels: …, mesh: ${membershipWords(world)}}.`,
        },
        same,
      ),
    ];
  });
}

/** `sidecar or none` */
function membershipWords(world: World): string {
  const inMesh = possiblePlanes(world).filter((plane) => plane !== 'none');
  return `${inMesh.join(', ')} or none`;
}

/** Of Services that a job discovers nobody can declare one by its name. */
function isDiscovered({ kind, name }: FlowTarget): boolean {
  return kind === 'service' && name === ANY_SERVICE;
}

function mesh({ facts }: World, judged: readonly Judged[]): Found[] {
  const open = judged.filter(({ flow }) => flow.verdict === 'unknown');
  if (facts.mesh !== undefined || open.length === 0) return [];
  return [
    found(
      'CT901',
      { object: 'cluster file', field: 'mesh' },
      {
        message: 'Whether the cluster has a mesh is not declared.',
        fix: 'Pass a cluster file with mesh: {mode: none, sidecar or ambient}, and for a sidecar mesh mtls: STRICT or PERMISSIVE.',
      },
      open,
    ),
  ];
}
