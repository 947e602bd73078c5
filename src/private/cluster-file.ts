import { readFileSync } from 'node:fs';
import { type ClusterProps, Cni } from '../cluster-props';
import { ClusterDns } from '../cluster-dns';
import {
  type ForeignNamespace,
  type ForeignService,
  type ForeignServicePort,
  MeshMembership,
} from '../foreign-objects';
import { IstioMesh } from '../istio-mesh';
import { MtlsMode, OutboundTrafficPolicy, type PortMtls } from '../istio-mesh-props';
import { Reader } from './cluster-file-reader';
import { invalid } from './errors';
import { fromYaml } from './yaml';

/** Reads the file form of `ClusterProps`: same keys, checked for names and types; values are checked with the props. */
export function parseClusterFile(path: string): ClusterProps {
  const root = new Reader(path, '', parse(path));
  const mesh = root.child('mesh');
  if (!mesh) throw root.missing('mesh', 'a mapping with mode: none, sidecar or ambient');
  const apiServer = root.child('apiServer');
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
    ...(dns !== undefined && { dns: readDns(path, dns, dnsServiceIp) }),
    cni: root.member('cni', Cni),
    kubernetesVersion: root.text('kubernetesVersion'),
    namespaces: root.list('namespaces')?.map(readNamespace),
    services: root.list('services')?.map(readService),
  };
  apiServer?.end();
  root.end();
  return props;
}

function parse(path: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    if (path.endsWith('.json')) return JSON.parse(text);
    return fromYaml(text);
  } catch (error) {
    throw invalid('Cluster.fromFile', {
      input: 'path',
      got: path,
      allowed: 'a readable YAML or JSON file',
      fix: error instanceof Error ? error.message : String(error),
    });
  }
}

function readPortMtls(entry: Reader): PortMtls {
  return entry.whole({
    namespace: entry.required('namespace', entry.text('namespace')),
    podLabels: entry.required('podLabels', entry.child('podLabels')?.allTexts()),
    port: entry.required('port', entry.number('port')),
    mode: entry.required('mode', entry.member('mode', MtlsMode)),
  });
}

function readNamespace(entry: Reader): ForeignNamespace {
  return entry.whole({
    name: entry.required('name', entry.text('name')),
    labels: entry.child('labels')?.allTexts(),
  });
}

function readService(entry: Reader): ForeignService {
  return entry.whole({
    name: entry.required('name', entry.text('name')),
    namespace: entry.required('namespace', entry.text('namespace')),
    ports: entry.required('ports', entry.list('ports')).map(readServicePort),
    podLabels: entry.required('podLabels', entry.child('podLabels')?.allTexts()),
    mesh: entry.required('mesh', entry.member('mesh', MeshMembership)),
    headless: entry.flag('headless'),
    clusterIps: entry.texts('clusterIps'),
  });
}

function readServicePort(entry: Reader): ForeignServicePort {
  return entry.whole({
    port: entry.required('port', entry.number('port')),
    targetPort: entry.number('targetPort'),
    name: entry.text('name'),
    appProtocol: entry.text('appProtocol'),
  });
}

function readMesh(mesh: Reader): IstioMesh {
  const mode = mesh.member('mode', { none: 'none', sidecar: 'sidecar', ambient: 'ambient' } as const);
  if (mode === undefined) throw mesh.missing('mode', 'none, sidecar, ambient');
  if (mode === 'sidecar') {
    const props = {
      mtls: mesh.member('mtls', MtlsMode),
      namespaceMtls: mesh.child('namespaceMtls')?.members(MtlsMode),
      portMtls: mesh.list('portMtls')?.map(readPortMtls),
      outboundTrafficPolicy: mesh.member('outboundTrafficPolicy', OutboundTrafficPolicy),
      istiodNamespace: mesh.text('istiodNamespace'),
      revision: mesh.text('revision'),
      istioVersion: mesh.text('istioVersion'),
      nativeSidecars: mesh.flag('nativeSidecars'),
      dualStack: mesh.flag('dualStack'),
      istioCni: mesh.flag('istioCni'),
    };
    mesh.end();
    return IstioMesh.sidecar(props);
  }
  mesh.end();
  return mode === 'none' ? IstioMesh.none() : IstioMesh.ambient();
}

const DNS_PRESETS: Record<string, (serviceIp?: string) => ClusterDns> = {
  coreDns: () => ClusterDns.coreDns(),
  nodeLocal: (serviceIp) => ClusterDns.nodeLocal(serviceIp),
  gke: (serviceIp) => ClusterDns.gke(serviceIp),
  openShift: () => ClusterDns.openShift(),
  gardener: (serviceIp) => ClusterDns.gardener(serviceIp),
};
const WITH_SERVICE_IP = ['nodeLocal', 'gke', 'gardener'];

function readDns(path: string, name: string, serviceIp: string | undefined): ClusterDns {
  const preset = Object.hasOwn(DNS_PRESETS, name) ? DNS_PRESETS[name] : undefined;
  if (serviceIp !== undefined && !WITH_SERVICE_IP.includes(name)) {
    throw invalid(path, {
      input: 'dnsServiceIp',
      got: serviceIp,
      allowed: `only with dns: ${WITH_SERVICE_IP.join(', ')}`,
      fix: 'remove it: the other presets have pods only',
    });
  }
  if (!preset) {
    throw invalid(path, {
      input: 'dns',
      got: name,
      allowed: Object.keys(DNS_PRESETS).join(', '),
      fix: 'name one of the presets, or leave dns out for coreDns',
    });
  }
  return preset(serviceIp);
}
