import type { World } from '../../world';
import { META } from './discovery/meta-labels';
import { keyNamed } from './keys';

const OBJECTS: Readonly<Record<string, string>> = {
  pod: 'pod',
  service: 'Service',
  namespace: 'namespace',
  node: 'node',
};

const OF_OBJECT = new RegExp(`^${META}(${Object.keys(OBJECTS).join('|')})_(label|annotation)_(.+)$`);

/** A label of discovery as manifests have it, `pod annotation prometheus.io/scrape`; unchanged where its key is ambiguous. */
export function labelWords(world: World, label: string): string {
  const [, object = '', kind = '', name = ''] = OF_OBJECT.exec(label) ?? [];
  const key = name === '' ? undefined : keyNamed(world, name);
  return key === undefined ? label : `${OBJECTS[object] ?? object} ${kind} ${key}`;
}
