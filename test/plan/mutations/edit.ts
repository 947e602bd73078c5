import { dump, load } from 'js-yaml';
import type { Code } from '../../../src/plan/findings/catalogue';
import type { PlanFacts } from '../../../src/plan/world';
import type { Tree } from '../support/stacks';

/** One fault in one of the five places that have to agree. */
export interface Mutation {
  readonly name: string;
  readonly place: 'pod' | 'certificates' | 'configuration' | 'PeerAuthentication' | 'NetworkPolicy';
  readonly expects: Code;
  /** Changes the manifests; false where they have nothing of the kind. */
  readonly apply: (broken: Broken) => boolean;
}

/** Manifests to break, and what is declared about their cluster. */
export interface Broken {
  readonly manifests: Tree[];
  readonly facts: PlanFacts;
}

type Path = readonly (string | number)[];

export function get(node: unknown, ...path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Tree | undefined)?.[key], node);
}

export function tree(node: unknown, ...path: Path): Tree | undefined {
  const found = get(node, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Tree) : undefined;
}

export function trees(node: unknown, ...path: Path): Tree[] {
  const found = get(node, ...path);
  return Array.isArray(found) ? (found as Tree[]) : [];
}

export function text(node: unknown, ...path: Path): string {
  const found = get(node, ...path);
  return typeof found === 'string' ? found : '';
}

/** Sets a key of a mapping that is there; undefined removes one that is there. */
export function set(node: Tree | undefined, key: string, value: unknown): boolean {
  if (!node || (value === undefined && !(key in node))) return false;
  if (value === undefined) Reflect.deleteProperty(node, key);
  else node[key] = value;
  return true;
}

export function ofKind({ manifests }: Broken, kind: string): Tree[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

const APP = 'app.kubernetes.io/name';

/** The objects of one kind of a part: of the agent, of Prometheus, of the manager. */
export function ofPart(broken: Broken, kind: string, part: string): Tree | undefined {
  return ofKind(broken, kind).find((manifest) => get(manifest, 'metadata', 'labels', APP) === part);
}

export function agent(broken: Broken): Tree | undefined {
  return ofPart(broken, 'DaemonSet', 'metric-agent');
}

export function podLabels(workload: Tree | undefined): Tree | undefined {
  return tree(workload, 'spec', 'template', 'metadata', 'labels');
}

function podAnnotations(workload: Tree | undefined): Tree | undefined {
  return tree(workload, 'spec', 'template', 'metadata', 'annotations');
}

export function podSpec(workload: Tree | undefined): Tree | undefined {
  return tree(workload, 'spec', 'template', 'spec');
}

export function container(workload: Tree | undefined): Tree | undefined {
  return trees(podSpec(workload), 'containers')[0];
}

/** Annotations of an agent with a sidecar. */
export function intercepted(broken: Broken): Tree | undefined {
  const workload = agent(broken);
  return get(podLabels(workload), 'sidecar.istio.io/inject') === 'true' ? podAnnotations(workload) : undefined;
}

export function editConfig(broken: Broken, edit: (config: Tree) => boolean): boolean {
  return editFile(ofPart(broken, 'ConfigMap', 'metric-agent'), 'collector.yaml', edit);
}

export function editFile(configMap: Tree | undefined, key: string, edit: (config: Tree) => boolean): boolean {
  const data = tree(configMap, 'data');
  if (!data || text(data, key) === '') return false;
  const config = load(text(data, key)) as Tree;
  if (!edit(config)) return false;
  data[key] = dump(config);
  return true;
}

/** Every scrape job of the agent. */
export function scrapeJobs(config: Tree): Tree[] {
  return Object.values(tree(config, 'receivers') ?? {}).flatMap((receiver) =>
    trees(receiver, 'config', 'scrape_configs'),
  );
}

/** Edits an annotation that is YAML. */
export function editProxyConfig(broken: Broken, edit: (config: Tree) => boolean): boolean {
  const annotations = intercepted(broken);
  const key = 'proxy.istio.io/config';
  const config = (load(text(annotations, key)) as Tree | undefined) ?? {};
  return edit(config) && set(annotations, key, dump(config));
}
