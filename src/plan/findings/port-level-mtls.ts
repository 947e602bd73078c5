import type { Labels, PeerAuthentication, Service, ServicePort, Workload } from '../inventory';
import { fieldOf } from '../value';
import { portsNamed } from '../verdicts/network-policy/ports';
import { listed } from '../words';
import { byNamespace, selects, type World } from '../world';
import { type Found, found } from './finding';

/** Modes by port that Istio does not apply (hazard 20 of docs/istio.md). */
export function portLevelMtls(world: World): Found[] {
  const { peerAuthentications, services } = world.inventory;
  const rendered = peerAuthentications.filter(({ origin, ports }) => origin === 'manifest' && ports.size > 0);
  const byPlace = byNamespace(services);
  return rendered.flatMap((policy) => {
    const { selector, ports, namespace } = policy;
    if (!selector || Object.keys(selector).length === 0) return [withoutSelector(policy)];
    return [...ports.keys()].flatMap((port) =>
      byServicePort(world, policy, selector, port, byPlace.get(namespace) ?? []),
    );
  });
}

function withoutSelector({ id, ports }: PeerAuthentication): Found {
  return found(
    'CT410',
    { object: id, field: 'spec.portLevelMtls' },
    {
      message: `portLevelMtls sets a mode for ${listed([...ports.keys()])} without a selector: Istio does not apply it.`,
      fix: 'Add spec.selector.matchLabels with the labels of the pods that listen there.',
    },
  );
}

/** Only claimed of pods that are known and do not listen on the port themselves. */
function byServicePort(
  world: World,
  policy: PeerAuthentication,
  selector: Labels,
  port: number,
  services: readonly Service[],
): Found[] {
  const mistaken = services.flatMap((service) => {
    const served = service.ports.find((candidate) => candidate.port === port && candidate.targetPort !== port);
    const behind = served && world.workloadsBehind(service).find(({ labels }) => selects(selector, labels));
    const target = behind && targetOf(served, behind);
    return target === undefined || target === port ? [] : [{ service, target }];
  })[0];
  if (!mistaken) return [];
  const selected = world.workloadsIn(policy.namespace).filter(({ labels }) => selects(selector, labels));
  if (selected.some((workload) => listensOn(workload, port))) return [];
  const { service, target } = mistaken;
  return [
    found(
      'CT411',
      { object: policy.id, field: fieldOf('spec.portLevelMtls', String(port)) },
      {
        message: `portLevelMtls names port ${port} of ${service.id}, but the pods listen on ${target}: the mode has no effect.`,
        fix: `Write ${target} instead of ${port}.`,
      },
    ),
  ];
}

function targetOf({ targetPort, protocol }: ServicePort, workload: Workload): number | undefined {
  return typeof targetPort === 'number' ? targetPort : portsNamed(workload, targetPort, protocol)[0];
}

/** Containers need not declare their ports; without any declaration nothing is claimed. */
function listensOn({ pod }: Workload, port: number): boolean {
  const declared = pod.containers.flatMap(({ ports }) => ports);
  return declared.length === 0 || declared.some((candidate) => candidate.port === port);
}
