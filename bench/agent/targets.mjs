// Applications: `node targets.mjs '<pods as JSON>' <series per pod> <labels>`. Values differ from scrape to scrape.
import { createServer } from 'node:http';

const pods = JSON.parse(process.argv[2]);
const lines = exposition(Number(process.argv[3]), Number(process.argv[4] ?? 4));

for (const { ip, port } of pods) {
  let scrapes = 0;
  createServer((request, response) => {
    scrapes += 1;
    response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(
      lines.map((line, i) => (line.series ? `${line.text} ${scrapes * (1 + (i % 7))}\n` : line.text)).join(''),
    );
  }).listen(port, ip);
}

/** Counters and gauges in families of fifty series. */
function exposition(series, labelCount) {
  const perFamily = 50;
  return Array.from({ length: series }, (_, i) => {
    const family = Math.floor(i / perFamily);
    const type = family % 2 === 0 ? 'counter' : 'gauge';
    const name = type === 'counter' ? `app_requests_${family}_total` : `app_level_${family}`;
    const labels = [
      `path="/api/v1/things/${i % perFamily}"`,
      'method="GET"',
      'code="200"',
      `zone="eu-${i % 3}"`,
      ...Array.from({ length: labelCount }, (_, j) => `label_${j}="value-${(i + j) % 10}"`),
    ];
    const head = { text: `# HELP ${name} Something about the application.\n# TYPE ${name} ${type}\n` };
    return [
      ...(i % perFamily === 0 ? [head] : []),
      { series: true, text: `${name}{${labels.slice(0, labelCount).join()}}` },
    ];
  }).flat();
}
