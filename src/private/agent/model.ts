import { Interception } from '../../interception';
import { MtlsMode } from '../../istio-mesh';
import { type BackendModel, sortedByName } from '../backend';
import { hostCidr } from '../checks';
import type { ClusterFacts, SidecarMeshFacts } from '../facts';
import type { Inputs, PrometheusInput } from '../input';
import type { NetworkPeer } from '../network-peer';
import { partName } from '../names';
import type { Resources } from '../resources';
import type { OutboundCapture, SidecarModel } from '../sidecar';

/** What an agent is told once, when it is constructed. */
export interface AgentSettings {
  readonly namespace: string;
  readonly instance: string;
  readonly cluster: ClusterFacts;
  readonly inputs: Inputs;
  readonly interception: Interception;
  readonly image: string;
  readonly resources: Resources;
}

/** Everything the agent's builders read; complete when the last backend was added. */
export interface AgentModel extends AgentSettings {
  readonly name: string;
  readonly backends: readonly BackendModel[];
  /** Who may read the agent's own metrics. */
  readonly metricsReaders: readonly NetworkPeer[];
  /** Undefined when nothing needs a sidecar. */
  readonly sidecar: SidecarModel | undefined;
}

export function agentModel(
  settings: AgentSettings,
  backends: readonly BackendModel[],
  metricsReaders: readonly NetworkPeer[],
): AgentModel {
  const sorted = sortedByName(backends);
  return {
    ...settings,
    name: partName(settings.instance, 'metric-agent'),
    backends: sorted,
    metricsReaders,
    sidecar: sidecarModel(settings, sorted),
  };
}

/** A sidecar costs memory on every node, so it is asked for only when something is sent or scraped through it. */
function sidecarModel(settings: AgentSettings, backends: readonly BackendModel[]): SidecarModel | undefined {
  const { mesh } = settings.cluster;
  if (mesh.mode !== 'sidecar') return undefined;
  const outbound = outboundCapture(settings, backends);
  const certificates = strictNamespaces(mesh, settings.inputs.prometheus) !== 'none';
  if (outbound.ports.length === 0 && outbound.ipRanges.length === 0 && !certificates) return undefined;
  return { revision: mesh.revision, native: mesh.nativeSidecars, outbound, certificates };
}

export function outboundCapture(
  { cluster, interception }: AgentSettings,
  backends: readonly BackendModel[],
): OutboundCapture {
  const apiServer = cluster.apiServer.serviceIps.map(hostCidr);
  if (interception === Interception.SERVICE_CIDRS) {
    const used = backends.some((backend) => backend.placement.kind !== 'external');
    return { excludeIpRanges: apiServer, ports: [], ipRanges: used ? cluster.serviceCidrs : [] };
  }
  const wanted = backends.filter(
    (backend) => interception === Interception.EVERY_BACKEND || backend.placement.kind === 'inMesh',
  );
  return {
    excludeIpRanges: [...cluster.podCidrs, ...cluster.nodeCidrs, ...apiServer, ...cluster.apiServer.endpointCidrs],
    ports: [...new Set(wanted.map((backend) => backend.endpoint.port))].sort((a, b) => a - b),
    ipRanges: [],
  };
}

/** The namespaces whose sidecars only accept mutual TLS, as far as the input scrapes them. */
export type StrictNamespaces =
  'none' | { readonly only: readonly string[] } | { readonly allExcept: readonly string[] };

export function strictNamespaces(mesh: SidecarMeshFacts, input: PrometheusInput | undefined): StrictNamespaces {
  if (!input) return 'none';
  const isStrict = (namespace: string): boolean => (mesh.namespaceMtls[namespace] ?? mesh.mtls) === MtlsMode.STRICT;
  const declared = Object.keys(mesh.namespaceMtls).sort();
  if (input.namespaces === undefined && mesh.mtls === MtlsMode.STRICT) {
    return { allExcept: declared.filter((namespace) => !isStrict(namespace)) };
  }
  const only = (input.namespaces ?? declared).filter(isStrict);
  return only.length === 0 ? 'none' : { only };
}
