import { posix } from 'node:path';
import type { Container } from '../../inventory';
import type { Environment } from './environment';

/** `--name=value`, `--name value` or `-name value` on the command line of a container. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

export function flagsOf(container: Container, environment: Environment): Flag[] {
  const words = wordsOf(container).map((word) => environment.substitute(word));
  return words.flatMap((word, i) => {
    const flag = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word);
    const name = flag?.[1];
    if (name === undefined) return [];
    if (flag?.[2] !== undefined) return [{ name, value: flag[2] }];
    const next = words[i + 1];
    return next === undefined || next.startsWith('-') ? [] : [{ name, value: next }];
  });
}

const SHELLS: readonly string[] = ['sh', 'bash', 'ash', 'dash'];

/** Command and arguments; of a shell script its words. */
function wordsOf({ command, args }: Container): string[] {
  const words = [...command, ...args];
  const shell = SHELLS.includes(posix.basename(words[0] ?? ''));
  return shell ? words.flatMap((word) => word.split(/\s+/).map(unquoted)) : words;
}

function unquoted(word: string): string {
  return word.replace(/^["']|["']$/g, '');
}
