import type { Severity } from '../../result';

/** What a code means, whatever the object: the text of docs/findings.md. */
export interface CatalogueEntry {
  readonly severity: Severity;
  readonly title: string;
  /** What happens, and under which condition. */
  readonly why: string;
  readonly fix: string;
  /** Where it can be looked up: `owner/repository#number`, or a file of a repository as `owner/repository:path`. */
  readonly sources?: readonly string[];
  /** YAML that leads to the finding, and what it should be. */
  readonly example?: { readonly before: string; readonly after: string };
}
