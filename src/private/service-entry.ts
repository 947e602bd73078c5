import type { Construct } from 'constructs';
import type { ServiceEntrySpec, ServiceEntrySpecPortsProtocol } from '../../imports/networking.istio.io';
import type { Wire } from './wire';
import type { BackendModel } from './backend';
import { hostCidr, isIp } from './checks';
import type { Labels } from './labels';
import { renderObject } from './objects';

/** The agent that sends to a backend, as far as its ServiceEntry is concerned. */
export interface ServiceEntryTarget {
  readonly cluster: string;
  readonly namespace: string;
  readonly instance: string;
  readonly labels: Labels;
  /** Whether the mesh refuses unknown hosts and the agent's sidecar handles this backend. */
  readonly needed: boolean;
}

/** Under REGISTRY_ONLY an intercepted host that no Service or ServiceEntry names is refused by the sidecar. */
export function renderServiceEntry(scope: Construct, backend: BackendModel, target: ServiceEntryTarget): void {
  const { cluster, namespace, instance, labels, needed } = target;
  if (!needed) return;
  const head = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    name: `${instance}-backend-${backend.name}`,
    namespace,
    labels,
  };
  renderObject(scope, `service-entry-${cluster}-${namespace}-${instance}`, cluster, head, {
    spec: serviceEntrySpec(backend, instance),
  });
}

function serviceEntrySpec(backend: BackendModel, instance: string): Wire<ServiceEntrySpec> {
  const { host, port } = backend.endpoint;
  const shared = {
    location: 'MESH_EXTERNAL' as const,
    exportTo: ['.'], // Nobody else in the mesh gains access by our backend.
  };
  if (isIp(host)) {
    return {
      ...shared,
      hosts: [`${backend.name}.${instance}.external`], // Required, but TCP is matched by address.
      addresses: [hostCidr(host)],
      resolution: 'NONE',
      ports: [{ number: port, name: `tcp-${port}`, protocol: 'TCP' }],
    };
  }
  const protocol = portProtocol(backend);
  return {
    ...shared,
    hosts: [host],
    resolution: 'DNS',
    ports: [{ number: port, name: `${protocol.toLowerCase()}-${port}`, protocol }],
  };
}

function portProtocol(backend: BackendModel): Wire<ServiceEntrySpecPortsProtocol> {
  if (backend.tls) return 'TLS'; // The exporter's TLS passes through, routed by its SNI.
  return backend.protocol === 'otlpGrpc' ? 'GRPC' : 'HTTP';
}
