import { readFileSync } from 'node:fs';
import type { ClusterProps } from '../cluster';
import { ClusterDns } from '../cluster-dns';
import { IstioMesh, MtlsMode, OutboundTrafficPolicy, type PortMtls } from '../istio-mesh';
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
  const required = <T>(key: string, value: T | undefined): T => {
    if (value === undefined) throw entry.missing(key, 'namespace, podLabels, port and mode');
    return value;
  };
  const portMtls = {
    namespace: required('namespace', entry.text('namespace')),
    podLabels: required('podLabels', entry.child('podLabels')?.allTexts()),
    port: required('port', entry.number('port')),
    mode: required('mode', entry.member('mode', MtlsMode)),
  };
  entry.end();
  return portMtls;
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

/** One mapping of the file. Every key that is read is struck off; `end` refuses what is left. */
class Reader {
  private readonly entries: Map<string, unknown>;

  public constructor(
    public readonly path: string,
    private readonly prefix: string,
    value: unknown,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const input = prefix.slice(0, -1) || 'document';
      throw invalid(path, { input, got: value, allowed: 'a mapping', fix: 'correct the value in the file' });
    }
    this.entries = new Map(Object.entries(value));
  }

  public child(key: string): Reader | undefined {
    const value = this.take(key);
    return value === undefined ? undefined : new Reader(this.path, `${this.prefix}${key}.`, value);
  }

  public text(key: string): string | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(key, value, 'a string');
  }

  public number(key: string): number | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'number') return value;
    throw this.wrong(key, value, 'a number');
  }

  public flag(key: string): boolean | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(key, value, 'true or false');
  }

  public texts(key: string): string[] | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.wrong(key, value, 'a list of strings');
  }

  public list(key: string): Reader[] | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(key, value, 'a list');
    return value.map((item, i) => new Reader(this.path, `${this.prefix}${key}[${i}].`, item));
  }

  /** All entries, whatever their keys, as strings. */
  public allTexts(): Record<string, string> {
    const keys = [...this.entries.keys()];
    return Object.fromEntries(keys.map((key) => [key, this.text(key) ?? '']));
  }

  public member<T extends string>(key: string, members: Record<string, T>): T | undefined {
    const allowed = Object.values(members);
    const value = this.take(key);
    const member = allowed.find((candidate) => candidate === value);
    if (value !== undefined && member === undefined) throw this.wrong(key, value, allowed.join(', '));
    return member;
  }

  /** All entries, whatever their keys, as members of an enum. */
  public members<T extends string>(members: Record<string, T>): Record<string, T> {
    const keys = [...this.entries.keys()];
    return Object.fromEntries(keys.map((key) => [key, this.member(key, members)!]));
  }

  public end(): void {
    const [unknown] = this.entries.keys();
    if (unknown !== undefined) {
      throw invalid(this.path, {
        input: `${this.prefix}${unknown}`,
        got: this.entries.get(unknown),
        allowed: 'the keys of ClusterProps, and under mesh those of SidecarMeshProps',
        fix: 'correct the spelling or remove the key; nothing in the file is ignored',
      });
    }
  }

  private take(key: string): unknown {
    const value = this.entries.get(key);
    this.entries.delete(key);
    return value;
  }

  public missing(key: string, allowed: string): Error {
    return invalid(this.path, { input: `${this.prefix}${key}`, allowed, fix: 'add the key; nothing is assumed' });
  }

  private wrong(key: string, got: unknown, allowed: string): Error {
    return invalid(this.path, { input: `${this.prefix}${key}`, got, allowed, fix: 'correct the value in the file' });
  }
}
