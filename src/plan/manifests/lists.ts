import type { ManifestDocument } from './document';
import { ParseProblem } from './parse-guard';

type Mapping = Readonly<Record<string, unknown>>;

/** The manifests of one document: none when it is empty, each item when it is a list. */
export function manifestsIn(where: string, document: unknown): ManifestDocument[] {
  return document === null || document === undefined ? [] : manifestsOf(where, document);
}

function manifestsOf(where: string, raw: unknown): ManifestDocument[] {
  if (!isMapping(raw)) throw new ParseProblem(`${shape(raw)} is no manifest`, NOT_RENDERED);
  const { apiVersion, kind } = raw;
  if (!isName(apiVersion)) throw new ParseProblem('no apiVersion', NOT_RENDERED);
  if (!isName(kind)) throw new ParseProblem('no kind', NOT_RENDERED);
  if (!isList(kind, raw.items)) return [{ where, raw }];
  const items: readonly unknown[] = raw.items ?? [];
  // Items of a PodList, as the API server answers, say nothing about themselves.
  const common = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.flatMap((item, i) =>
    manifestsOf(`${where}, item ${i + 1}`, isMapping(item) ? { ...common, ...item } : item),
  );
}

const NOT_RENDERED =
  'pass manifests only: values files, charts and kustomization files without kind have to be rendered first';

/** A custom kind may be called a list and have no items. */
function isList(kind: string, items: unknown): items is readonly unknown[] | null | undefined {
  if (kind !== 'List') return kind.endsWith('List') && Array.isArray(items);
  if (items !== undefined && items !== null && !Array.isArray(items)) {
    throw new ParseProblem(`the items of the List are ${shape(items)}`, 'write a list of manifests');
  }
  return true;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function shape(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
