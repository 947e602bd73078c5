import { join } from 'node:path';
import { markdownOf, markdownOfClusters } from '../../../src/plan/report/markdown';
import type { Flow, Plan } from '../../../src/plan/result';
import { AGENT, EXAMPLE, finding, flow, HOSTILE, plan } from './plans';

const golden = (name: string): string => join(__dirname, 'goldens', name);
const firstLine = (rows: Partial<Plan>): string | undefined => markdownOf(plan(rows)).split('\n')[0];

test('a plan with something of everything', () => {
  expect(markdownOf(EXAMPLE)).toMatchFile(golden('example.md'));
});

describe('the first line says in words how it stands', () => {
  test.each<[string, Partial<Plan>]>([
    ['No connections. No findings.', {}],
    ['1 connection: 1 work. No findings.', { flows: [flow()] }],
    [
      '4 connections: 1 work, 1 refused, 1 broken, 1 unknown. No findings.',
      { flows: (['works', 'refused', 'broken', 'unknown'] as const).map((verdict) => flow({ verdict })) },
    ],
    [
      'No connections. 4 findings: 2 errors, 1 warning, 1 info.',
      { findings: (['info', 'error', 'warning', 'error'] as const).map((severity) => finding({ severity })) },
    ],
    ['No connections. No findings, 1 acknowledged.', { findings: [finding({ acknowledged: 'agreed' })] }],
    [
      'No connections. No findings. 1 place not analysed.',
      { notAnalysed: [{ object: AGENT, field: 'spec', reason: 'strange' }] },
    ],
  ])('%s', (line, rows) => {
    expect(firstLine(rows)).toBe(line);
  });

  test('what a NetworkPolicy denies does not count as working, and what it may deny is unknown', () => {
    const flows = [flow({ networkPolicy: 'denied' }), flow({ networkPolicy: 'unknown' })];
    expect(firstLine({ flows })).toBe('2 connections: 1 denied by NetworkPolicy, 1 unknown. No findings.');
  });
});

test('an empty plan is its first line', () => {
  expect(markdownOf(plan())).toBe('No connections. No findings.\n');
});

