import { readFileSync } from 'node:fs';
import { type ClusterProps, Cni } from '../cluster-props';
import {
  type ForeignNamespace,
  type ForeignService,
  type ForeignServicePort,
  MeshMembership,
} from '../foreign-objects';
import { readDns } from './cluster-file-dns';
import { readMesh } from './cluster-file-mesh';
import { MappingReader } from './cluster-file-reader';
import { fromYaml } from './yaml';

/** Reads the file form of `ClusterProps`: same keys, checked for names and types; values are checked with the props. */
export function parseClusterFile(path: string): ClusterProps {
  return parseCluster(path, readText(path));
}

export function parseCluster(path: string, text: string): ClusterProps {
  const root = MappingReader.of(path, parse(path, text));
  const mesh = root.required('mesh', root.child('mesh', '{ mode: sidecar }'));
  const apiServer = root.child('apiServer', '{ port: 6443 }');
  const dnsServiceIp = root.text('dnsServiceIp');
  const dns = root.text('dns') ?? (dnsServiceIp === undefined ? undefined : 'coreDns');
  const props: ClusterProps = {
    name: root.text('name'),
    mesh: readMesh(mesh),
    podCidrs: root.texts('podCidrs'),
    nodeCidrs: root.texts('nodeCidrs'),
    serviceCidrs: root.texts('serviceCidrs'),
    ...(apiServer && {
      apiServer: {
        serviceIps: apiServer.texts('serviceIps'),
        endpointCidrs: apiServer.texts('endpointCidrs'),
        port: apiServer.number('port'),
      },
    }),
    ...(dns !== undefined && { dns: readDns(root, dns, dnsServiceIp) }),
    cni: root.member('cni', Cni),
    kubernetesVersion: root.text('kubernetesVersion'),
    namespaces: root.list('namespaces', '{ name: shop }')?.map(readNamespace),
    services: root.list('services', SERVICE)?.map(readService),
  };
  apiServer?.end();
  root.end(Object.fromEntries(mesh.keys().map((key) => [key, `write it below mesh: mesh: { ${key}: … }`])));
  return props;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(
      `${path}: ${(error as Error).message}; allowed: a readable YAML or JSON file; fix: correct the path`,
    );
  }
}

/** JSON is YAML too, and YAML's reader refuses a key that stands there twice. */
function parse(path: string, text: string): unknown {
  try {
    return fromYaml(text);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}; allowed: YAML or JSON; fix: correct the file there`);
  }
}

function readNamespace(entry: MappingReader): ForeignNamespace {
  return entry.whole({
    name: entry.required('name', entry.text('name')),
    labels: entry.child('labels', '{ istio-injection: enabled }')?.allTexts(),
  });
}

const SERVICE = '{ name: db, namespace: shop, ports: [{ port: 5432 }], podLabels: { app: db }, mesh: none }';

function readService(entry: MappingReader): ForeignService {
  return entry.whole({
    name: entry.required('name', entry.text('name')),
    namespace: entry.required('namespace', entry.text('namespace')),
    ports: entry.required('ports', entry.list('ports', '{ port: 8080 }')).map(readServicePort),
    podLabels: entry.required('podLabels', entry.child('podLabels', '{ app: cart }')?.allTexts()),
    mesh: entry.required('mesh', entry.member('mesh', MeshMembership)),
    headless: entry.flag('headless'),
    clusterIps: entry.texts('clusterIps'),
  });
}

function readServicePort(entry: MappingReader): ForeignServicePort {
  return entry.whole({
    port: entry.required('port', entry.number('port')),
    targetPort: entry.number('targetPort'),
    name: entry.text('name'),
    appProtocol: entry.text('appProtocol'),
  });
}
