import { ISTIOD_LABELS, ISTIOD_SERVICE } from '../../../../private/istio-names';
import { API_SERVER_SERVICE } from '../../../../private/kubernetes-names';
import { API_SERVER_PORT, ISTIOD_METRICS_PORT, ISTIOD_PORT } from '../../../../private/ports';
import type { World } from '../../../world';
import { NODE_NAME } from '../../placeholders';
import { POD_SUFFIX, type Running } from './pod';
import type { RunningService } from './service';
import { ANY_PORT } from './target';

/** Services that a cluster has although nobody's manifests render them, with what is behind them. */
export interface PlatformService {
  readonly service: RunningService;
  readonly behind: readonly Running[];
}

export function platformServices(world: World): PlatformService[] {
  const found = [kubernetes(world), ...istiod(world)];
  return found.filter(({ service: { namespace, name } }) => world.service(namespace, name) === undefined);
}

export function isPlatformService(world: World, namespace: string, name: string): boolean {
  return platformServices(world).some(({ service }) => service.namespace === namespace && service.name === name);
}

/** Its endpoints are the API servers themselves, which need not be pods. */
function kubernetes({ facts: { apiServer } }: World): PlatformService {
  const [port = ANY_PORT, ...others] = apiServer.ports;
  const targetPort = others.length === 0 ? port : ANY_PORT;
  const service = platformService(API_SERVER_SERVICE, { component: 'apiserver', provider: 'kubernetes' }, [
    ['https', API_SERVER_PORT, targetPort],
  ]);
  return { service, behind: [{ pod: podBehind(service), destination: { kind: 'kubernetes-api' }, anyPort: true }] };
}

/** Ports of Istio's chart. */
function istiod({ facts: { mesh } }: World): PlatformService[] {
  if (mesh?.mode !== 'sidecar') return [];
  const name = mesh.revision === undefined ? ISTIOD_SERVICE : `${ISTIOD_SERVICE}-${mesh.revision}`;
  const service = platformService({ namespace: mesh.istiodNamespace, name }, { ...ISTIOD_LABELS, istio: 'pilot' }, [
    ['grpc-xds', 15010, 15010],
    ['https-dns', ISTIOD_PORT, ISTIOD_PORT],
    ['https-webhook', 443, 15017],
    ['http-monitoring', ISTIOD_METRICS_PORT, ISTIOD_METRICS_PORT],
  ]);
  const destination = { kind: 'istiod', namespace: mesh.istiodNamespace } as const;
  return [{ service, behind: [{ pod: podBehind(service), destination }] }];
}

function platformService(
  { namespace, name }: Pick<RunningService, 'namespace' | 'name'>,
  labels: RunningService['labels'],
  ports: readonly (readonly [name: string, port: number, targetPort: number])[],
): RunningService {
  const all = ports.map(([of, port, targetPort]) => ({ name: of, port, targetPort, protocol: 'TCP' as const }));
  return { namespace, name, labels, annotations: {}, headless: false, ports: all };
}

function podBehind({ namespace, name, labels }: RunningService): Running['pod'] {
  return { namespace, name: `${name}-${POD_SUFFIX}`, labels, annotations: {}, nodeName: NODE_NAME, containers: [] };
}
