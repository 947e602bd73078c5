import type { PeerAuthenticationSpec } from '../../../imports/security.istio.io';
import type { Labels } from '../labels';
import type { AsYaml } from '../as-yaml';

/** Prometheus is outside the mesh (ADR 4): in an ambient pod these ports stay open for plaintext under STRICT too. */
export function plaintextMetrics(selector: Labels, ports: readonly number[]): AsYaml<PeerAuthenticationSpec> {
  return {
    selector: { matchLabels: selector },
    portLevelMtls: Object.fromEntries(ports.map((port) => [port, { mode: 'PERMISSIVE' as const }])),
  };
}
