import type { Service, ServicePort } from '../inventory';
import type { Value } from '../value';
import type { KubernetesObject } from './object';
import { labelsOrNone, oneOf, portOrName, protocolOf, required, requiredPort } from './strict';

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;
const NO_CLUSTER_IP = 'None';

export function readService({ id, kind, namespace, name, root }: KubernetesObject): Service {
  const spec = root.get('spec');
  const addresses = addressesOf(spec);
  const [ownLabels, ownAnnotations] = [root.at('metadata', 'labels'), root.at('metadata', 'annotations')];
  const object = {
    ...{ id, kind, namespace, name, origin: 'manifest' as const },
    ownLabels: ownLabels.textMap(),
    ownAnnotations: ownAnnotations.textMap(),
  };
  const ports = spec.get('ports').items().map(readPort);
  if (oneOf(spec.get('type'), TYPES) === 'ExternalName') {
    return { ...object, headless: false, externalName: required(spec.get('externalName')), clusterIps: [], ports };
  }
  const selector = labelsOrNone(spec.get('selector'));
  return {
    ...object,
    headless: addresses.includes(NO_CLUSTER_IP),
    ...(selector && { selector }),
    clusterIps: addresses.filter((address) => address !== NO_CLUSTER_IP),
    ports,
  };
}

function addressesOf(spec: Value): string[] {
  const addresses = [spec.get('clusterIP').text() ?? '', ...spec.get('clusterIPs').texts()];
  return [...new Set(addresses)].filter((address) => address !== '');
}

function readPort(entry: Value): ServicePort {
  const port = requiredPort(entry.get('port'));
  const [name, appProtocol] = [entry.get('name').text(), entry.get('appProtocol').text()];
  return {
    ...(name !== undefined && name !== '' && { name }),
    port,
    targetPort: targetPortOf(entry.get('targetPort')) ?? port,
    protocol: protocolOf(entry.get('protocol')),
    ...(appProtocol !== undefined && { appProtocol }),
  };
}

/** Zero and the empty string are what a Go program writes for "not set". */
function targetPortOf(value: Value): number | string | undefined {
  return value.raw === 0 || value.raw === '' ? undefined : portOrName(value);
}