test('findings come before connections, the worst first, and what is not analysed comes last', () => {
  const text = markdownOf(EXAMPLE);
  const places = ['### Errors', '### Notes', '<details>', '## Connections', '## Not analysed'].map((part) =>
    text.indexOf(part),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test('an accepted finding is out of sight but there, with its reason', () => {
  const text = markdownOf(plan({ findings: [finding({ acknowledged: 'The vendor has no other port.' })] }));
  const [before, inside] = text.split('<details>');
  expect(before).not.toContain('CT101');
  expect(inside).toContain('**CT101** (error)');
  expect(inside).toContain('The vendor has no other port.');
});

describe('the port of a connection', () => {
  test.each<[string, Partial<Flow>]>([
    ['80 → 8080', { port: 80, targetPort: 8080 }],
    ['80', { port: 80, targetPort: 80 }],
    ['80', { port: 80, targetPort: null }],
    ['any', { port: null, targetPort: null }],
    ['any → 9090', { port: null, targetPort: 9090 }],
    ['53/UDP', { port: 53, targetPort: 53, protocol: 'UDP' }],
  ])('reads %s', (words, row) => {
    expect(markdownOf(plan({ flows: [flow(row)] }))).toContain(`| ${words} | push |`);
  });
});

describe('connections that are alike are one row with their number', () => {
  const rows = (...flows: Partial<Flow>[]): string[] =>
    markdownOf(plan({ flows: flows.map((row) => flow({ why: 'A. B.', ...row })) }))
      .split('\n')
      .filter((line) => line.startsWith('| Service'));
  const row = (port: string, purpose: string, why: string): string =>
    `| Service \`monitoring/prometheus\` | ${port} | ${purpose} | sidecar | mesh-mtls | works | allowed | ${why} |`;

  test('if they read the same', () => {
    expect(rows({ source: 'a' }, { source: 'b' }, { source: 'c' })).toEqual([row('9090', 'push ×3', 'A. B.')]);
  });

  test('if only the reason differs: what the reasons share is said once', () => {
    expect(rows({ why: 'A. B. C.' }, { why: 'A. B. D. E.' }, {}, {})).toEqual([
      row('9090', 'push ×4', 'A. B.<br>• C.<br>• D. E.'),
    ]);
    expect(rows({ why: 'A.' }, { why: 'B.' })).toEqual([row('9090', 'push ×2', '• A.<br>• B.')]);
  });

  test('if only the port differs', () => {
    expect(rows({ port: 80, targetPort: 8080 }, { port: 443, targetPort: 443 })).toEqual([
      row('80 → 8080, 443', 'push ×2', 'A. B.'),
    ]);
  });

  test('but not if something else differs', () => {
    expect(rows({}, { purpose: 'query' })).toHaveLength(2);
    expect(rows({}, { verdict: 'refused' })).toHaveLength(2);
    expect(rows({}, { networkPolicy: 'denied' })).toHaveLength(2);
    expect(rows({}, { port: 80, targetPort: 80, why: 'C.' })).toHaveLength(2);
  });
});

test('pods without a name of their own are those of a namespace', () => {
  const to = { kind: 'pods', name: 'pods', namespace: 'shop', dataPlane: 'ambient' } as const;
  expect(markdownOf(plan({ flows: [flow({ to })] }))).toContain('| pods in `shop` (ambient) |');
});

test('pods by their labels or their Service say so, and where they are', () => {
  const rowOf = (name: string, namespace?: string) =>
    markdownOf(plan({ flows: [flow({ to: { kind: 'pods', name, ...(namespace && { namespace }) } })] }));
  expect(rowOf('pods labelled app=db-exporter', 'shop')).toContain('| pods labelled `app=db-exporter` in `shop` |');
  expect(rowOf('pods of Service gateway', 'shop')).toContain('| pods of `Service gateway` in `shop` |');
  expect(rowOf('pods labelled app=db-exporter')).toContain('| pods labelled `app=db-exporter` |');
  expect(rowOf('pods labelled <b>', 'shop')).toContain('| pods labelled `<b>` in `shop` |');
  expect(rowOf('10.2.3.4', 'shop')).toContain('| pods `shop/10.2.3.4` |');
});

test('a long list is collapsed, a short one is not', () => {
  const notAnalysed = (length: number) =>
    Array.from({ length }, (_, i) => ({ object: 'ConfigMap/ns/a', field: `data[${i}]`, reason: 'unknown receiver' }));
  expect(markdownOf(plan({ notAnalysed: notAnalysed(10) }))).not.toContain('<details>');
  expect(markdownOf(plan({ notAnalysed: notAnalysed(11) }))).toContain('<summary>11 places</summary>');
});

test('workloads without connections are listed', () => {
  const text = markdownOf(plan({ workloads: [{ id: 'Job/shop/migration', dataPlane: 'ambient' }] }));
  expect(text).toContain('### Without connections\n\n- `Job/shop/migration` (ambient)');
});

test('each cluster has its part; a single one needs no heading', () => {
  const one = plan({ flows: [flow()] });
  expect(markdownOfClusters(new Map([['prod', one]]))).toBe(markdownOf(one));
  expect(
    markdownOfClusters(
      new Map([
        ['prod', one],
        ['', plan()],
      ]),
    ),
  ).toBe(
    // prettier-ignore
    `# Cluster \`prod\`\n\n${markdownOf(one)}\n# Cluster without a name\n\n${markdownOf(plan())}`,
  );
});

describe('whatever things are called', () => {
  const everywhere = (text: string): Plan =>
    plan({
      workloads: [{ id: `Deployment/ns/${text}`, dataPlane: 'none' }],
      flows: [
        flow({ from: `Deployment/ns/${text}`, to: { kind: 'service', name: text, namespace: text }, why: text }),
        flow({ from: text, to: { kind: 'external', name: text }, source: text, why: text }),
      ],
      findings: [
        finding({ object: text, field: text, message: text, fix: text }),
        finding({ object: text, field: text, message: text, fix: text, acknowledged: text }),
      ],
      notAnalysed: [{ object: text, field: text, reason: text }],
    });
  const tame = markdownOf(everywhere('tame')).split('\n');

  test.each(HOSTILE)('the page keeps its lines, cells and tags: %j', (text) => {
    const lines = markdownOf(everywhere(text)).split('\n');
    expect(lines).toHaveLength(tame.length);
    const shape = (line: string): string[] => line.replace(/`[^`]*`/g, '').match(/\||<[^>]*>|^#+|^- /g) ?? [];
    const withoutCode = (line: string): string[] => shape(line).filter((part) => !/^<\/?code>$/.test(part));
    expect(lines.map(withoutCode)).toEqual(tame.map(withoutCode));
  });

  test.each(HOSTILE)('nobody is mentioned and nothing is an image or a link of theirs: %j', (text) => {
    const visible = markdownOf(everywhere(text)).replace(/`[^`\n]*`/g, '');
    expect(visible).not.toMatch(/@\w/);
    expect(visible).not.toMatch(/(?<!\\)\]\((?!docs\/findings\.md#ct101\))/);
    expect(visible).not.toMatch(/[\u202E\u0007\u001B\0]/);
  });

  test('very long values are cut', () => {
    expect(markdownOf(everywhere('x'.repeat(100_000))).length).toBeLessThan(20_000);
  });
});
