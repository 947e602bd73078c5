import { ClusterDns } from '../cluster-dns';
import { type ApiServerProps, type ClusterProps, Cni } from '../cluster-props';
import {
  type ForeignNamespace,
  type ForeignService,
  type ForeignServicePort,
  MeshMembership,
} from '../foreign-objects';
import { IstioMesh } from '../istio-mesh';
import {
  flag,
  instanceOf,
  type Keys,
  listOf,
  mapOf,
  memberOf,
  number,
  objectOf,
  required,
  text,
  textOf,
} from './given';

const API_SERVER: Keys<ApiServerProps> = { serviceIps: listOf(text), endpointCidrs: listOf(text), port: number };

const NAMESPACE: Keys<ForeignNamespace> = {
  name: required(textOf('the name of a namespace', 'name it')),
  labels: mapOf(text),
};

const SERVICE_PORT: Keys<ForeignServicePort> = {
  port: required(number),
  targetPort: number,
  name: text,
  appProtocol: text,
};

const SERVICE: Keys<ForeignService> = {
  name: required(textOf('the name of a Service', 'name it')),
  namespace: required(textOf('the namespace of the Service', 'name it')),
  ports: required(listOf(objectOf(SERVICE_PORT))),
  podLabels: required(mapOf(text)),
  mesh: required(memberOf('MeshMembership', MeshMembership)),
  headless: flag,
  clusterIps: listOf(text),
};

export const CLUSTER: Keys<ClusterProps> = {
  name: text,
  mesh: required(
    instanceOf(
      IstioMesh,
      ['IstioMesh.none()', 'IstioMesh.sidecar()', 'IstioMesh.ambient()'],
      'say how the cluster is meshed; a mesh is never assumed',
    ),
  ),
  podCidrs: listOf(text),
  nodeCidrs: listOf(text),
  serviceCidrs: listOf(text),
  apiServer: objectOf(API_SERVER),
  dns: instanceOf(
    ClusterDns,
    [
      'ClusterDns.coreDns()',
      'ClusterDns.nodeLocal()',
      'ClusterDns.gke()',
      'ClusterDns.openShift()',
      'ClusterDns.gardener()',
    ],
    'say where pods resolve names, or leave it out for ClusterDns.coreDns()',
  ),
  cni: memberOf('Cni', Cni),
  kubernetesVersion: textOf('a version such as 1.33', 'put major and minor version into quotes'),
  namespaces: listOf(objectOf(NAMESPACE)),
  services: listOf(objectOf(SERVICE)),
};
