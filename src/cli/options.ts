import { parseArgs } from 'node:util';
import { InputError } from '../plan/input-error';
import { count } from '../plan/report/words';
import { SEVERITIES, type Severity } from '../plan/result';
import { nearest } from '../private/nearest';
import { STDIN } from './text-files';

export type Format = 'markdown' | 'json' | 'mermaid';
export type Threshold = Severity | 'never';

/** What the user asked for, checked. */
export type Request =
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'explain'; readonly codes: readonly string[] }
  | ({ readonly command: 'plan'; readonly paths: readonly string[] } & Settings)
  | ({ readonly command: 'diff'; readonly before: string; readonly after: string } & DiffSettings);

export interface Settings {
  readonly format: Format;
  readonly failOn: Threshold;
  readonly cluster?: string;
  readonly acknowledge?: string;
  readonly output?: string;
}

interface DiffSettings extends Settings {
  /** Facts about the old side, where they are others. */
  readonly oldCluster?: string;
}

const OPTIONS = {
  cluster: { type: 'string', short: 'c' },
  'old-cluster': { type: 'string' },
  acknowledge: { type: 'string', short: 'a' },
  format: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  'fail-on': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;
const COMMANDS = ['plan', 'diff', 'explain'];
const PLAN_FORMATS: readonly Format[] = ['markdown', 'json', 'mermaid'];
const DIFF_FORMATS: readonly Format[] = ['markdown', 'json'];
const THRESHOLDS: readonly Threshold[] = [...SEVERITIES, 'never'];

export function parseRequest(argv: readonly string[]): Request {
  const { values, positionals } = parse(argv);
  const [command = '', ...paths] = positionals;
  if (values.help || command === 'help') return { command: 'help' };
  if (values.version) return { command: 'version' };
  if (command === 'explain') return { command, codes: withoutOptions(command, values, paths) };
  const settings = {
    format: oneOf('--format', values.format ?? 'markdown', command === 'diff' ? DIFF_FORMATS : PLAN_FORMATS),
    failOn: oneOf('--fail-on', values['fail-on'] ?? 'error', THRESHOLDS),
    ...file('cluster', '--cluster', values.cluster),
    ...file('acknowledge', '--acknowledge', values.acknowledge),
    ...file('output', '--output', values.output),
  };
  const oldFacts = file('oldCluster', '--old-cluster', values['old-cluster']);
  if (command === 'diff') return { command, ...diffPaths(paths), ...settings, ...oldFacts };
  if (command === 'plan') {
    if ('oldCluster' in oldFacts) throw new InputError('--old-cluster', 'a plan has no old side', 'use --cluster');
    return { command, paths: planPaths(paths), ...settings };
  }
  throw command === '' ? new InputError('command', 'missing', COMMANDS_FIX) : unknown(command, COMMANDS, COMMANDS_FIX);
}

const HELP_FIX = 'see cdk8s-telemetry --help';
const COMMANDS_FIX = `use ${COMMANDS.join(', ')}, or ${HELP_FIX}`;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const option = argv.find((arg) => /^-./.test(arg) && !isKnown(arg));
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && option !== undefined) {
      const [name = option] = option.split('=');
      throw unknown(name, Object.entries(OPTIONS).flatMap(spellings));
    }
    throw new InputError('options', message.split('\n').join(' '), HELP_FIX);
  }
}

function isKnown(arg: string): boolean {
  const [name = ''] = arg.startsWith('--') ? arg.split('=') : [arg.slice(0, 2)];
  return Object.entries(OPTIONS).flatMap(spellings).includes(name);
}

function spellings([long, option]: [string, { readonly type: string; readonly short?: string }]): string[] {
  return option.short === undefined ? [`--${long}`] : [`--${long}`, `-${option.short}`];
}

const LONGEST_SHOWN = 60;

function unknown(word: string, known: readonly string[], fix = HELP_FIX): InputError {
  const kind = word.startsWith('-') ? 'no such option' : 'no such command';
  const suggestion = nearest(word, known);
  return new InputError(
    word.slice(0, LONGEST_SHOWN),
    kind,
    suggestion === undefined ? fix : `did you mean ${suggestion}?`,
  );
}

function oneOf<T extends string>(option: string, got: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === got);
  if (found !== undefined) return found;
  throw new InputError(option, `got "${got}"`, `give one of ${allowed.join(', ')}`);
}

function file<K extends string>(key: K, option: string, value: string | undefined): Partial<Record<K, string>> {
  if (value === undefined) return {};
  checkNotEmpty(option, value);
  return { [key]: value } as Record<K, string>;
}

/** Most often a variable of the shell that is not set. */
function checkNotEmpty(where: string, path: string): void {
  if (path === '') throw new InputError(where, 'got ""', 'name a file: the text is empty');
}

function withoutOptions(command: string, options: object, positionals: readonly string[]): readonly string[] {
  const [option] = Object.keys(options);
  if (option === undefined) return positionals;
  throw new InputError(`--${option}`, `not an option of ${command}`, 'leave it out');
}

function planPaths(paths: readonly string[]): readonly string[] {
  checkPaths('plan', paths);
  if (paths.length > 0) return paths;
  throw new InputError('plan', 'nothing to read', 'name files or folders with manifests, or - for standard input');
}

function diffPaths(paths: readonly string[]): { before: string; after: string } {
  checkPaths('diff', paths);
  const [before, after, ...others] = paths;
  if (before !== undefined && after !== undefined && others.length === 0) return { before, after };
  throw new InputError(
    'diff',
    `got ${count(paths.length, 'path')}`,
    'name two: the old file or folder, then the new one',
  );
}

function checkPaths(command: string, paths: readonly string[]): void {
  for (const path of paths) checkNotEmpty(command, path);
  if (paths.filter((path) => path === STDIN).length > 1) {
    throw new InputError(STDIN, 'given twice', 'standard input can be read once');
  }
}
