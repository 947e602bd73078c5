import { Parser } from 'commonmark';

/** What is wrong with a report, whatever the names in it are; nothing when it is as it should be. */
export function markdownFaults(text: string): string[] {
  return [...nodeFaults(text), ...tableFaults(text), ...controlCharacters(text)];
}

const OURS = 'document heading paragraph text softbreak code strong list item link'.split(' ');
const TAGS = ['<br>', '<code>', '</code>', '<details>', '</details>'];
const SUMMARY = /^<summary>[\w /,]+<\/summary>$/;

/** Headings, lists, links to findings and a handful of tags are ours; everything else came from a name. */
function nodeFaults(text: string): string[] {
  const faults: string[] = [];
  const walker = new Parser().parse(text).walker();
  for (let event = walker.next(); event !== null; event = walker.next()) {
    const { type, literal, destination } = event.node;
    if (!event.entering) continue;
    if (type === 'html_inline' || type === 'html_block') {
      const lines = (literal ?? '').split('\n').filter((line) => !TAGS.includes(line) && !SUMMARY.test(line));
      faults.push(...lines.map((line) => `HTML: ${line}`));
    } else if (type === 'link') {
      if (!/^docs\/findings\.md#ct\d{3}$/.test(destination ?? '')) faults.push(`link: ${destination ?? ''}`);
    } else if (!OURS.includes(type)) {
      faults.push(`${type}: ${literal ?? ''}`);
    }
  }
  return faults;
}

/** In a table of GitHub every pipe is a border, also inside backticks. */
function tableFaults(text: string): string[] {
  let columns = 0;
  return text.split('\n').flatMap((line, i, lines) => {
    if (!line.startsWith('|')) return [];
    const pipes = line.replaceAll('\\|', '').split('|').length;
    if (!lines[i - 1]?.startsWith('|')) columns = pipes;
    return pipes === columns ? [] : [`table: ${line}`];
  });
}

/** Of a terminal or of invisible formatting; each line ends with a plain line feed. */
export function controlCharacters(text: string): string[] {
  return [...text.matchAll(/(?!\n)\p{C}/gu)].map(([character]) => `control character ${JSON.stringify(character)}`);
}

const MERMAID = [
  /^flowchart LR$/,
  /^ {2}%% Not drawn: \d+ probes and DNS lookups$/,
  /^ {2}subgraph s\d+\["[^"<>`|[\]{}]*"\]$/,
  /^ {2}end$/,
  /^ {2,4}n\d+(\[|\(\[|\(|\{\{)"[^"<>`|[\]{}]*"(\]|\]\)|\)|\}\})$/,
  /^ {2}n\d+ (-->|--x|-\.->)\|"[^"<>`|[\]{}]*"\| n\d+$/,
  /^ {2}linkStyle \d+ stroke:#\w+$/,
  /^$/,
];

export function mermaidFaults(text: string): string[] {
  const strange = text.split('\n').filter((line) => !MERMAID.some((pattern) => pattern.test(line)));
  return [...strange.map((line) => `Mermaid: ${line}`), ...controlCharacters(text)];
}

export function jsonFaults(text: string): string[] {
  const document = JSON.parse(text) as { readonly version?: unknown };
  const same = `${JSON.stringify(document, null, 2)}\n` === text;
  return [...(document.version === 1 ? [] : ['no version 1']), ...(same ? [] : ['not what it was written from'])];
}
