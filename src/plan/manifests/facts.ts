import type { NamespaceFacts, PortMtlsFacts, ServiceFacts, SidecarMeshFacts } from '../../private/cluster-facts';
import { NAMESPACE_NAME } from '../../private/labels';
import type { Labels, MtlsModeName, PeerAuthentication, Service } from '../inventory';
import type { Unread } from '../unread';
import { type PlanFacts } from '../world';

export interface NamespaceObject {
  readonly name: string;
  readonly labels: Labels;
}

/** Labels of manifests win over those of the facts; the label with the name wins over both. */
export function namespacesOf(
  manifests: readonly NamespaceObject[],
  facts: readonly NamespaceFacts[],
): ReadonlyMap<string, Labels> {
  const namespaces = new Map<string, Labels>();
  for (const { name, labels } of [...facts, ...manifests]) {
    namespaces.set(name, { ...namespaces.get(name), ...labels, [NAMESPACE_NAME]: name });
  }
  return namespaces;
}

/** A Service of a manifest wins over one of the facts. */
export function servicesOf(manifests: readonly Service[], facts: readonly ServiceFacts[]): Service[] {
  const known = new Set(manifests.map(({ id }) => id));
  return [...manifests, ...facts.map(serviceOf).filter(({ id }) => !known.has(id))];
}

function serviceOf({ namespace, name, ports, podLabels, headless, clusterIps, dataPlane }: ServiceFacts): Service {
  return {
    id: `Service/${namespace}/${name}`,
    kind: 'Service',
    namespace,
    name,
    origin: 'facts',
    headless,
    ...(Object.keys(podLabels).length > 0 && { selector: podLabels }),
    clusterIps,
    ports: ports.map((port) => ({ ...port, protocol: 'TCP' })),
    dataPlane,
  };
}

/** Modes that the facts declare, but where a manifest already decides about the same pods. */
export function peerAuthenticationsOf(
  manifests: readonly PeerAuthentication[],
  { mesh }: PlanFacts,
  unread: Unread,
): PeerAuthentication[] {
  if (mesh?.mode !== 'sidecar') return [...manifests];
  const decided = new Map(manifests.map((manifest) => [scopeOf(manifest.namespace, manifest.selector), manifest]));
  const declared = declaredModes(mesh);
  for (const fact of declared) {
    const manifest = decided.get(scopeOf(fact.namespace, fact.selector));
    if (manifest) reportLostPorts(fact, manifest, unread);
  }
  return [...manifests, ...declared.filter((fact) => !decided.has(scopeOf(fact.namespace, fact.selector)))];
}

/** Pods of a namespace with some labels, a namespace or, in the root namespace, the mesh. */
function scopeOf(namespace: string, selector: Labels = {}): string {
  return `${namespace} ${JSON.stringify(Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function reportLostPorts(fact: PeerAuthentication, manifest: PeerAuthentication, unread: Unread): void {
  for (const [port, mode] of fact.ports) {
    if (manifest.ports.has(port)) continue;
    const reason = `the facts declare ${mode ?? 'no mode'} for port ${port} of the same pods; this manifest wins`;
    unread.report(manifest.id, 'spec.portLevelMtls', reason);
  }
}

function declaredModes({ mtls, namespaceMtls, portMtls, istiodNamespace }: SidecarMeshFacts): PeerAuthentication[] {
  const modes = new Map<string, MtlsModeName>(Object.entries(namespaceMtls));
  return [
    // A mode of the root namespace itself is the mesh-wide one.
    { ...declared(istiodNamespace, 'mesh'), mode: modes.get(istiodNamespace) ?? mtls },
    ...[...modes]
      .filter(([namespace]) => namespace !== istiodNamespace)
      .map(([namespace, mode]) => ({ ...declared(namespace, 'namespace'), mode })),
    ...portModes(portMtls),
  ];
}

/** Istio counts one object per set of pods only, so ports of the same pods belong together. */
function portModes(portMtls: readonly PortMtlsFacts[]): PeerAuthentication[] {
  const modes = new Map<string, { readonly entry: PortMtlsFacts; readonly ports: Map<number, MtlsModeName> }>();
  for (const entry of portMtls) {
    const scope = scopeOf(entry.namespace, entry.podLabels);
    const found = modes.get(scope) ?? { entry, ports: new Map<number, MtlsModeName>() };
    modes.set(scope, found);
    found.ports.set(entry.port, entry.mode);
  }
  return [...modes.values()].map(({ entry: { namespace, podLabels }, ports }, i) => ({
    ...declared(namespace, `ports-${i + 1}`),
    selector: podLabels,
    ports,
  }));
}

function declared(namespace: string, scope: string): PeerAuthentication {
  const [kind, name] = ['PeerAuthentication', `declared-for-${scope}`];
  return { id: `${kind}/${namespace}/${name}`, kind, namespace, name, ports: new Map(), created: '', origin: 'facts' };
}
