import type { PeerAuthenticationSpec } from '../../../imports/security.istio.io';
import type { Labels } from '../labels';
import { AGENT_METRICS_PORT } from '../ports';
import type { Wire } from '../wire';

/** Prometheus is outside the mesh (ADR 4): in an ambient pod the port stays open for plaintext under STRICT too. */
export function plaintextMetrics(selector: Labels): Wire<PeerAuthenticationSpec> {
  return {
    selector: { matchLabels: selector },
    portLevelMtls: { [AGENT_METRICS_PORT]: { mode: 'PERMISSIVE' } },
  };
}
