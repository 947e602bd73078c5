import { type Case, type Cause, type Outcome } from './outcome';
import { PROXY_PORTS } from './interception';
import type { Server } from './server';
import type { Situation } from './situation';
import { type Content, encryptionOf, type Wire } from './wire';

/** What the server makes of a connection: istio `pilot/pkg/networking/core/filterchain_options.go`, for ambient ztunnel. */
export function received(wire: Wire, server: Server, situation: Situation): Case {
  return { given: situation.given, outcome: outcomeOf(wire, server, situation) };
}

function outcomeOf(wire: Wire, server: Server, situation: Situation): Outcome {
  if (situation.plane === 'sidecar' && server.port !== null && PROXY_PORTS.includes(server.port)) {
    return atPlaintextPort(wire, server.port);
  }
  if (wire.tunnel === 'hbone') return ended(wire, 'The mesh encrypts with mutual TLS (HBONE)');
  if (!situation.captured) return atApplication(wire, uncaptured(server, situation));
  return situation.plane === 'ambient' ? atZtunnel(wire, server, situation) : atSidecar(wire, server, situation);
}

/** Merged metrics, readiness and Envoy's metrics of every injected pod, and istiod's metrics. */
export function atPlaintextPort(wire: Wire, port: number): Outcome {
  if (wire.tunnel !== 'sidecar-mtls' && wire.content === 'plaintext')
    return works(wire, `Port ${port} is always plaintext.`);
  return fails(wire, 'broken', 'port-is-always-plaintext', `Port ${port} is always plaintext and understands no TLS.`);
}

/** What an application gets when nobody ends TLS for it: it is taken to speak what the client speaks, but no mesh TLS. */
export function atApplication(wire: Wire, because: string): Outcome {
  if (wire.tunnel === 'sidecar-mtls') {
    return fails(wire, 'broken', 'application-gets-tls', `${because}, so that nobody ends the mutual TLS of the mesh.`);
  }
  return contentAt(wire, because, 'application-gets-tls');
}

function contentAt(wire: Wire, because: string, cause: Cause): Outcome {
  switch (wire.content) {
    case 'plaintext':
      return works(wire, `${because}; the application gets plaintext.`);
    case 'tls':
      return works(wire, `${because}; the application ends its own TLS.`);
    case 'istio-certificate':
    case 'tls-in-tls':
      return fails(wire, 'broken', cause, `${because}; the application gets TLS instead of plaintext.`);
  }
}

function uncaptured({ port }: Server, { plane }: Situation): string {
  if (plane === 'none') return 'The server has no sidecar';
  const taker = plane === 'sidecar' ? 'sidecar' : 'ztunnel';
  return `The server's ${taker} does not take ${portWords(port)}`;
}

function atSidecar(wire: Wire, server: Server, { mode, http }: Situation): Outcome {
  const port = portWords(server.port);
  if (wire.tunnel === 'sidecar-mtls') {
    if (mode !== 'DISABLE') return ended(wire, `The sidecars of both sides encrypt with mutual TLS (mode ${mode})`);
    return atApplication(wire, `Mode DISABLE: the server's sidecar passes ${port} on as it is`);
  }
  if (wire.content === 'plaintext') {
    if (mode !== 'STRICT') return works(wire, `The server's sidecar accepts plaintext on ${port} (mode ${mode}).`);
    const why = `The server's sidecar refuses plaintext on ${port}: mode STRICT.`;
    return fails(wire, 'refused', 'strict-refuses-plaintext', why);
  }
  if (mode === 'STRICT') return tlsAtStrict(wire, port);
  if (http) {
    const why = `The server's sidecar takes ${port} for HTTP and refuses TLS that is not Istio's (mode ${mode}).`;
    return fails(wire, 'refused', 'http-port-refuses-tls', why);
  }
  return atApplication(wire, `The server's sidecar passes TLS on ${port} on as it is (mode ${mode})`);
}

function tlsAtStrict(wire: Wire, port: string): Outcome {
  if (wire.content === 'istio-certificate') {
    return works(
      wire,
      `The server's sidecar ends the TLS with the client's Istio certificate (mode STRICT); the application gets plaintext.`,
    );
  }
  const why = `The server's sidecar demands a certificate of the mesh on ${port} (mode STRICT); the TLS of the application has none.`;
  return fails(wire, 'refused', 'strict-refuses-tls-without-mesh-certificate', why);
}

/** ztunnel ends HBONE only; DISABLE counts as PERMISSIVE. */
function atZtunnel(wire: Wire, { port }: Server, { mode }: Situation): Outcome {
  if (mode !== 'STRICT') {
    return atApplication(wire, `The server's ztunnel accepts connections from outside ambient (mode ${mode})`);
  }
  const cause =
    wire.content === 'plaintext' ? 'strict-refuses-plaintext' : 'strict-refuses-tls-without-mesh-certificate';
  const why = `The server's ztunnel refuses connections to ${portWords(port)} that do not come through ambient (mode STRICT).`;
  return fails(wire, 'refused', cause, why);
}

/** The mesh took its TLS off; what was inside reaches the application. */
function ended(wire: Wire, because: string): Outcome {
  if (wire.content === 'plaintext') return works(wire, `${because}.`);
  return contentAt(wire, `${because} around TLS of the client`, 'double-tls');
}

function portWords(port: number | null): string {
  return port === null ? 'the port' : `port ${port}`;
}

function works(wire: Wire, why: string): Outcome {
  return { verdict: 'works', encryption: encryptionOf(wire), causes: ['accepted'], why };
}

export function fails(wire: Wire, verdict: 'refused' | 'broken', cause: Cause, why: string): Outcome {
  return { verdict, encryption: encryptionOf(wire), causes: [cause], why };
}

/** For a destination that the mesh has nothing to do with. */
export function passesOn({ content }: { readonly content: Content }, why: string): Outcome {
  return works({ tunnel: 'none', content }, why);
}
