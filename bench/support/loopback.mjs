// Every address is one of 127.<run>.0.0/16, so that two benchmarks at a time do not meet.
const run = 20 + (process.pid % 200);

export function loopback(third, fourth) {
  return `127.${run}.${third}.${fourth}`;
}

export const AGENT_IP = loopback(0, 1);
export const PROFILER = `${loopback(0, 2)}:6060`;

/** Sinks take addresses from here on. */
export const SINKS = 1;
/** Namespaces of pods take one third byte each from here on. */
export const PODS = 10;
/** Simulated agents. */
export const AGENTS = 100;
