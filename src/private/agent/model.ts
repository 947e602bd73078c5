import { Interception } from '../../interception';
import { MtlsMode } from '../../istio-mesh-props';
import { type BackendModel, destinationsOf, sortedByName } from '../backend';
import { hostCidr } from '../cidr';
import type { ClusterFacts, SidecarMeshFacts } from '../cluster-facts';
import { collectsObjectStates, type InputModel, inputId, isScraping } from '../input';
import { includes, type NamespaceSelection } from '../namespace-selection';
import type { NetworkPeer } from '../network-peer';
import { AGENT_METRICS_PORT, AGENT_SCRAPE_HEALTH_PORT } from '../ports';
import type { Resources } from '../resources';
import type { OutboundCapture, SidecarModel, SidecarResourcesModel } from '../sidecar';
import { collectedInputs, type InputGroup, inputGroups } from './input-groups';

/** What an agent is told once, when it is constructed. */
export interface AgentSettings {
  readonly namespace: string;
  readonly instance: string;
  readonly name: string;
  readonly leaseName: string;
  readonly cluster: ClusterFacts;
  readonly inputs: readonly InputModel[];
  readonly interception: Interception;
  readonly image: string;
  readonly resources: Resources;
  readonly sidecarResources: SidecarResourcesModel | undefined;
  readonly priorityClassName: string | undefined;
}

/** Everything the agent's builders read; complete when the last backend was added. */
export interface AgentModel extends AgentSettings {
  readonly backends: readonly BackendModel[];
  /** What is really collected, by who receives it. */
  readonly groups: readonly InputGroup[];
  /** Who may read the agent's own metrics. */
  readonly metricsReaders: readonly NetworkPeer[];
  /** Ports that Prometheus reads in plaintext: the second one exists only if there is scrape health to report. */
  readonly metricsPorts: readonly number[];
  /** Undefined when nothing needs a sidecar. */
  readonly sidecar: SidecarModel | undefined;
}

export function agentModel(
  settings: AgentSettings,
  backends: readonly BackendModel[],
  metricsReaders: readonly NetworkPeer[],
): AgentModel {
  const sorted = sortedByName(backends);
  const inputs = [...settings.inputs].sort((a, b) => (inputId(a) < inputId(b) ? -1 : 1));
  const groups = inputGroups(inputs, sorted);
  return {
    ...settings,
    inputs: collectedInputs(groups),
    backends: sorted,
    groups,
    metricsReaders,
    metricsPorts: metricsPorts(collectedInputs(groups)),
    sidecar: sidecarModel(settings, sorted, collectedInputs(groups)),
  };
}

/** Targets that are down, and how many agents there should be, show nowhere else. */
function metricsPorts(inputs: readonly InputModel[]): number[] {
  const reportsHealth = inputs.some((input) => isScraping(input) || collectsObjectStates(input));
  return [AGENT_METRICS_PORT, ...(reportsHealth ? [AGENT_SCRAPE_HEALTH_PORT] : [])];
}

/** A sidecar costs memory on every node, so it is asked for only when something is sent or scraped through it. */
function sidecarModel(
  settings: AgentSettings,
  backends: readonly BackendModel[],
  inputs: readonly InputModel[],
): SidecarModel | undefined {
  const { mesh } = settings.cluster;
  if (mesh.mode !== 'sidecar') return undefined;
  const outbound = outboundCapture(settings, backends);
  const applications = inputs.filter(({ kind }) => kind === 'prometheus' || kind === 'scrape-job');
  const certificates = applications.some(({ namespaces }) => needsCertificates(mesh, namespaces));
  if (outbound.ports.length === 0 && outbound.ipRanges.length === 0 && !certificates) return undefined;
  const { sidecarResources: resources } = settings;
  return {
    revision: mesh.revision,
    native: mesh.nativeSidecars,
    dualStack: mesh.dualStack,
    resources,
    outbound,
    inboundExclusions: metricsPorts(inputs),
    certificates,
  };
}

export function outboundCapture(
  { cluster, interception }: AgentSettings,
  backends: readonly BackendModel[],
): OutboundCapture {
  const destinations = backends.flatMap(destinationsOf);
  const apiServer = cluster.apiServer.serviceIps.map(hostCidr);
  if (interception === Interception.SERVICE_CIDRS) {
    const used = destinations.some(({ placement }) => placement.kind !== 'external');
    return { excludeIpRanges: apiServer, ports: [], ipRanges: used ? cluster.serviceCidrs : [] };
  }
  const wanted = destinations.filter(
    ({ placement }) => interception === Interception.EVERY_BACKEND || placement.kind === 'inMesh',
  );
  return {
    excludeIpRanges: [
      ...new Set([...cluster.podCidrs, ...cluster.nodeCidrs, ...apiServer, ...cluster.apiServer.endpointCidrs]),
    ],
    ports: [...new Set(wanted.map(({ endpoint }) => endpoint.port))].sort((a, b) => a - b),
    ipRanges: [],
  };
}

/** Whether some scrape could meet a sidecar that only accepts mutual TLS. */
export function needsCertificates(mesh: SidecarMeshFacts, scraped: NamespaceSelection): boolean {
  const strictPort = mesh.portMtls.some(
    ({ namespace, mode }) => mode === MtlsMode.STRICT && includes(scraped, namespace),
  );
  return strictPort || strictNamespaces(mesh, scraped) !== 'none';
}

/** Namespaces whose sidecars only accept mutual TLS, as far as they are scraped. */
export function strictNamespaces(mesh: SidecarMeshFacts, scraped: NamespaceSelection): NamespaceSelection | 'none' {
  const isStrict = (namespace: string): boolean => (mesh.namespaceMtls[namespace] ?? mesh.mtls) === MtlsMode.STRICT;
  const declared = Object.keys(mesh.namespaceMtls).sort();
  if ('allExcept' in scraped && mesh.mtls === MtlsMode.STRICT) {
    return { allExcept: declared.filter((namespace) => !isStrict(namespace)) };
  }
  const candidates = 'only' in scraped ? scraped.only : declared.filter((name) => !scraped.allExcept.includes(name));
  const only = candidates.filter(isStrict);
  return only.length === 0 ? 'none' : { only };
}
