import { DEFAULT_ISTIOD_NAMESPACE, PROXY_CONTAINER } from '../../../private/istio-names';
import { ISTIOD_PORT } from '../../../private/ports';
import type { Connection } from '../../connection';
import type { Workload } from '../../inventory';
import { dataPlaneOf } from '../../pods/data-plane';
import { fieldOf } from '../../value';
import type { World } from '../../world';

/** A sidecar gets certificates and configuration from istiod, and is not ready without. */
export function istiodConnections(world: World, workload: Workload): Connection[] {
  if (dataPlaneOf(world, workload) !== 'sidecar') return [];
  const { mesh } = world.facts;
  const namespace = mesh?.mode === 'sidecar' ? mesh.istiodNamespace : DEFAULT_ISTIOD_NAMESPACE;
  return [
    {
      client: { kind: 'workload', workload },
      to: { kind: 'istiod', namespace },
      purpose: 'certificates',
      source: PROXY_CONTAINER,
      object: workload.id,
      field: fieldOf(workload.template, 'metadata'),
      protocol: 'TCP',
      port: ISTIOD_PORT,
      tls: 'app',
      application: 'grpc',
      dialler: 'proxy',
    },
  ];
}
