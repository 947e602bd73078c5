import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { anything, assert, constantFrom, integer, nat, oneof, property, string, webUrl } from 'fast-check';
import { InputError } from '../../../src/plan/input-error';
import { readInventory } from '../../../src/plan/manifests/inventory';
import { parseManifests } from '../../../src/plan/manifests/parse';
import type { ManifestDocument } from '../../../src/plan/manifests/document';
import { Unread } from '../../../src/plan/unread';
import { NO_FACTS } from '../../../src/plan/world';
import { read, refusal } from './reading';

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const MEGABYTE = 1_000_000;
const long = (part: string, characters = MEGABYTE) => part.repeat(Math.ceil(characters / part.length));
const numbered = (n: number, text: (i: number) => string) => Array.from({ length: n }, (_, i) => text(i));
/** Generous, because machines differ; what explodes takes minutes. */
const SECONDS = 30;

function inTime<T>(work: () => T): T {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(SECONDS);
  return result;
}

describe('a bomb is refused while it is read', () => {
  const entries = numbered(50_000, (i) => `k${i}: 1`).join(', ');
  const items = numbered(50_000, (i) => `k${i}`).join(', ');
  test.each([
    ['brackets', long('['), 'more than 200 levels deep'],
    ['braces', long('{'), 'more than 200 levels deep'],
    ['dashes', long('- '), 'more than 200 levels deep'],
    ['question marks', long('? '), 'more than 200 levels deep'],
    ['indentation', numbered(1_000, (i) => `${' '.repeat(i)}a:\n`).join(''), 'more than 200 levels deep'],
    ['laughs', head + laughs(60), 'aliases make the file too large'],
    [
      'depth by aliases',
      head +
        numbered(300, (i) => `a${i}: &a${i} [*a${i - 1}]\n`)
          .join('')
          .replace('*a-1', 'x'),
      '200 levels',
    ],
    ['merges of a large mapping', `${head}x: &a {${entries}}\ny:\n${long('- <<: *a\n', 300_000)}`, 'aliases make'],
    ['one merge of many', `${head}x: &a {${entries}}\ny: {<<: [${long('*a, ', 300_000)}]}\n`, 'aliases make'],
    ['large lists as keys', `${head}x: &a [${items}]\ny:\n${long('- ? *a\n', 300_000)}`, 'aliases make'],
    ['a long text repeated', `${head}x: &a ${long('x', 500_000)}\ny: [${long('*a, ', 300_000)}]\n`, 'aliases make'],
  ])('%s', (_, text, message) => {
    expect(inTime(() => refusal(text))).toContain(message);
  });

  function laughs(levels: number): string {
    const line = (i: number) => `a${i}: &a${i} [${i === 0 ? 'x, x' : `*a${i - 1}, *a${i - 1}`}]\n`;
    return numbered(levels, line).join('');
  }
});

describe('what is merely large is read', () => {
  test.each([
    ['keys', `${head}data:\n${numbered(100_000, (i) => `  k${i}: v\n`).join('')}`],
    ['digits', `${head}x: ${long('1')}\n`],
    ['underscores', `${head}x: 1${long('_')}\n`],
    ['a text of many lines', `${head}x:${long('\n  y')}\n`],
    ['blank lines', `${head}x: y${long('\n')}  z\n`],
    ['a block', `${head}x: |${long('\n  y')}\n`],
    ['anchors', `${head}x: [${numbered(50_000, (i) => `&a${i} y`).join(',')}]\n`],
    ['separators', long('---\n')],
    ['comments', long('# x\n')],
  ])('%s', (_, text) => {
    inTime(() => read(text));
  });
});

describe('keys that mean something to JavaScript', () => {
  test('__proto__ is refused, also in disguise', () => {
    for (const key of ['__proto__', '"__proto__"', '"\\x5f_proto__"', '"__pro\\\n  to__"', '? __proto__\n ']) {
      expect(refusal(`${head}data: {${key}: {polluted: true}}\n`)).toContain('__proto__ is refused');
    }
    expect(refusal(`${head}data: {<<: {__proto__: {polluted: true}}}\n`)).toContain('__proto__ is refused');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('others are keys like any other', () => {
    const { inventory } = read(`${head}data: {constructor: a, toString: b, hasOwnProperty: c, valueOf: d}\n`);
    expect(inventory.configMaps.get('default/a')?.data).toEqual({
      constructor: 'a',
      toString: 'b',
      hasOwnProperty: 'c',
      valueOf: 'd',
    });
  });

  test('nor does a kind, group or namespace reach into prototypes', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const text = `apiVersion: ${name}/v1\nkind: ${name}\nmetadata: {name: a, namespace: ${name.toLowerCase()}}\n`;
      expect(read(text).notAnalysed[0]?.reason).toBe(`kind ${name} (${name}) is not known to the planner`);
    }
  });
});

const folder = join(__dirname, '../../goldens');
const goldens = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const everyKind = readFileSync(join(__dirname, 'every-kind.yaml'), 'utf8');

interface Place {
  readonly document: ManifestDocument;
  readonly container: Record<string, unknown>;
  readonly key: string;
}

function places(document: ManifestDocument, value: unknown = document.raw): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const container = value as Record<string, unknown>;
  return Object.keys(container).flatMap((key) => [{ document, container, key }, ...places(document, container[key])]);
}

const wrong = oneof(
  constantFrom<unknown>(null, true, '', '{{ x }}', -1, 0, 65_536, 1e308, 2 ** 53, [], {}, [[]], [null], [{}], {
    a: [],
  }),
  constantFrom('constructor', '10.0.0.0/33', 'a/b', 'a b', '*', '='),
  integer(),
  string(),
  webUrl(),
  anything({ maxDepth: 3, withNullPrototype: true }),
);

/** Nothing but an inventory or an InputError comes out. */
function readOrRefuse(documents: readonly ManifestDocument[]): void {
  try {
    readInventory(documents, NO_FACTS, new Unread());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^golden, document \d+: .+; fix: /s);
  }
}

const texts: [string, string][] = [
  ['every kind', everyKind],
  ...goldens.map((file): [string, string] => [file, readFileSync(join(folder, file), 'utf8')]),
];

test.each(texts)('%s with any value in any place is read or refused', (_, text) => {
  const all = parseManifests('golden', text).flatMap((document) => places(document));
  inTime(() => {
    assert(
      property(nat(all.length - 1), wrong, (at, value) => {
        const { document, container, key } = all[at]!;
        const before = container[key];
        container[key] = value;
        try {
          readOrRefuse([document]);
        } finally {
          container[key] = before;
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('any text is read or refused', () => {
  assert(
    property(
      oneof(
        string(),
        string({ unit: 'binary' }),
        string({ unit: constantFrom(...Array.from(' -:{}[]&*!|>\'"%@`#?,~<y10\n\t')) }),
      ),
      (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
