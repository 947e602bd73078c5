import { App } from 'cdk8s';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { examples } from '../examples';
import { diagramOf, diagrams } from '../scripts/diagrams';
import { CODES } from '../src/plan/findings/catalogue';
import { COLLECTOR_IMAGE, PROMETHEUS_IMAGE } from '../src/private/images';
import { BackendPlacement, Cluster, MetricInput, PipelineBackend, TelemetryChart, TrafficPlan } from '../src';
import { pages, root } from './docs-pages';

const text = (file: string): string => readFileSync(file, 'utf8');
/** Code is no prose: what looks like a link or a heading there is none. */
const prose = (file: string): string => text(file).replace(/^```[\s\S]*?^```/gm, '');

/** The anchors that GitHub makes of headings, and those that are written down. */
function anchorsOf(file: string): string[] {
  const headings = [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...text(file).matchAll(/(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)];
}

function brokenLinksOf(page: string): string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^(https?:|mailto:)/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
}

describe('every link inside the documentation leads somewhere', () => {
  test.each(pages)('%s', (page) => {
    expect(brokenLinksOf(join(root, page))).toEqual([]);
  });
});

test('every code of a finding that a page names exists', () => {
  const known: readonly string[] = CODES;
  const named = pages.flatMap((page) => text(join(root, page)).match(/\bCT\d{3}\b/g) ?? []);
  expect([...new Set(named)].filter((code) => !known.includes(code))).toEqual([]);
});

test('every example has a page, and the README names it', () => {
  const readme = text(join(root, 'README.md'));
  for (const name of Object.keys(examples)) {
    expect(existsSync(join(root, 'examples', name, 'README.md'))).toBe(true);
    expect(readme).toContain(`(examples/${name}/README.md)`);
  }
});

test.each(Object.entries(diagrams))('%s draws the example %s as its plan does', (page, example) => {
  expect(text(join(root, page))).toContain(diagramOf(example));
});

test('every address of the project is that of package.json', () => {
  const { repository } = JSON.parse(text(join(root, 'package.json'))) as { repository: { url: string } };
  const project = repository.url.replace(/\.git$/, '');
  const [runbook] = /runbook_url: (\S+)/.exec(text(join(root, 'test/goldens/example-minimal.yaml')))?.slice(1) ?? [];
  expect(runbook?.startsWith(`${project}/`)).toBe(true);
});

test('the README names the versions that are rendered and required', () => {
  const readme = text(join(root, 'README.md'));
  const { engines } = JSON.parse(text(join(root, 'package.json'))) as { engines: { node: string } };
  const [, collector = ''] = COLLECTOR_IMAGE.split(':');
  const [, prometheus = ''] = PROMETHEUS_IMAGE.split(':v');
  expect(readme).toContain(`OpenTelemetry Collector contrib ${collector}, Prometheus ${prometheus}:`);
  expect(readme).toContain(`${engines.node.replace('>=', '')} or later;`);
});

test.each([
  ['', 'mesh: { mode: none }\nno-key: 1\n'],
  ['mesh.', 'mesh: { mode: sidecar, no-key: 1 }\n'],
  ['apiServer.', 'mesh: { mode: none }\napiServer: { no-key: 1 }\n'],
])('docs/cluster.md explains every key %sx of a cluster file', (prefix, facts) => {
  const page = text(join(root, 'docs/cluster.md'));
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  writeFileSync(join(folder, 'cluster.yaml'), facts);
  expect(() => Cluster.fromFile(join(folder, 'cluster.yaml'))).toThrow(/allowed: the keys/);
  try {
    Cluster.fromFile(join(folder, 'cluster.yaml'));
  } catch (error) {
    const [, keys = ''] = /allowed: the keys ([^;]+);/.exec((error as Error).message) ?? [];
    const sections = ['mesh', 'apiServer'];
    const missing = keys.split(', ').filter((key) => !sections.includes(key) && !page.includes(`\`${prefix}${key}\``));
    expect(missing).toEqual([]);
  }
  rmSync(folder, { recursive: true });
});

/** ADR 26's case with the facts of its example, but for the addresses of pods and nodes. */
function trap(): TrafficPlan {
  const facts = text(join(root, 'examples/adr-26-local-prometheus/cluster.yaml'));
  const folder = mkdtempSync(join(tmpdir(), 'trap-'));
  const file = join(folder, 'cluster.yaml');
  writeFileSync(file, facts.replace(/^(podCidrs|nodeCidrs): .*$/gm, ''));
  const chart = new TelemetryChart(new App(), 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.fromFile(file),
    inputs: [MetricInput.prometheus({ namespaces: ['shop'], ports: [9090] })],
  });
  rmSync(folder, { recursive: true });
  const url = 'http://prometheus.monitoring:9090/api/v1/write';
  const placement = BackendPlacement.inMesh({ podLabels: { 'app.kubernetes.io/name': 'prometheus' } });
  chart.addBackend(PipelineBackend.prometheusRemoteWrite(chart, 'local', { url, placement }));
  return TrafficPlan.of(chart);
}

test('the README tells of the trap of ADR 26 what the plans say', () => {
  const readme = text(join(root, 'README.md'));
  const app = new App();
  examples['adr-26-local-prometheus']?.(app);
  for (const plan of [trap(), TrafficPlan.of(app)]) expect(readme).toContain(plan.toMarkdown().split('\n')[0]);
  const [finding, ...others] = trap().findings;
  expect(others).toEqual([]);
  expect(finding?.code).toBe('CT105');
  expect(readme).toContain(`Fix: ${finding?.fix ?? ''}`);
});

test('the README shows the app of the minimal example', () => {
  const body = text(join(root, 'examples/minimal/app.ts'));
  const statements = body.slice(body.indexOf('{\n  const cluster') + 2, body.lastIndexOf('}')).replace(/^ {2}/gm, '');
  for (const line of statements.split('\n')) expect(text(join(root, 'README.md'))).toContain(line);
});
