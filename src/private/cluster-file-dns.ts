import { ClusterDns } from '../cluster-dns';
import { wordFix } from './cluster-file-fixes';
import type { MappingReader } from './cluster-file-reader';
import { refusedInFile } from './cluster-file-values';

const DNS_PRESETS: Record<string, (serviceIp?: string) => ClusterDns> = {
  coreDns: () => ClusterDns.coreDns(),
  nodeLocal: (serviceIp) => ClusterDns.nodeLocal(serviceIp),
  gke: (serviceIp) => ClusterDns.gke(serviceIp),
  openShift: () => ClusterDns.openShift(),
  gardener: (serviceIp) => ClusterDns.gardener(serviceIp),
};
const NAMES = Object.keys(DNS_PRESETS);
const WITH_SERVICE_IP = ['nodeLocal', 'gke', 'gardener'];

/** The preset that `dns` names, with `dnsServiceIp` as its argument. */
export function readDns(root: MappingReader, name: string, serviceIp: string | undefined): ClusterDns {
  const preset = Object.hasOwn(DNS_PRESETS, name) ? DNS_PRESETS[name] : undefined;
  if (!preset) {
    const fix = wordFix(name, NAMES, 'name one of the presets, or leave dns out for coreDns');
    throw root.refused('dns', { got: name, allowed: NAMES.join(', '), fix });
  }
  if (serviceIp !== undefined && !WITH_SERVICE_IP.includes(name)) {
    throw root.refused('dnsServiceIp', {
      got: serviceIp,
      allowed: `only with dns: ${WITH_SERVICE_IP.join(', ')}`,
      fix: 'remove it: the other presets have pods only',
    });
  }
  return refusedInFile(`${root.path}: dnsServiceIp`, () => preset(serviceIp));
}
