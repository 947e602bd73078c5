import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import { syntaxProblem } from '../../../private/yaml';
import { resolveMergeKeys } from '../../manifests/merge-keys';
import { ParseGuard, ParseProblem } from '../../manifests/parse-guard';

export type Parsed = { readonly document: unknown } | { readonly problem: string };

/**
 * Reads a configuration: YAML as go-yaml v3 reads it into untyped values, or JSON. Never throws, and gives nothing that is
 * too deep or too large to walk.
 */
export function parseDocument(text: string): Parsed {
  const guard = new ParseGuard();
  try {
    const document = load(text, { schema: CORE_SCHEMA, listener: guard.listener });
    if (guard.hasAliases || guard.hasMergeKeys) resolveMergeKeys(document);
    return { document };
  } catch (error) {
    return { problem: `${problemOf(error)}${text.includes('{{') ? ' (it looks like a template)' : ''}` };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ParseProblem)
    return error.line === undefined ? error.problem : `line ${error.line}: ${error.problem}`;
  if (error instanceof YAMLException) return syntaxProblem(error);
  return 'it is nested too deeply';
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
