import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../plan/input-error';
import { MAX_CHARACTERS } from '../plan/manifests/parse';

export interface TextFile {
  /** Path as the user gave it, with `/` below a folder. */
  readonly name: string;
  readonly text: string;
}

export const STDIN = '-';
const MANIFEST = /\.(ya?ml|json)$/i;

/** Bytes as they come: a file or standard input. */
export type Bytes = AsyncIterable<Uint8Array | string>;

/** Files and folders in the given order, a folder's files by name; what two paths lead to is read once. */
export async function readManifestFiles(paths: readonly string[], stdin: Bytes): Promise<TextFile[]> {
  const seen = new Set<string>();
  const files: TextFile[] = [];
  for (const path of paths) {
    if (path === STDIN) files.push({ name: 'stdin', text: await textOf('stdin', stdin) });
    else for (const file of await manifestPaths(path, seen)) files.push(await readTextFile(file));
  }
  return files;
}

export async function readTextFile(path: string): Promise<TextFile> {
  return { name: path, text: await textOf(path, createReadStream(path)) };
}

/** What the user names is read whatever its name: `<(helm template …)` has none that tells. */
async function manifestPaths(path: string, seen: Set<string>): Promise<string[]> {
  const found = await accessible(path, stat(path));
  if (found.isDirectory()) return folderPaths(path, seen);
  return firstTime(path, await realpath(path).catch(() => path), seen);
}

async function folderPaths(folder: string, seen: Set<string>): Promise<string[]> {
  const real = await accessible(folder, realpath(folder));
  if (seen.has(real)) return []; // A symbolic link to a folder that contains it.
  seen.add(real);
  const entries = await accessible(folder, readdir(folder, { withFileTypes: true }));
  const names = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const paths: string[] = [];
  for (const entry of names) paths.push(...(await entryPaths(folder, entry, seen)));
  return paths;
}

async function entryPaths(folder: string, entry: Dirent, seen: Set<string>): Promise<string[]> {
  if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
  const path = join(folder, entry.name);
  const relevant = MANIFEST.test(entry.name);
  if (entry.isFile() && !relevant) return [];
  const found = await stat(path).catch((error: unknown) => {
    if (relevant) throw inaccessible(path, error);
    return undefined;
  });
  if (found?.isDirectory()) return folderPaths(path, seen);
  if (!found || !relevant) return [];
  checkRegular(path, found);
  return firstTime(path, await accessible(path, realpath(path)), seen);
}

function checkRegular(path: string, found: Stats): void {
  if (!found.isFile()) throw new InputError(path, 'is a pipe or a device', 'remove it, or name the files themselves');
}

function firstTime(path: string, real: string, seen: Set<string>): string[] {
  if (seen.has(real)) return [];
  seen.add(real);
  return [path];
}

async function textOf(name: string, bytes: Bytes): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const all = (async () => {
    for await (const chunk of bytes) {
      const buffer = Buffer.from(chunk as Uint8Array);
      size += buffer.length;
      if (size > MAX_CHARACTERS) throw tooLarge(name);
      chunks.push(buffer);
    }
  })();
  await accessible(name, all);
  return decoded(name, Buffer.concat(chunks));
}

function tooLarge(name: string): InputError {
  return new InputError(name, `has more than ${MAX_CHARACTERS} bytes`, 'give the manifests in smaller files');
}

function decoded(name: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Not UTF-8.
  }
  throw new InputError(name, 'is no text in UTF-8', 'give manifests in YAML or JSON');
}

async function accessible<T>(path: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw error instanceof InputError ? error : inaccessible(path, error);
  }
}

const PROBLEMS: Record<string, [problem: string, fix: string]> = {
  ENOENT: ['does not exist', 'correct the path'],
  EACCES: ['may not be read', 'give the right to read it'],
  ELOOP: ['is a symbolic link to itself', 'remove it'],
  EISDIR: ['is a folder', 'name a file'],
  ENOTDIR: ['lies below a file', 'correct the path'],
  ENAMETOOLONG: ['is longer than a path can be', 'correct the path'],
};

function inaccessible(path: string, error: unknown): InputError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const [problem, fix] = PROBLEMS[code] ?? [`cannot be read (${message})`, 'correct the path'];
  return new InputError(path, problem, code === 'ENOENT' ? (noPathFix(path) ?? fix) : fix);
}

/** What stands where a path is expected, and is none. */
function noPathFix(path: string): string | undefined {
  if (/^https?:\/\//.test(path))
    return 'nothing is fetched: pipe it in and name -, as in curl … | cdk8s-telemetry plan -';
  return path.includes('*') ? 'name the folder, or let the shell list the files: no quotes' : undefined;
}
