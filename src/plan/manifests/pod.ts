import type { PodSpec, Toleration, Volume, VolumeSource } from '../inventory';
import type { ReportField } from '../unread';
import type { Value } from '../value';
import { readContainer } from './container';
import { required } from './strict';

export function readPodSpec(spec: Value, report: ReportField): PodSpec {
  const security = spec.get('securityContext');
  const automountsToken = spec.get('automountServiceAccountToken').flag();
  const [runAsUser, runAsGroup] = [security.get('runAsUser').integer(), security.get('runAsGroup').integer()];
  return {
    hostNetwork: spec.get('hostNetwork').flag() ?? false,
    // The second name is the deprecated alias of the first.
    serviceAccount: spec.get('serviceAccountName').text() ?? spec.get('serviceAccount').text() ?? 'default',
    ...(automountsToken !== undefined && { automountsToken }),
    ...(runAsUser !== undefined && { runAsUser }),
    ...(runAsGroup !== undefined && { runAsGroup }),
    tolerations: spec.get('tolerations').items().map(readToleration),
    volumes: spec.get('volumes').items().map(readVolume),
    containers: [
      ...spec
        .get('initContainers')
        .items()
        .map((container) => readContainer(container, 'init', report)),
      ...spec
        .get('containers')
        .items()
        .map((container) => readContainer(container, 'main', report)),
    ],
  };
}

function readToleration(toleration: Value): Toleration {
  const [key, operator, effect] = ['key', 'operator', 'effect'].map((name) => toleration.get(name).text());
  return {
    ...(key !== undefined && { key }),
    ...(operator !== undefined && { operator }),
    ...(effect !== undefined && { effect }),
  };
}

function readVolume(volume: Value): Volume {
  const name = required(volume.get('name'));
  const [emptyDir, configMap, secret, projected] = ['emptyDir', 'configMap', 'secret', 'projected'].map((type) =>
    volume.get(type),
  ) as [Value, Value, Value, Value];
  if (configMap.present) return { name, type: 'configMap', sources: [readSource(configMap, 'configMap', 'name')] };
  if (secret.present) return { name, type: 'secret', sources: [readSource(secret, 'secret', 'secretName')] };
  if (projected.present)
    return { name, type: 'projected', sources: projected.get('sources').items().flatMap(readProjection) };
  const medium = emptyDir.get('medium').text();
  // Without any type the API server makes it an emptyDir.
  const isEmptyDir = emptyDir.present || volume.keys().every((key) => key === 'name' || !volume.get(key).present);
  return { name, type: isEmptyDir ? 'emptyDir' : 'other', ...(medium !== undefined && { medium }), sources: [] };
}

function readProjection(source: Value): VolumeSource[] {
  const [configMap, secret] = [source.get('configMap'), source.get('secret')];
  return [
    ...(configMap.present ? [readSource(configMap, 'configMap', 'name')] : []),
    ...(secret.present ? [readSource(secret, 'secret', 'name')] : []),
  ];
}

function readSource(source: Value, type: VolumeSource['type'], nameKey: 'name' | 'secretName'): VolumeSource {
  const items = source.get('items').items();
  return {
    type,
    name: required(source.get(nameKey)),
    items: Object.fromEntries(items.map((item) => [required(item.get('key')), required(item.get('path'))])),
    optional: source.get('optional').flag() ?? false,
  };
}
