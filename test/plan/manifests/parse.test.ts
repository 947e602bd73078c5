import { parseManifests } from '../../../src/plan/manifests/parse';
import { refusal } from './reading';

const parse = (text: string) => parseManifests('app.yaml', text);
const head = 'apiVersion: v1\nkind: ConfigMap\n';
const kinds = (text: string) => parse(text).map(({ raw }) => (raw as { kind: string }).kind);

describe('documents', () => {
  test('each has its file and its place in it', () => {
    expect(parse(`${head}---\n${head}`).map(({ where }) => where)).toEqual([
      'app.yaml, document 1',
      'app.yaml, document 2',
    ]);
  });

  test('empty ones and mere comments are passed over, but counted', () => {
    const text = `---\n# Source: chart/templates/a.yaml\n---\n# Source: chart/templates/b.yaml\n${head}---\n---\n`;
    expect(parse(text).map(({ where }) => where)).toEqual(['app.yaml, document 2']);
    expect(parse('')).toEqual([]);
    expect(parse('# nothing\n')).toEqual([]);
    expect(parse('---\n...\n')).toEqual([]);
  });

  test('a separator can have a comment, and the document can start on its line', () => {
    expect(kinds(`--- # first\n${head}--- # second\n${head}--- {apiVersion: v1, kind: Pod}\n`)).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Pod',
    ]);
  });

  test('a byte order mark, carriage returns and directives change nothing', () => {
    const plain = parse(`${head}data: {a: b}\n`);
    expect(parse(`\ufeff${head}data: {a: b}\n`)).toEqual(plain);
    expect(parse(`${head}data: {a: b}\n`.replaceAll('\n', '\r\n'))).toEqual(plain);
    expect(parse(`%YAML 1.1\n---\n${head}data: {a: b}\n`)).toEqual(plain);
    expect(parse(`%YAML 1.2\n---\n${head}data: {a: b}\n`)).toEqual(plain);
  });

  test('three dashes inside a file of a ConfigMap separate nothing', () => {
    expect(parse(`${head}data:\n  a: |\n    x\n    ---\n    y\n`)).toHaveLength(1);
  });

  test('JSON is read as it is, with tabs, escapes and on one line', () => {
    const json = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'y', b: '☺\n"/\t', c: '0777' } };
    for (const indent of ['', '\t', 2]) {
      expect(parse(JSON.stringify(json, null, indent)).map(({ raw }) => raw)).toEqual([json]);
    }
    expect(parse('{"apiVersion":"v1","kind":"Pod","a":"\\ud83d\\ude00\\/"}')[0]?.raw).toMatchObject({ a: '😀/' });
  });
});

describe('lists', () => {
  test('are taken apart, lists in lists too', () => {
    const items =
      '[{apiVersion: v1, kind: Pod}, {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret}]}]';
    expect(parse(`{apiVersion: v1, kind: List, items: ${items}}`)).toEqual([
      { where: 'app.yaml, document 1, item 1', raw: { apiVersion: 'v1', kind: 'Pod' } },
      { where: 'app.yaml, document 1, item 2, item 1', raw: { apiVersion: 'v1', kind: 'Secret' } },
    ]);
  });

  test('of one kind give it to items that do not name theirs', () => {
    expect(parse('{apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: a}}]}')[0]?.raw).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
    });
  });

  test('can be empty, and a custom kind can be called a list', () => {
    expect(parse('{apiVersion: v1, kind: List}')).toEqual([]);
    expect(parse('{apiVersion: v1, kind: List, items: null}')).toEqual([]);
    expect(kinds('{apiVersion: example.com/v1, kind: AllowList, spec: {}}')).toEqual(['AllowList']);
  });

  test('with something else than manifests are refused', () => {
    expect(refusal('{apiVersion: v1, kind: List, items: 5}')).toContain('the items of the List are a number');
    expect(refusal('{apiVersion: v1, kind: List, items: [5]}')).toContain('a number is no manifest');
    expect(refusal('{apiVersion: v1, kind: List, items: [{kind: Pod}]}')).toContain('no apiVersion');
  });
});

