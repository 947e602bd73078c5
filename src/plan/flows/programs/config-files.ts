import { posix } from 'node:path';
import { RE2JS } from 're2js';
import type { ProgramConfig } from '../../inventory';
import type { Unread } from '../../unread';
import type { Running } from './container';
import { type ContainerFiles, documentOf, type MountedFile } from './files';

/**
 * The files that a section such as `rule_files` names, by paths relative to the configuration and with wildcards. What is
 * missing or unreadable is reported.
 */
export function namedConfigs(
  running: Running,
  config: ProgramConfig,
  section: string,
  unread: Unread,
): ProgramConfig[] {
  const folder = posix.dirname(pathOf(running, config));
  return config.root
    .get(section)
    .items()
    .flatMap((pattern) => {
      const name = pattern.text();
      if (name === undefined) return [];
      const path = posix.resolve(folder, name);
      const found = filesAt(running.files, path);
      if (found.length === 0) unread.report(config.object, pattern.field, running.files.missing(path));
      return found.flatMap((file) => parsedConfig(config, file, unread));
    });
}

function pathOf({ files }: Running, { object, field }: ProgramConfig): string {
  return files.all().find((file) => file.object === object && file.field === field)?.path ?? '/';
}

function parsedConfig(config: ProgramConfig, file: MountedFile, unread: Unread): ProgramConfig[] {
  const { object, field } = file;
  const read = documentOf(file);
  if ('document' in read) return [{ ...config, object, field, root: unread.reader(object, field, read.document) }];
  unread.report(object, field, read.problem);
  return [];
}

function filesAt(files: ContainerFiles, path: string): MountedFile[] {
  const exact = files.at(path);
  if (exact) return [exact];
  const glob = globOf(path);
  return glob ? files.all().filter((file) => glob.matches(file.path)) : [];
}

/** Go's `filepath.Match`: wildcards do not cross folders. */
function globOf(path: string): RE2JS | undefined {
  if (!/[*?[]/.test(path)) return undefined;
  try {
    return RE2JS.compile(
      path
        .split(/(\*|\?|\[[^\]]+\])/)
        .map(wildcard)
        .join(''),
    );
  } catch {
    return undefined;
  }
}

function wildcard(part: string): string {
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  return part.startsWith('[') && part.endsWith(']') ? part : RE2JS.quote(part);
}
