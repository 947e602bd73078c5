import type { ConfigMap, Secret, Workload } from '../inventory';
import type { Unread } from '../unread';
import type { Value } from '../value';
import type { KubernetesObject } from './object';
import { demand, required } from './strict';
import { decodeBase64, isBase64 } from './yaml-schema';

/** A ConfigMap together with the names of those files that are not text. */
export interface ConfigMapWithBinary extends ConfigMap {
  readonly binary: readonly string[];
}

export function readConfigMap({ id, kind, namespace, name, root }: KubernetesObject): ConfigMapWithBinary {
  return { id, kind, namespace, name, data: root.get('data').textMap(), binary: root.get('binaryData').keys() };
}

/** `stringData` wins, as in the API server. */
export function readSecret({ id, kind, namespace, name, root }: KubernetesObject): Secret {
  const data = root
    .get('data')
    .entries()
    .filter(([, value]) => value.present);
  const decoded = Object.fromEntries(data.map(([key, value]) => [key, decode(value)]));
  return { id, kind, namespace, name, data: { ...decoded, ...root.get('stringData').textMap() } };
}

function decode(value: Value): string {
  const text = required(value);
  demand(isBase64(text), value, 'base64');
  return decodeBase64(text);
}

/** Binary files matter only where a pod gets them: a program may read one as its configuration. */
export function reportBinaryData(
  configMaps: readonly ConfigMapWithBinary[],
  workloads: readonly Workload[],
  unread: Unread,
): void {
  const used = new Set(workloads.flatMap((workload) => mountedConfigMaps(workload)));
  for (const { id, namespace, name, binary } of configMaps) {
    if (!used.has(`${namespace}/${name}`)) continue;
    for (const key of binary) unread.report(id, `binaryData[${key}]`, 'a binary file that a pod mounts is not read');
  }
}

function mountedConfigMaps({ namespace, pod }: Workload): string[] {
  const sources = pod.volumes.flatMap((volume) => volume.sources);
  return sources.filter(({ type }) => type === 'configMap').map(({ name }) => `${namespace}/${name}`);
}
