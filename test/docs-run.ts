import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseRequest } from '../src/cli/options';
import { cli } from './cli/runs';
import { type Block, blocksOf, commandsInShell, fileNameOf } from './docs-blocks';
import { readPage } from './docs-pages';
import { runSnippet, snippetOf, START_PAGE, startBlock } from './docs-snippets';

const HERE = process.cwd();
const DIST = 'dist';
const BEFORE = 'dist-before';

/** A quotation, and all that was printed and written until there. */
export interface Quotation {
  readonly block: Block;
  readonly output: string;
}

/**
 * Does what a page says, in a folder of its own: writes the files, runs the apps and the commands. `dist-before` is what the
 * app before rendered, at first the one that all pages start from.
 */
export async function follow(page: string): Promise<Quotation[]> {
  const leave = enterFolder();
  try {
    let output = synth(START_PAGE, startBlock('ts'));
    const quotations: Quotation[] = [];
    for (const block of blocksOf(readPage(page))) {
      const file = fileNameOf(block);
      if (file !== undefined) writeInput(file, block.text);
      else if (block.language === 'ts') output = synth(page, block);
      else if (block.language === 'sh') output += await commands(block);
      else quotations.push({ block, output });
    }
    return quotations;
  } finally {
    leave();
  }
}

/** What somebody sees who adds this to the app of the start page: the error, or everything that is written. */
export function outcomeOf(fragment: string, facts: string): string {
  const leave = enterFolder();
  try {
    writeInput('cluster.yaml', `# cluster.yaml, in addition\n${facts}`);
    return synth('a mistake', { line: 1, language: 'ts', text: fragment });
  } catch (error) {
    return (error as Error).message;
  } finally {
    leave();
  }
}

/** A folder with the cluster.yaml of the start page becomes the working directory. */
function enterFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  process.chdir(folder);
  writeFileSync('cluster.yaml', startBlock('yaml').text);
  return () => {
    process.chdir(HERE);
    rmSync(folder, { recursive: true });
  };
}

/** `# <file>, in addition` makes the lists of a file longer, and replaces its other entries. */
function writeInput(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const adds = text.split('\n')[0]?.includes(`${file}, in addition`);
  writeFileSync(file, adds ? stringify(added(entriesOf(readFileSync(file, 'utf8')), entriesOf(text))) : text);
}

type Entries = Record<string, unknown>;

const entriesOf = (text: string): Entries => (parse(text) ?? {}) as Entries;

function added(to: Entries, extra: Entries): Entries {
  const longer = Object.entries(extra).map(([key, value]) => {
    const before = to[key];
    return [
      key,
      Array.isArray(before) && Array.isArray(value) ? [...(before as unknown[]), ...(value as unknown[])] : value,
    ];
  });
  return { ...to, ...(Object.fromEntries(longer) as Entries) };
}

function synth(page: string, block: Block): string {
  rmSync(BEFORE, { recursive: true, force: true });
  if (existsSync(DIST)) cpSync(DIST, BEFORE, { recursive: true });
  rmSync(DIST, { recursive: true, force: true });
  const run = (): void => {
    runSnippet(snippetOf(page, block));
  };
  if (block.note === 'fails') return errorOf(run, `${page}:${block.line}`);
  run();
  if (!existsSync(DIST)) return '';
  return readdirSync(DIST)
    .map((file) => readFileSync(join(DIST, file), 'utf8'))
    .join('\n');
}

function errorOf(run: () => void, name: string): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${name} should fail`);
}

/** Runs the commands whose files are there; what others would read, such as the output of Helm, is not. */
async function commands(block: Block): Promise<string> {
  let output = '';
  for (const argv of commandsInShell(block.text)) {
    if (!pathsOf(argv).every((path) => existsSync(path))) continue;
    const { code, stdout, stderr } = await cli(argv);
    if (code === 2) throw new Error(stderr);
    output += `\n${stdout}\n${stderr}`;
  }
  return output;
}

function pathsOf(argv: readonly string[]): readonly string[] {
  const request = parseRequest(argv);
  if (request.command === 'plan') return request.paths;
  return request.command === 'diff' ? [request.before, request.after] : [];
}

/** Passages of a quotation that the output does not have. A line with `…` stands for lines that are left out. */
export function notIn({ block, output }: Quotation): string[] {
  if (block.language === 'plan') {
    const rows = output.split('\n').map(cells);
    const quoted = block.text.split('\n').slice(1);
    return quoted.filter((row) => !rows.some((found) => found.startsWith(cells(row))));
  }
  if (block.language === 'promql') return metricsIn(block.text).filter((metric) => !output.includes(metric));
  const all = plain(output);
  const passages = plain(block.text)
    .split(/^(?:# )?…$/m)
    .map((passage) => passage.trim());
  return passages.filter((passage) => !`\n${all}\n`.includes(`\n${passage}\n`));
}

const metricsIn = (queries: string): string[] => queries.match(/\b(?:otelcol|scrape|k8s|prometheus)_\w+/g) ?? [];

const cells = (row: string): string =>
  row
    .split('|')
    .map((cell) => cell.trim())
    .join('|');

/** Text without what Markdown, indentation and the choice of quotes add to it. */
function plain(text: string): string {
  return text
    .replaceAll('<br>', '\n')
    .replaceAll(/\*\*|`/g, '')
    .replaceAll("'", '"')
    .split('\n')
    .map((line) => line.trim().replace(/^- (?=CT\d)/, ''))
    .join('\n')
    .trim();
}
