import type { AlertmanagerProps } from '../../prometheus-props';
import { resolveDestination } from '../destination-checks';
import { invalid } from '../errors';
import { alertmanagerKind } from './keys';
import type { AlertReceiver } from './model';

export function alertReceiver(where: string, props: AlertmanagerProps): AlertReceiver {
  const given = alertmanagerKind(where, 'alertmanager', props);
  const receiver = resolveDestination(where, 'alertmanager.url', 'alertmanager', given);
  if (receiver.placement.kind === 'inMesh') {
    throw invalid(where, {
      input: 'alertmanager.placement',
      got: 'in the mesh',
      allowed: 'inCluster or external: Prometheus is outside the mesh (ADR 4) and has no sidecar',
      fix: 'exclude the Alertmanager’s port from its sidecar and place it with BackendPlacement.inCluster()',
    });
  }
  return receiver;
}
