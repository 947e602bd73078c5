import type {
  DestinationRule,
  DestinationTls,
  IstioSidecar,
  MtlsModeName,
  PeerAuthentication,
  ServiceEntry,
} from '../inventory';
import type { Unread } from '../unread';
import type { Value } from '../value';
import type { KubernetesObject } from './object';
import { labelsOrNone, oneOf, portKey, required, requiredPort } from './strict';
import { reportUnknownKeys, type Shape } from './unknown-keys';

const NOT_READ = 'the planner does not read it';

export function readPeerAuthentication(object: KubernetesObject, unread: Unread): PeerAuthentication {
  const { id, kind, namespace, name, root } = object;
  const spec = root.get('spec');
  const selector = labelsOrNone(spec.at('selector', 'matchLabels'));
  const mode = modeOf(spec.at('mtls', 'mode'));
  const ports = spec.get('portLevelMtls').entries();
  reportUnknownKeys(unread, id, spec, PEER_AUTHENTICATION, NOT_READ);
  return {
    ...{ id, kind, namespace, name },
    ...(selector && { selector }),
    ...(mode && { mode }),
    ports: new Map(ports.map(([port, mtls]) => [portKey(mtls.field, port), modeOf(mtls.get('mode'))])),
    created: root.at('metadata', 'creationTimestamp').text() ?? '',
    origin: 'manifest',
  };
}

const PEER_AUTHENTICATION: Shape = { selector: { matchLabels: null }, mtls: { mode: null }, portLevelMtls: null };

/** UNSET inherits, as does no mode at all. */
function modeOf(value: Value): MtlsModeName | undefined {
  const mode = oneOf(value, ['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET']);
  return mode === 'UNSET' ? undefined : mode;
}

export function readDestinationRule(object: KubernetesObject, unread: Unread): DestinationRule {
  const { id, kind, namespace, name, root } = object;
  const spec = root.get('spec');
  const policy = spec.get('trafficPolicy');
  const tls = tlsOf(policy);
  const workloadSelector = labelsOrNone(spec.at('workloadSelector', 'matchLabels'));
  const settings = policy.get('portLevelSettings').items();
  const ports = settings.map((setting) => ({
    setting,
    port: requiredPort(setting.at('port', 'number')),
    tls: tlsOf(setting),
  }));
  for (const { setting } of ports.filter((port) => tls && !port.tls)) {
    unread.report(
      id,
      setting.field,
      'settings of a port without tls switch the tls of the rule off there; not planned',
    );
  }
  for (const key of ['tunnel', 'proxyProtocol']) {
    if (policy.get(key).present) unread.report(id, `spec.trafficPolicy.${key}`, NOT_READ);
  }
  for (const subset of spec.get('subsets').items()) {
    if (subset.get('trafficPolicy').present) unread.report(id, subset.field, SUBSET);
  }
  return {
    ...{ id, kind, namespace, name },
    host: required(spec.get('host')),
    ...(tls && { tls }),
    ports: new Map(ports.flatMap((port) => (port.tls ? [[port.port, port.tls] as const] : []))),
    ...(workloadSelector && { workloadSelector }),
    exportTo: spec.get('exportTo').texts(),
  };
}

const SUBSET = 'a VirtualService chooses the subset; the planner reads neither';

function tlsOf(policy: Value): DestinationTls | undefined {
  return oneOf(policy.at('tls', 'mode'), ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']);
}

export function readServiceEntry(object: KubernetesObject, unread: Unread): ServiceEntry {
  const { id, kind, namespace, name, root } = object;
  const spec = root.get('spec');
  for (const key of ['endpoints', 'workloadSelector']) {
    if (spec.get(key).present) unread.report(id, `spec.${key}`, 'where connections to its hosts end is not read');
  }
  return {
    ...{ id, kind, namespace, name },
    hosts: spec.get('hosts').texts(),
    addresses: spec.get('addresses').texts(),
    ports: spec
      .get('ports')
      .items()
      .map((port) => {
        const targetPort = port.get('targetPort');
        if (targetPort.present) unread.report(id, targetPort.field, NOT_READ);
        return {
          name: port.get('name').text() ?? '',
          number: requiredPort(port.get('number')),
          protocol: port.get('protocol').text() ?? '',
        };
      }),
    resolution: oneOf(spec.get('resolution'), RESOLUTIONS) ?? 'NONE',
    meshInternal: oneOf(spec.get('location'), ['MESH_EXTERNAL', 'MESH_INTERNAL']) === 'MESH_INTERNAL',
    exportTo: spec.get('exportTo').texts(),
  };
}

const RESOLUTIONS = ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'] as const;

export function readIstioSidecar(object: KubernetesObject, unread: Unread): IstioSidecar {
  const { id, kind, namespace, name, root } = object;
  const spec = root.get('spec');
  const selector = labelsOrNone(spec.at('workloadSelector', 'labels'));
  const egress = spec.get('egress').items();
  const mode = oneOf(spec.at('outboundTrafficPolicy', 'mode'), ['REGISTRY_ONLY', 'ALLOW_ANY']);
  const egressHosts = egress.flatMap((listener) => listener.get('hosts').texts());
  reportUnknownKeys(unread, id, spec, SIDECAR, NOT_READ);
  return {
    ...{ id, kind, namespace, name },
    ...(selector && { selector }),
    // An empty list is no restriction, as in every list of Istio.
    ...(egress.length > 0 && { egressHosts }),
    ...(mode && { registryOnly: mode === 'REGISTRY_ONLY' }),
  };
}

/** Listeners with a port, address or capture mode of their own are not read. */
const SIDECAR: Shape = {
  workloadSelector: { labels: null },
  egress: { hosts: null },
  outboundTrafficPolicy: { mode: null },
};
