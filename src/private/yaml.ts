import { dump, load } from 'js-yaml';

/**
 * YAML for a file inside a ConfigMap or annotation: no anchors, no folded lines, and quotes where YAML 1.1 readers need them.
 * js-yaml is part of the bundle: the writer of cdk8s takes several times as long, which one notices at every synthesis.
 */
export function toYaml(document: unknown): string {
  // The copy drops undefined values.
  return dump(JSON.parse(JSON.stringify(document)), { lineWidth: -1, noRefs: true, quotingType: '"' });
}

/** Fails on syntax errors and duplicate keys. */
export function fromYaml(text: string): unknown {
  return load(text);
}
