import { Worker } from 'node:worker_threads';

/** Ends the process when `beat` is not called for so long: an endless loop lets nothing else run in its own thread. */
export function watchForHangs(seconds: number): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const watcher = new Worker(WATCHER, { eval: true, workerData: { beats, seconds } });
  watcher.unref();
  return () => {
    Atomics.add(beats, 0, 1);
  };
}

const WATCHER = `
  const { workerData: { beats, seconds } } = require('node:worker_threads');
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    if (now === last) {
      require('node:fs').writeSync(1, 'hangs on the input in ' + process.cwd() + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
    last = now;
  }, seconds * 1000);
`;
