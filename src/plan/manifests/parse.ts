import { loadAll, YAMLException } from 'js-yaml';
import { InputError } from '../input-error';
import type { ManifestDocument } from './document';
import { manifestsIn } from './lists';
import { resolveMergeKeys } from './merge-keys';
import { ParseGuard, ParseProblem } from './parse-guard';
import { KUBERNETES_SCHEMA } from './yaml-schema';

/** Characters of one file: far more than any cluster's manifests, and read in seconds. */
export const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * The manifests of one file: YAML documents, or JSON, which is YAML too. Lists are taken apart.
 *
 * @param where the file (or chart), for messages
 * @throws {InputError} with document and line for whatever the API server would refuse as no object at all, and for duplicate
 * keys, of which `kubectl` silently takes the last one
 */
export function parseManifests(where: string, text: string): ManifestDocument[] {
  if (text.length > MAX_CHARACTERS) {
    throw new InputError(where, `longer than ${MAX_CHARACTERS} characters`, 'pass several smaller files');
  }
  const file = { where, text, guard: new ParseGuard() };
  return read(file).flatMap((document, i) => {
    try {
      if (file.guard.hasAliases || file.guard.hasMergeKeys) resolveMergeKeys(document);
      return manifestsIn(`${where}, document ${i + 1}`, document);
    } catch (error) {
      throw inputError(file, i, error);
    }
  });
}

interface File {
  readonly where: string;
  readonly text: string;
  readonly guard: ParseGuard;
}

function read(file: File): unknown[] {
  try {
    return loadAll(file.text, null, { schema: KUBERNETES_SCHEMA, listener: file.guard.listener });
  } catch (error) {
    throw inputError(file, Math.max(file.guard.lines.length - 1, 0), error);
  }
}

function inputError({ where, text, guard }: File, document: number, error: unknown): unknown {
  const found = error instanceof YAMLException ? syntaxProblem(error) : error;
  if (!(found instanceof ParseProblem)) return found;
  const start = guard.lines[document] ?? 1;
  const line = found.line ?? start;
  const place = `${where}, document ${document + 1}, line ${line}`;
  return looksLikeTemplate(text, start, line)
    ? new InputError(place, `${found.problem}; looks like an unrendered Helm template`, 'run helm template first')
    : new InputError(place, found.problem, found.fix);
}

const FIXES: Readonly<Record<string, string>> = {
  'duplicated mapping key': 'remove one of the two entries',
  'null byte is not allowed in input': 'save the file as UTF-8 text',
};

function syntaxProblem({ reason, mark }: YAMLException): ParseProblem {
  return new ParseProblem(reason, FIXES[reason] ?? 'correct the YAML', mark.line + 1);
}

/** Braces outside quotes and comments; those inside a ConfigMap's block of text can lead astray, but only next to an error. */
function looksLikeTemplate(text: string, start: number, line: number): boolean {
  const lines = text.split(/\r?\n/).slice(start - 1, line + 1);
  return lines.some((candidate) => /^[^"'#]*\{\{/.test(candidate));
}
