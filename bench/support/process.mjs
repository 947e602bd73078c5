import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A program with its log in a file, and what the kernel says it has used. */
export function start(program, args, { log, env = {} }) {
  const file = openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['ignore', file, file], env: { ...process.env, ...env } });
  closeSync(file);
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const alive = () => {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${program} ended:\n${tail(log)}`);
  };
  return {
    log,
    cpuSeconds: () => (alive(), cpuSeconds(child.pid)),
    /** Resident memory in bytes: now, and at its highest. */
    memory: () => (alive(), { now: status(child.pid, 'VmRSS'), peak: status(child.pid, 'VmHWM') }),
    /** Memory of the process alone, without pages of mapped files, which the kernel can take back. */
    anonymous: () => (alive(), status(child.pid, 'RssAnon')),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function status(pid, key) {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

function tail(log) {
  return readFileSync(log, 'utf8').split('\n').slice(-15).join('\n');
}
