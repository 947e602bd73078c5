/** A page as the tests of its snippets read it: fenced blocks and excerpts of plans, in their order. */
export interface Block {
  readonly line: number;
  /** The language of the fence; `plan` for a table of connections. */
  readonly language: string;
  readonly text: string;
  /** What a hidden comment before the block says of it: `<!-- snippet: fails -->`. */
  readonly note?: string;
}

const PLAN_HEADER = /^\| (?:From +\| )?To +\| Port +\|/;
const NOTE = /^<!-- snippet: (\w+) -->$/;

export function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  let note: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const [, fence, language = ''] = /^(```+)(\w*)/.exec(line) ?? [];
    const isEnd = fence === undefined ? (next: string) => !next.startsWith('|') : (next: string) => next === fence;
    if (fence !== undefined || PLAN_HEADER.test(line)) {
      const length = lines.slice(i + 1).findIndex(isEnd);
      const text = lines.slice(i + 1, i + 1 + length).join('\n');
      blocks.push({ line: i + 1, language: fence === undefined ? 'plan' : language, text, ...(note && { note }) });
      i += length + (fence === undefined ? 0 : 1);
    }
    if (line !== '') note = NOTE.exec(line)?.[1];
  }
  return blocks;
}

/** The name of a file that the reader writes: it stands in a comment on the first line. */
export function fileNameOf({ language, text }: Block): string | undefined {
  return language === 'yaml' ? /^# ([\w./-]+\.yaml)\b/.exec(text)?.[1] : undefined;
}

/** Members of classes and enums that running text names: `Class.member`. */
export function membersIn(page: string): [string, string][] {
  const inline = [...page.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code).join('\n');
  return [...inline.matchAll(/\b([A-Z]\w+)\.([A-Za-z]\w*)/g)].map(([, owner = '', member = '']) => [owner, member]);
}

/** What is typed after `cdk8s-telemetry`, in shell blocks and in running text. */
export function commandsIn(page: string): string[][] {
  const shell = blocksOf(page).filter(({ language }) => language === 'sh');
  const inline = [...page.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...shell.map(({ text }) => text), ...inline].flatMap(commandsInShell);
}

export function commandsInShell(text: string): string[][] {
  const commands = text.replaceAll(/ #.*$/gm, '').split(/\n|\||&&/);
  return commands.flatMap((command) => {
    const [, args] = /^(?:npx )?cdk8s-telemetry (\S+ .+)$/.exec(command.trim()) ?? [];
    return args === undefined ? [] : [args.split(/ +/)];
  });
}