describe('what is no manifest is refused with file, document, line and fix', () => {
  test.each([
    [
      'a syntax error',
      `${head}---\n${head}data: {a: b\n---\n`,
      /^app.yaml, document 2, line [78]: .+; fix: correct the YAML$/,
    ],
    ['a tab as indentation', `${head}data:\n\ta: b\n`, /^app.yaml, document 1, line 4: tab characters/],
    [
      'a key given twice',
      `${head}data:\n  a: b\n  a: c\n`,
      /document 1, line 5: duplicated mapping key; fix: remove one/,
    ],
    ['a key given twice in JSON', '{"apiVersion":"v1",\n"kind":"Pod","kind":"Pod"}', /line 2: duplicated mapping key/],
    ['a list', `${head}---\n\n# x\n- a\n`, /^app.yaml, document 2, line 6: a list is no manifest; fix: .+rendered/],
    ['a text', 'hello\n', /^app.yaml, document 1, line 1: a string is no manifest/],
    [
      'no kind',
      `${head}---\napiVersion: v2\nname: chart\n`,
      /^app.yaml, document 2, line 4: no kind; fix: .+values files/,
    ],
    ['no apiVersion', 'kind: Pod\n', /^app.yaml, document 1, line 1: no apiVersion/],
    ['an apiVersion that is no string', 'apiVersion: 1\nkind: Pod\n', /no apiVersion/],
    ['a null byte', `${head}data: \0\n`, /null byte is not allowed in input; fix: save the file as UTF-8 text/],
    ['an unknown alias', `${head}data: *a\n`, /^app.yaml, document 1, line 3: unidentified alias "a"/],
    [
      'two documents of JSON in a row',
      '{"apiVersion":"v1","kind":"Pod"}\n{"apiVersion":"v1","kind":"Pod"}',
      /line 2: .+document separator/,
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  test('a text beyond the limit, before it is read', () => {
    expect(refusal('#'.repeat(64 * 1024 * 1024 + 1))).toMatch(
      /^app.yaml: longer than 67108864 characters; fix: pass several/,
    );
  });

  test('the message does not show the text, which may be a secret', () => {
    expect(refusal('apiVersion: v1\nkind: Secret\nstringData: {a: hunter2\n')).not.toContain('hunter2');
  });
});

describe('a Helm template that was not rendered is called so', () => {
  test.each([
    `${head}metadata:\n  name: {{ .Release.Name }}\n`,
    `{{- if .Values.enabled }}\n${head}{{- end }}\n`,
    `${head}metadata:\n  labels:\n    {{- include "labels" . | nindent 4 }}\n`,
    `${head}data:\n{{ toYaml .Values.data | indent 2 }}\n`,
    `${head}metadata: {name: "{{ .Release.Name }}-x"}\n`,
  ])('%j', (text) => {
    expect(refusal(text)).toMatch(/looks like an unrendered Helm template; fix: run helm template first$/);
  });

  test('braces inside a file of a ConfigMap are none', () => {
    const rules = `${head}metadata: {name: a}\ndata:\n  rules.yaml: |\n    summary: {{ $labels.pod }} is down\n`;
    expect(parse(rules)).toHaveLength(1);
  });

  test('nor are they when something else is wrong', () => {
    const rules = `${head}data:\n  a: '{{ $labels.pod }}'\n  a: c\n`;
    expect(refusal(rules)).not.toContain('Helm');
  });
});

describe('aliases and merge keys', () => {
  test('are written out', () => {
    const text = `${head}x: &labels {app: a}\nmetadata:\n  labels:\n    <<: *labels\n    tier: b\n`;
    expect(parse(text)[0]?.raw).toMatchObject({ metadata: { labels: { app: 'a', tier: 'b' } } });
  });

  test('a merge of no mapping is refused where it stands', () => {
    expect(refusal(`${head}---\n${head}metadata: {<<: [a]}\n`)).toMatch(/^app.yaml, document 2, line 4: << merges/);
  });

  test('an alias of what it is part of is refused', () => {
    expect(refusal(`${head}data: &a {b: [*a]}\n`)).toContain('an alias stands inside the value it repeats');
    expect(refusal(`${head}data: &a {b: &b {<<: *a}, c: *b}\n`)).toContain('an alias stands inside');
  });
});
