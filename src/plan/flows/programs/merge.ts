import { isMapping } from './document';

/** As the collector merges its configurations: mappings key by key, anything else is replaced. */
export function merged(base: unknown, over: unknown): unknown {
  if (!isMapping(base) || !isMapping(over)) return over;
  const changed = Object.entries(over).map(([key, value]): [string, unknown] => [
    key,
    Object.hasOwn(base, key) ? merged(base[key], value) : value,
  ]);
  return Object.fromEntries([...Object.entries(base), ...changed]);
}

/** Keys such as `processors::batch::timeout`, which `--set` and `yaml:` give, are paths. */
export function withPaths(document: unknown): unknown {
  if (!isMapping(document) || !Object.keys(document).some((key) => key.includes(DELIMITER))) return document;
  return Object.entries(document)
    .map(([key, value]) =>
      key.split(DELIMITER).reduceRight((inner, name) => Object.fromEntries([[name, inner]]), value),
    )
    .reduce<unknown>(merged, {});
}

const DELIMITER = '::';
