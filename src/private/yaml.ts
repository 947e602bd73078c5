import { Yaml } from 'cdk8s';

/** YAML for a file inside a ConfigMap or annotation. The copy drops undefined values and keeps YAML anchors out. */
export function toYaml(document: unknown): string {
  return Yaml.stringify(JSON.parse(JSON.stringify(document)));
}
