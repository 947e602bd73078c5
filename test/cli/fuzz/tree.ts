import { CORE_SCHEMA, load } from 'js-yaml';
import { RAW } from './values';

/** A configuration file inside a string, such as collector.yaml in a ConfigMap: changed inside, written as a string again. */
export class Embedded {
  /** Private also for JavaScript: what it contains is the content alone. */
  readonly #original: string;

  public constructor(
    public content: unknown,
    original: string,
  ) {
    this.#original = original;
  }

  public toJSON(): string {
    return textOf(this.content);
  }

  public get original(): string {
    return this.#original;
  }
}

/** JSON, which is YAML too, but for the raw scalars in it. */
export function textOf(document: unknown): string {
  const text = JSON.stringify(document, null, 1) as string | undefined;
  return (text ?? '').replaceAll(RAW_STRING, (quoted) => (JSON.parse(quoted) as string).slice(RAW.length));
}

const RAW_STRING = new RegExp(`"${RAW}(?:[^"\\\\]|\\\\.)*"`, 'g');

/** With the configurations in its strings as trees. */
export function opened(tree: unknown): unknown {
  if (typeof tree !== 'string') return copied(tree, opened);
  const inner = tree.includes('\n') ? configuration(tree) : undefined;
  return inner === undefined ? tree : new Embedded(opened(inner), tree);
}

function configuration(text: string): unknown {
  try {
    const document = load(text, { schema: CORE_SCHEMA });
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

/** A copy, in which nothing is shared with the original. */
export function copied(tree: unknown, each: (item: unknown) => unknown = copied): unknown {
  if (tree instanceof Embedded) return new Embedded(each(tree.content), tree.original);
  if (Array.isArray(tree)) return tree.map((item) => each(item));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, item]) => [name, each(item)]));
}

export type Container = Record<string, unknown>;

export interface Place {
  readonly container: Container;
  readonly name: string;
  readonly isDeep: boolean;
}

/** In a configuration, in a pod, or a label or annotation. */
const DEEP = [
  'containers',
  'volumes',
  'annotations',
  'labels',
  'matchLabels',
  'ingress',
  'egress',
  'ports',
  'endpoints',
];

export function placesIn(tree: unknown, isDeep = false): Place[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const container = tree as Container;
  return Object.keys(container).flatMap((name) => [
    { container, name, isDeep },
    ...placesIn(container[name], isDeep || tree instanceof Embedded || DEEP.includes(name)),
  ]);
}
