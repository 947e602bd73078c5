import type { ForeignNamespace, ForeignService, ForeignServicePort } from '../foreign-objects';
import { checkClusterIps, checkDnsLabel, checkLabels, checkPodLabels, checkPort } from './checks';
import type { NamespaceFacts, ServiceFacts, ServicePortFacts } from './cluster-facts';
import { checkUnique } from './unique';

export function foreignNamespaces(where: string, namespaces: readonly ForeignNamespace[]): NamespaceFacts[] {
  checkUnique(where, 'namespaces', namespaces, ({ name }) => name);
  return namespaces.map(({ name, labels }, i) => ({
    name: checkDnsLabel(where, `namespaces[${i}].name`, name),
    labels: checkLabels(`${where}: namespaces[${i}]`, labels) ?? {},
  }));
}

export function foreignServices(where: string, services: readonly ForeignService[]): ServiceFacts[] {
  checkUnique(where, 'services', services, ({ namespace, name }) => `${namespace}/${name}`);
  return services.map((service, i) => {
    const input = `services[${i}]`;
    return {
      namespace: checkDnsLabel(where, `${input}.namespace`, service.namespace),
      name: checkDnsLabel(where, `${input}.name`, service.name),
      ports: service.ports.map((port, p) => servicePort(where, `${input}.ports[${p}]`, port)),
      podLabels: checkPodLabels(where, `${input}.podLabels`, service.podLabels),
      headless: service.headless ?? false,
      clusterIps: checkClusterIps(where, input, service),
      dataPlane: service.mesh,
    };
  });
}

function servicePort(where: string, input: string, port: ForeignServicePort): ServicePortFacts {
  return {
    port: checkPort(where, `${input}.port`, port.port),
    targetPort: checkPort(where, `${input}.targetPort`, port.targetPort ?? port.port),
    ...(port.name !== undefined && { name: checkDnsLabel(where, `${input}.name`, port.name) }),
    ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
  };
}
