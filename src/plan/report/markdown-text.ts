/**
 * Text of other people inside Markdown. Names, fields and messages come from manifests that a pull request brings along:
 * they must not break a table, add markup, load an image or mention anybody.
 */

/** Longer values are cut: a comment on GitHub has 65,536 characters for all of them. */
const LONGEST = 1000;
/** More lines than this are collapsed where they are no findings. */
const READ_AT_A_GLANCE = 10;

/** One line without control, formatting and private characters. */
export function oneLine(text: string): string {
  const line = text.slice(0, LONGEST).replace(/\s+/gu, ' ').replace(/\p{C}/gu, '\uFFFD').trim();
  return text.length > LONGEST ? `${line}…` : line;
}

/** A sentence: nothing in it is markup. */
export function prose(text: string): string {
  return oneLine(text).replace(MARKUP, (char) => ESCAPES[char] ?? `\\${char}`);
}

/** Underscores inside a word are no markup. */
const MARKUP = /[\\`*~[\]&<>|$@]|#(?=\d)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  $: '&#36;',
  // GitHub looks for mentions and issue numbers in the finished page, where an entity is a character again.
  '@': '@&#8203;',
  '#': '#&#8203;',
};

/** A name or a field. Inside backticks nothing can be escaped, so unusual ones are written as HTML. */
export function code(text: string): string {
  const line = oneLine(text);
  if (/^[^`|\\]+$/.test(line)) return `\`${line}\``;
  return `<code>${line.replace(/[^\p{L}\p{N} .:/-]/gu, (char) => `&#${char.codePointAt(0) ?? 0};`)}</code>`;
}

/** An object and a path inside it. */
export function place(object: string, field: string): string {
  return field === '' ? code(object) : `${code(object)} ${code(field)}`;
}

/** Cells are Markdown already; the last column is the widest one. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Closed until somebody clicks on the summary. */
export function collapsed(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}

export function atAGlance(summary: string, lines: readonly string[]): readonly string[] {
  return lines.length > READ_AT_A_GLANCE ? collapsed(summary, lines) : lines;
}

/** Sections with an empty line between them; those without lines are left out. */
export function paragraphs(sections: readonly (readonly string[])[]): string {
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}
