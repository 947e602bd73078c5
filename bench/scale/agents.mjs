// Many agents: `node agents.mjs <file with the capture> '<addresses as JSON>'`. Each answers on a loopback address of its own
// with what a real one said, under pod names of its own and with values that move as the real ones did.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [file, addresses] = process.argv.slice(2);
const captured = JSON.parse(readFileSync(file, 'utf8'));

for (const [agent, address] of JSON.parse(addresses).entries()) {
  for (const { port, first, second } of captured) {
    const page = replay(first, second, `node-${agent}-app-`);
    createServer((request, response) => {
      response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
      response.end(page());
    }).listen(port, address);
  }
}

function replay(first, second, podPrefix) {
  const before = new Map(first.split('\n').map((line) => [nameOf(line), valueOf(line)]));
  const gauges = new Set(Array.from(second.matchAll(/^# TYPE (\S+) gauge$/gm), ([, name]) => name));
  const lines = second
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (line.startsWith('#') ? { text: line } : series(line, before, gauges, podPrefix)));
  return () => lines.map((line) => (line.next ? `${line.text} ${line.next()}` : line.text)).join('\n') + '\n';
}

/** A counter grows by about what it grew, a gauge stays near its value. */
function series(line, before, gauges, podPrefix) {
  const captured = valueOf(line);
  const step = captured - (before.get(nameOf(line)) ?? captured);
  const isGauge = gauges.has(/^[^{ ]+/.exec(line)[0]);
  const rounded = Number.isInteger(captured) ? Math.round : (value) => value;
  let value = captured;
  const next = () => {
    value = (isGauge ? captured : value) + rounded(step * (0.8 + 0.4 * Math.random()));
    return value;
  };
  return { text: nameOf(line).replaceAll('"app-', `"${podPrefix}`), next };
}

function nameOf(line) {
  return line.slice(0, line.lastIndexOf(' '));
}

function valueOf(line) {
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}
