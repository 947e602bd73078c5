import { PROXY_CONTAINER } from '../../private/istio-names';
import { groupsBy } from '../group-by';
import type { Toleration, Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import { fieldOf } from '../value';
import { interceptionOf } from '../verdicts/interception';
import { listed } from '../words';
import type { World } from '../world';
import { type Found, found, type Place } from './finding';
import { inPod } from './place';

/** What keeps an injected pod from being created, from starting well, or from being intercepted at all. */
export function podAdmission(world: World, workload: Workload): Found[] {
  return [...proxyUser(workload), ...startsBeforeCni(world, workload)];
}

/** Hazard 13 of docs/istio.md. Containers that end before the program starts may do so on purpose. */
function proxyUser(workload: Workload): Found[] {
  const { pod } = workload;
  const { proxyUser: user, proxyGroup: group } = interceptionOf(workload);
  return pod.containers
    .filter(({ name, init, restartable }) => name !== PROXY_CONTAINER && (!init || restartable))
    .flatMap((container) => {
      const runAsUser = container.runAsUser ?? pod.runAsUser;
      const runAsGroup = container.runAsGroup ?? pod.runAsGroup;
      const same = [
        ...(runAsUser === user ? [`user ${user}`] : []),
        ...(runAsGroup === group ? [`group ${group}`] : []),
      ];
      if (same.length === 0) return [];
      return [
        found(
          'CT114',
          { object: workload.id, field: `${container.field}.securityContext` },
          {
            message: `Container ${container.name} runs as ${listed(same)}, like the sidecar: none of its connections is intercepted.`,
            fix: `Set runAsUser and runAsGroup to another number than ${user}, such as 10001.`,
          },
        ),
      ];
    });
}

const NOT_READY_TAINT = 'cni.istio.io/not-ready';

/** Hazard 18. */
function startsBeforeCni({ facts: { mesh } }: World, workload: Workload): Found[] {
  if (mesh?.mode !== 'sidecar' || !mesh.istioCni) return [];
  const at = workload.pod.tolerations.findIndex(toleratesNotReady);
  if (at < 0) return [];
  return [
    found('CT316', inPod(workload, `tolerations[${at}]`), {
      message: `The pod tolerates the taint ${NOT_READY_TAINT}: it starts on a new node before istio-cni, and fails.`,
      fix: 'Name the key of the taint that is meant, such as node-role.kubernetes.io/control-plane, in the toleration.',
    }),
  ];
}

function toleratesNotReady({ key, operator, effect }: Toleration): boolean {
  const everyKey = (key ?? '') === '' && operator === 'Exists';
  return (everyKey || key === NOT_READY_TAINT) && ((effect ?? '') === '' || effect === 'NoSchedule');
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Pod Security of the namespaces in which pods get istio-init. */
export function podSecurity(world: World): Found[] {
  const { mesh } = world.facts;
  if (mesh && (mesh.mode !== 'sidecar' || mesh.istioCni)) return [];
  const injected = world.inventory.workloads.filter((workload) => dataPlaneOf(world, workload) === 'sidecar');
  return groupsBy(injected, ({ namespace }) => namespace).flatMap((workloads) => ofNamespace(world, workloads));
}

function ofNamespace(world: World, workloads: readonly Workload[]): Found[] {
  const [first] = [...workloads].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (!first) return [];
  const { namespace } = first;
  const level = world.namespaceLabels(namespace).labels[ENFORCE];
  if (level === undefined) return [];
  const place: Place = { object: `Namespace/${namespace}`, field: fieldOf('metadata.labels', ENFORCE) };
  const pods = workloads.length > 1 ? `${first.id} and ${workloads.length - 1} more` : first.id;
  if (level === 'privileged') {
    return world.facts.mesh === undefined
      ? []
      : [
          found('CT318', place, {
            message: `Namespace ${namespace} enforces Pod Security "privileged", which istio-init of ${pods} needs.`,
            fix: 'Install istio-cni, declare mesh.istioCni: true in the cluster file, and enforce "restricted".',
          }),
        ];
  }
  const message = `Namespace ${namespace} enforces Pod Security "${level}", which refuses istio-init of ${pods}`;
  return world.facts.mesh === undefined
    ? [
        found('CT320', place, {
          message: `${message}, unless the mesh uses istio-cni.`,
          fix: `Declare mesh.istioCni in the cluster file, or enforce "privileged" in namespace ${namespace}.`,
        }),
      ]
    : [
        found('CT317', place, {
          message: `${message}.`,
          fix: `Enforce "privileged" in namespace ${namespace} and only warn and audit "restricted", or install istio-cni and declare mesh.istioCni: true.`,
        }),
      ];
}
