import { hostPort } from '../../../../private/endpoint';
import { KUBELET_PORT } from '../../../../private/ports';
import type { Destination } from '../../../connection';
import type { Labels, Service, Workload } from '../../../inventory';
import { remembered } from '../../../remembered';
import { selectorTruth } from '../../../pods/selectors';
import type { World } from '../../../world';
import { NODE_NAME } from '../../placeholders';
import { LabelSet, type Layer } from '../relabel/label-set';
import { endpointTargets } from './endpoints';
import { type KubernetesSd, type ObjectSelector, type Seen, seenBy } from './kubernetes-sd';
import { ADDRESS, entries, labelsOf, META, NAMESPACE } from './meta-labels';
import { platformServices } from './platform';
import { podTargets, type Running } from './pod';
import { podsBehind, podsOfWorkload } from './running';
import { type RunningService, runningService, serviceTargets } from './service';
import { addressesOf, type IsOpen, type Target } from './target';

/** What discovery finds among the workloads and Services that manifests and facts describe. */
export function knownTargets(world: World, sd: KubernetesSd): readonly Target[] {
  return targets(world, sd.key, () => found(world, sd).map((target) => withMetadata(world, sd, target)));
}

/** Jobs of one program often search alike. */
const targets = remembered<World, string, readonly Target[]>();

function found(world: World, sd: KubernetesSd): Target[] {
  const addresses = addressesOf(world.facts);
  switch (sd.role) {
    case 'pod':
      return workloads(world, sd)
        .flatMap((workload) => podsOfWorkload(world, workload))
        .filter(({ pod }) => isSelected(sd.selectors.get('pod'), pod))
        .flatMap((running) => seenBy(sd, running))
        .flatMap((running) => podTargets(running, addresses));
    case 'endpoints':
    case 'endpointslice':
      return endpointsOf(world, sd);
    case 'service':
      return services(world, sd).flatMap((service) => serviceTargets(runningService(service), ofService(service)));
    case 'node':
      return [
        {
          layers: [
            labelsOf([
              [ADDRESS, hostPort({ host: addresses.node, port: KUBELET_PORT })],
              ['instance', NODE_NAME],
              [`${META}node_name`, NODE_NAME],
              [INTERNAL_IP, addresses.node],
            ]),
          ],
          destination: { kind: 'kubelet' },
          host: addresses.node,
        },
      ];
    case 'ingress':
      return [
        {
          layers: [labelsOf([[ADDRESS, INGRESS_HOST]])],
          destination: { kind: 'external', host: 'hosts of Ingresses' },
          host: INGRESS_HOST,
        },
      ];
  }
}

function ofService(service: Service): Destination {
  const { namespace, name, externalName } = service;
  if (externalName !== undefined) return { kind: 'external', host: externalName };
  return { kind: 'service', namespace, name, service };
}

/** Single labels that no manifest tells for certain. */
const ONLY_IN_CLUSTERS: readonly string[] = [
  `${META}service_loadbalancer_ip`,
  `${META}pod_container_id`,
  `${META}pod_deployment_name`,
  `${META}pod_job_name`,
  `${META}pod_cronjob_name`,
];

const INTERNAL_IP = `${META}node_address_InternalIP`;
/** Stands for the host of some Ingress (RFC 2606). */
const INGRESS_HOST = 'host.ingress.invalid';

function workloads(world: World, { namespaces }: KubernetesSd): readonly Workload[] {
  return namespaces ? namespaces.flatMap((name) => world.workloadsIn(name)) : world.inventory.workloads;
}

function services(world: World, sd: KubernetesSd): Service[] {
  return world.inventory.services.filter((service) => isSearched(sd, runningService(service)));
}

function isSearched(
  { namespaces, role, selectors }: KubernetesSd,
  { namespace, name, labels }: RunningService,
): boolean {
  const own = role === 'service' ? [] : [selectors.get(role)];
  return (
    (namespaces?.includes(namespace) ?? true) &&
    [selectors.get('service'), ...own].every((selector) => isSelected(selector, { name, labels }))
  );
}

function endpointsOf(world: World, sd: KubernetesSd): Target[] {
  const { role } = sd;
  if (role !== 'endpoints' && role !== 'endpointslice') return [];
  const described = services(world, sd).map((service) => ({
    service: runningService(service),
    behind: podsBehind(world, service),
  }));
  const ofPlatform = platformServices(world).filter(({ service }) => isSearched(sd, service));
  return [...described, ...ofPlatform].flatMap(({ service, behind }) =>
    endpointTargets(
      role,
      service,
      behind.flatMap((running) => backendsOf(sd, running)),
      addressesOf(world.facts),
    ),
  );
}

function backendsOf(sd: KubernetesSd, running: Running): Seen[] {
  const isWanted = isSelected(sd.selectors.get('pod'), running.pod);
  return seenBy(sd, running).map((seen) => ({ ...seen, visible: seen.visible && isWanted }));
}

/** Fields that depend on where and how a pod runs, such as its node, are those of the pods looked at. */
function isSelected(
  selector: ObjectSelector | undefined,
  { name, labels }: { readonly name: string; readonly labels: Labels },
): boolean {
  if (!selector) return true;
  const wanted = selector.fields.get('metadata.name');
  if (wanted !== undefined && wanted !== name) return false;
  if ((selector.fields.get('status.phase') ?? 'Running') !== 'Running') return false;
  return selectorTruth(selector.labels, { labels, complete: true }) !== 'no';
}

/** Labels of namespaces where the job asks for them; those of nodes and Ingresses exist in a running cluster only. */
function withMetadata(world: World, { role, withNamespaceLabels }: KubernetesSd, target: Target): Target {
  const known = namespaceLayer(world, new LabelSet(target.layers).get(NAMESPACE));
  const isOpen: IsOpen = (label) =>
    (role === 'ingress' && label.startsWith(META)) ||
    (label.startsWith(`${META}node_`) && ![`${META}node_name`, INTERNAL_IP].includes(label)) ||
    (!known.complete && label.startsWith(`${META}namespace_`)) ||
    ONLY_IN_CLUSTERS.includes(label) ||
    target.isOpen?.(label) === true;
  return { ...target, isOpen, ...(withNamespaceLabels && { layers: [...target.layers, known.layer] }) };
}

function namespaceLayer(world: World, namespace: string): { readonly layer: Layer; readonly complete: boolean } {
  const { labels, complete } = world.namespaceLabels(namespace);
  return { layer: labelsOf(entries('namespace', 'label', labels)), complete };
}
