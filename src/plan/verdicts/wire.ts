import type { ClientTls } from '../connection';
import type { Encryption } from '../result';

/** What leaves the client's pod. */
export interface Wire {
  /** What the mesh wraps around it. */
  readonly tunnel: 'none' | 'sidecar-mtls' | 'hbone';
  readonly content: Content;
}

/** `istio-certificate`: TLS of the application with the certificate that its sidecar wrote. */
export type Content = 'plaintext' | 'tls' | 'istio-certificate' | 'tls-in-tls';

/** What the application sends; several when a setting decides that nobody told us. */
export function contentsOf(tls: ClientTls): readonly Content[] {
  switch (tls) {
    case 'none':
      return ['plaintext'];
    case 'app':
      return ['tls'];
    case 'istio-cert':
      return ['istio-certificate'];
    case 'unknown':
      return ['plaintext', 'tls'];
  }
}

export function unwrapped(content: Content): Wire {
  return { tunnel: 'none', content };
}

const ENCRYPTIONS: Record<Content, Encryption> = {
  plaintext: 'none',
  tls: 'app-tls',
  'istio-certificate': 'istio-cert',
  'tls-in-tls': 'app-tls',
};

export function encryptionOf({ tunnel, content }: Wire): Encryption {
  return tunnel === 'none' ? ENCRYPTIONS[content] : 'mesh-mtls';
}
