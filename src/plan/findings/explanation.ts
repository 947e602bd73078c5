import { CATALOGUE, type Code } from './catalogue';
import type { CatalogueEntry } from './catalogue/entry';

/** What a code means, whatever the object: a heading, and paragraphs in Markdown that read well as plain text too. */
export function explanationOf(code: Code): string[] {
  const entry: CatalogueEntry = CATALOGUE[code];
  return [
    `${code}: ${entry.title}`,
    `_${entry.severity}_ · ${entry.why}`,
    `**Fix.** ${entry.fix}`,
    ...(entry.example ? example(entry.example) : []),
    ...(entry.sources ? [`Source: ${entry.sources.map(source).join(', ')}`] : []),
  ];
}

/** One line of a list of codes; `name` can be a link. */
export function overviewLine(code: Code, name: string): string {
  return `${name} (${CATALOGUE[code].severity}): ${CATALOGUE[code].title}`;
}

function example({ before, after }: { readonly before: string; readonly after: string }): string[] {
  return [`\`\`\`yaml\n# Finding:\n${before}\n# Fixed:\n${after}\n\`\`\``];
}

/** An issue or pull request by its number, or a file by its path. */
function source(text: string): string {
  const [repository = '', number] = text.split('#');
  if (number !== undefined) return `[${text}](https://github.com/${repository}/issues/${number})`;
  const [owner = '', path = ''] = text.split(':');
  return `\`${path}\` of [${owner}](https://github.com/${owner})`;
}
