import { isIpv6 } from '../../../../private/cidr';
import type { ServicePort } from '../../../inventory';
import type { Seen } from './kubernetes-sd';
import { labelsOf, META, objectLabels } from './meta-labels';
import {
  containerLabels,
  POD_SUFFIX,
  podLayer,
  type PodPort,
  portLabels,
  type RunningContainer,
  type RunningPod,
  targetIn,
} from './pod';
import { type RunningService, serviceLabels } from './service';
import type { Addresses, Target } from './target';

type EndpointsRole = 'endpoints' | 'endpointslice';

/** Roles `endpoints` and `endpointslice`: a target for each port of the Service, and for the other ports of the same pod. */
export function endpointTargets(
  role: EndpointsRole,
  service: RunningService,
  backends: readonly Seen[],
  addresses: Addresses,
): Target[] {
  const group = labelsOf([...serviceLabels(service), ...groupLabels(role, service, addresses)]);
  return backends.flatMap((backend) => {
    const shared = backend.visible ? [podLayer(backend.pod, addresses), group] : [group];
    return portsOf(role, service, backend).map((port) => targetIn(backend, port, shared, addresses));
  });
}

function portsOf(role: EndpointsRole, service: RunningService, { pod, visible }: Seen): PodPort[] {
  const declared = pod.containers.flatMap((container) => container.ports.map((port) => ({ container, port })));
  const endpoints = service.ports.flatMap((servicePort) => {
    const port = targetPort(servicePort, pod.containers);
    return port === undefined ? [] : [{ servicePort, port }];
  });
  const ofService = endpoints.map(({ servicePort, port }) => {
    const found = declared.filter((candidate) => candidate.port.port === port).pop();
    const ofContainer = found && visible ? [...containerLabels(found.container), ...portLabels(found.port)] : [];
    return { port, labels: [...endpointLabels(role, servicePort, port, pod), ...ofContainer] };
  });
  if (!visible || endpoints.length === 0) return ofService;
  const others = declared.filter(({ port }) => !endpoints.some((endpoint) => endpoint.port === port.port));
  return [
    ...ofService,
    ...others.map(({ container, port }) => ({
      port: port.port,
      labels: [...containerLabels(container), ...portLabels(port)],
    })),
  ];
}

/** The port of the pod that a Service port leads to; undefined when no container has a port of that name. */
function targetPort(
  { targetPort, protocol }: ServicePort,
  containers: readonly RunningContainer[],
): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const declared = containers.flatMap(({ ports }) => ports);
  return declared.find((port) => port.name === targetPort && port.protocol === protocol)?.port;
}

function groupLabels(role: EndpointsRole, service: RunningService, addresses: Addresses): [string, string][] {
  const { name, headless } = service;
  // Kubernetes copies the labels of the Service.
  const labels = { ...service.labels, ...(headless && { 'service.kubernetes.io/headless': '' }) };
  if (role === 'endpoints') return objectLabels(role, { name, labels, annotations: {} });
  const managed = {
    'kubernetes.io/service-name': name,
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  };
  return [
    ...objectLabels(role, { name: `${name}-${POD_SUFFIX}`, labels: { ...labels, ...managed }, annotations: {} }),
    [`${META}endpointslice_address_type`, isIpv6(addresses.pod) ? 'IPv6' : 'IPv4'],
  ];
}

function endpointLabels(
  role: EndpointsRole,
  { name = '', protocol, appProtocol = '' }: ServicePort,
  port: number,
  pod: RunningPod,
): [string, string][] {
  const common: [string, string][] = [
    [`${META}${role === 'endpoints' ? 'endpoint' : role}_address_target_kind`, 'Pod'],
    [`${META}${role === 'endpoints' ? 'endpoint' : role}_address_target_name`, pod.name],
  ];
  if (role === 'endpoints') {
    return [
      ...common,
      [`${META}endpoint_port_name`, name],
      [`${META}endpoint_port_protocol`, protocol],
      [`${META}endpoint_ready`, 'true'],
      [`${META}endpoint_node_name`, pod.nodeName],
    ];
  }
  return [
    ...common,
    [`${META}endpointslice_port_name`, name],
    [`${META}endpointslice_port_protocol`, protocol],
    [`${META}endpointslice_port`, String(port)],
    [`${META}endpointslice_port_app_protocol`, appProtocol],
    [`${META}endpointslice_endpoint_conditions_ready`, 'true'],
    [`${META}endpointslice_endpoint_conditions_serving`, 'true'],
    [`${META}endpointslice_endpoint_conditions_terminating`, 'false'],
    [`${META}endpointslice_endpoint_node_name`, pod.nodeName],
  ];
}
