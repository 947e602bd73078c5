import type { Construct } from 'constructs';
import type { ServiceEntrySpec } from '../../imports/networking.istio.io';
import type { AsYaml } from './as-yaml';
import { type BackendModel, destinationsOf } from './backend';
import { isIp } from './checks';
import { hostCidr } from './cidr';
import type { Destination } from './destination';
import type { Protocol } from './endpoint';
import type { Labels } from './labels';
import { renderObject } from './objects';

/** The agent that sends to a backend, as far as its ServiceEntries are concerned. */
export interface SendingAgent {
  readonly cluster: string;
  readonly namespace: string;
  readonly instance: string;
  readonly labels: Labels;
  /** Which of the backend's destinations the mesh would refuse: unknown hosts that the sidecar handles. */
  readonly refuses: (destination: Destination) => boolean;
}

/** Under REGISTRY_ONLY an intercepted host that no Service or ServiceEntry names is refused by the sidecar. */
export function renderServiceEntries(scope: Construct, backend: BackendModel, agent: SendingAgent): void {
  const { cluster, namespace, instance, labels, refuses } = agent;
  destinationsOf(backend).forEach((destination, i) => {
    if (!refuses(destination)) return;
    const name = `${instance}-backend-${backend.name}${i === 0 ? '' : '.token'}`;
    const head = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', name, namespace, labels };
    const protocol = destination === backend.destination ? backend.protocol : 'otlpHttp';
    renderObject(scope, `service-entry-${cluster}-${namespace}-${name}`, cluster, head, {
      spec: serviceEntrySpec(`${backend.name}.${instance}`, destination, protocol),
    });
  });
}

function serviceEntrySpec(name: string, { endpoint, tls }: Destination, protocol: Protocol): AsYaml<ServiceEntrySpec> {
  const { host, port } = endpoint;
  const shared = {
    location: 'MESH_EXTERNAL' as const,
    exportTo: ['.'], // Nobody else in the mesh gains access by our backend.
  };
  if (isIp(host)) {
    return {
      ...shared,
      hosts: [`${name}.external`], // Required, but TCP is matched by address.
      addresses: [hostCidr(host)],
      resolution: 'NONE',
      ports: [{ number: port, name: `tcp-${port}`, protocol: 'TCP' }],
    };
  }
  // The client's TLS passes through, routed by its SNI.
  const portProtocol = tls ? 'TLS' : protocol === 'otlpGrpc' ? 'GRPC' : 'HTTP';
  return {
    ...shared,
    hosts: [host],
    resolution: 'DNS',
    ports: [{ number: port, name: `${portProtocol.toLowerCase()}-${port}`, protocol: portProtocol }],
  };
}
