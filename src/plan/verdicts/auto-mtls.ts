import { TLS_MODE } from '../../private/istio-names';
import type { DestinationTls } from '../inventory';
import type { PossibleWire, Wires } from './reach';
import type { Server } from './server';
import type { Situation } from './situation';
import { type Content, unwrapped, type Wire } from './wire';

/** What the client's sidecar goes by when it sends to a host that it knows. */
export interface ClientRules {
  /** TLS that a DestinationRule demands. */
  readonly rule: DestinationTls | undefined;
  /** Whether the sidecar uses HBONE towards ambient; undefined: a setting of the mesh decides. */
  readonly hbone: boolean | undefined;
  /** Everybody behind a headless Service. */
  readonly peers: readonly Server[];
}

/** What the client's sidecar sends to pods of a Service that it knows: istio `pilot/pkg/networking/core/cluster_tls.go`. */
export function wiresTo(content: Content, { rule, hbone, peers }: ClientRules): Wires {
  return (server, situation) => {
    if (rule !== undefined) return certainly(ruled(rule, content));
    if (situation.plane === 'ambient') return throughHbone(hbone, content);
    if (situation.plane !== 'sidecar' || !takesMutualTls(server, situation)) return certainly(unwrapped(content));
    return withPeers(server, peers, { tunnel: 'sidecar-mtls', content });
  };
}

/** The endpoint's label, set by injection, and modes: the namespace's decides for the Service, the port's for the endpoint. */
function takesMutualTls({ workload }: Server, { mode, namespaceMode }: Situation): boolean {
  const labelled = (workload?.labels[TLS_MODE] ?? 'istio') === 'istio';
  return labelled && mode !== 'DISABLE' && namespaceMode !== 'DISABLE';
}

/** Connections to pods of a headless Service go by the least of them. */
function withPeers(server: Server, peers: readonly Server[], mutual: Wire): readonly PossibleWire[] {
  const planes = peers.filter(({ workload }) => workload !== server.workload).map(({ dataPlane }) => dataPlane);
  if (planes.every((plane) => plane === 'sidecar')) return certainly(mutual);
  if (planes.some((plane) => plane !== 'sidecar' && plane !== 'unknown')) return certainly(unwrapped(mutual.content));
  return [
    { given: { peers: 'if all pods of the headless Service have a sidecar' }, wire: mutual },
    { given: { peers: 'if one of its pods has no sidecar' }, wire: unwrapped(mutual.content) },
  ];
}

/** What a DestinationRule demands, whatever the server is. */
export function ruled(rule: DestinationTls, content: Content): Wire {
  switch (rule) {
    case 'DISABLE':
      return unwrapped(content);
    case 'ISTIO_MUTUAL':
      return { tunnel: 'sidecar-mtls', content };
    case 'SIMPLE':
    case 'MUTUAL':
      return unwrapped(content === 'plaintext' ? 'tls' : 'tls-in-tls');
  }
}

/** Undefined: a setting of the mesh decides. */
export function throughHbone(hbone: boolean | undefined, content: Content): readonly PossibleWire[] {
  const tunnelled: Wire = { tunnel: 'hbone', content };
  if (hbone !== undefined) return certainly(hbone ? tunnelled : unwrapped(content));
  return [
    { given: { hbone: 'with HBONE' }, wire: tunnelled },
    { given: { hbone: 'without HBONE' }, wire: unwrapped(content) },
  ];
}

export function certainly(wire: Wire): readonly PossibleWire[] {
  return [{ given: {}, wire }];
}
