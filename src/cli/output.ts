import { writeFile } from 'node:fs/promises';
import { InputError } from '../plan/input-error';
import type { Bytes } from './text-files';

/** Where text can be written to: a process' standard output or a test's. */
export interface Sink {
  write(text: string, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** What the command line reads and writes besides files. */
export interface Streams {
  readonly stdin: Bytes;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** Waits until the text is out, so that a pipe does not lose its end when the process exits. */
export function write(sink: Sink, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(text, (error) => {
      if (!error || isClosedPipe(error)) resolve();
      else reject(error);
    });
  });
}

/** A reader such as `head` may leave early: no failure of ours. Without a listener Node would end the process. */
export function ignoreClosedPipe(sink: Sink): void {
  sink.on('error', () => undefined); // The callback of `write` hears of every error too.
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be written',
};

export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new InputError(`--output ${path}`, PROBLEMS[code] ?? message, 'name a writable file');
  }
}

function isClosedPipe(error: Error): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED'].includes((error as NodeJS.ErrnoException).code ?? '');
}
