import { hostPort } from '../../../../private/endpoint';
import type { Destination } from '../../../connection';
import type { Labels, Service, ServicePort } from '../../../inventory';
import { ADDRESS, labelsOf, META, NAMESPACE, objectLabels } from './meta-labels';
import { type Target } from './target';

/** A Service as discovery sees it. */
export interface RunningService {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly headless: boolean;
  readonly clusterIps?: readonly string[];
  readonly externalName?: string;
  readonly ports: readonly ServicePort[];
}

export function runningService(service: Service): RunningService {
  return { ...service, labels: service.ownLabels ?? {}, annotations: service.ownAnnotations ?? {} };
}

export function serviceLabels(service: RunningService): [string, string][] {
  return [[NAMESPACE, service.namespace], ...objectLabels('service', service)];
}

/** Role `service`: a target for each port, by the name of the Service. */
export function serviceTargets(service: RunningService, destination: Destination): Target[] {
  const { namespace, name, headless, clusterIps, externalName } = service;
  const host = `${name}.${namespace}.svc`;
  const address: [string, string] =
    externalName === undefined
      ? [`${META}service_cluster_ip`, headless ? 'None' : (clusterIps?.[0] ?? '')]
      : [`${META}service_external_name`, externalName];
  return service.ports.map((port) => ({
    layers: [
      labelsOf([
        ...serviceLabels(service),
        address,
        [`${META}service_type`, externalName === undefined ? 'ClusterIP' : 'ExternalName'],
        [`${META}service_port_name`, port.name ?? ''],
        [`${META}service_port_number`, String(port.port)],
        [`${META}service_port_protocol`, port.protocol],
        [ADDRESS, hostPort({ host, port: port.port })],
      ]),
    ],
    destination,
    host,
  }));
}
