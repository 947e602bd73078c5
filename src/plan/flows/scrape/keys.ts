import { CANONICAL_NAME, TLS_MODE } from '../../../private/istio-names';
import { NAMESPACE_NAME } from '../../../private/labels';
import type { World } from '../../world';
import { sanitized } from './discovery/meta-labels';

/** Keys that people use and that need not be in any manifest. */
const WELL_KNOWN: readonly string[] = [
  ...['scrape', 'port', 'path', 'scheme', 'probe'].map((name) => `prometheus.io/${name}`),
  ...['name', 'instance', 'component', 'part-of', 'managed-by', 'version'].map((name) => `app.kubernetes.io/${name}`),
  'app',
  'component',
  'k8s-app',
  NAMESPACE_NAME,
  TLS_MODE,
  CANONICAL_NAME,
];

const indexes = new WeakMap<World, ReadonlyMap<string, ReadonlySet<string>>>();

/**
 * The key of a label or annotation that discovery shows under this name. Discovery replaces dots, slashes and dashes, so that
 * the key is only known where it has none of them, or where manifests or habit know one and only one such key.
 */
export function keyNamed(world: World, name: string): string | undefined {
  if (!name.includes('_')) return name;
  const index = indexes.get(world) ?? indexOf(world);
  indexes.set(world, index);
  const [only, ...others] = index.get(name) ?? [];
  return others.length === 0 ? only : undefined;
}

function indexOf({ inventory: { workloads, services, namespaces, networkPolicies } }: World): Map<string, Set<string>> {
  const index = new Map<string, Set<string>>();
  const add = (keys: readonly string[]) => {
    for (const key of keys) index.set(sanitized(key), (index.get(sanitized(key)) ?? new Set()).add(key));
  };
  add(WELL_KNOWN);
  for (const { labels, annotations } of workloads) add([...Object.keys(labels), ...Object.keys(annotations)]);
  for (const { selector, ownLabels, ownAnnotations } of services) {
    add([selector, ownLabels, ownAnnotations].flatMap((entries) => Object.keys(entries ?? {})));
  }
  for (const labels of namespaces.values()) add(Object.keys(labels));
  for (const { podSelector } of networkPolicies) {
    add([...Object.keys(podSelector.matchLabels), ...podSelector.matchExpressions.map(({ key }) => key)]);
  }
  return index;
}
