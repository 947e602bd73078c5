import { load } from 'js-yaml';
import { resolveMergeKeys } from '../../../src/plan/manifests/merge-keys';
import { ParseGuard } from '../../../src/plan/manifests/parse-guard';
import { KUBERNETES_SCHEMA } from '../../../src/plan/manifests/yaml-schema';

/** The right column of every table is what sigs.k8s.io/yaml v1.6.0 (`YAMLToJSON`) answered. */
function parse(text: string): unknown {
  const { listener } = new ParseGuard();
  const document = load(text, { schema: KUBERNETES_SCHEMA, listener });
  resolveMergeKeys(document);
  return document;
}

const scalars: [string, unknown][] = [
  ['y', true],
  ['Y', true],
  ['yes', true],
  ['Yes', true],
  ['YES', true],
  ['yEs', 'yEs'],
  ['n', false],
  ['N', false],
  ['no', false],
  ['No', false],
  ['NO', false],
  ['nO', 'nO'],
  ['on', true],
  ['On', true],
  ['ON', true],
  ['oN', 'oN'],
  ['off', false],
  ['Off', false],
  ['OFF', false],
  ['oFF', 'oFF'],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['tRUE', 'tRUE'],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['nULL', 'nULL'],
  ['0', 0],
  ['-0', 0],
  ['+0', 0],
  ['00', 0],
  ['01', 1],
  ['0777', 511],
  ['-0777', -511],
  ['+0777', 511],
  ['08', 8],
  ['09', 9],
  ['0o17', 15],
  ['0O17', 15],
  ['0b101', 5],
  ['0B101', 5],
  ['-0b11', -3],
  ['+0b11', 3],
  ['0x1F', 31],
  ['0X1f', 31],
  ['-0x1f', -31],
  ['0xg', '0xg'],
  ['0x', '0x'],
  ['0b', '0b'],
  ['0o', '0o'],
  ['1_000', 1000],
  ['1__000', 1000],
  ['_1', '_1'],
  ['1_', 1],
  ['-_1', -1],
  ['0_7', 7],
  ['0x_1', 1],
  ['0x1_0', 16],
  ['0b1_0', 2],
  ['12e3', 12000],
  ['1E3', 1000],
  ['1e+3', 1000],
  ['1e-5', 1e-5],
  ['1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['+.5', 0.5],
  ['.', '.'],
  ['..', '..'],
  ['1.2.3', '1.2.3'],
  ['v1.2', 'v1.2'],
  ['1e', '1e'],
  ['1e400', '1e400'],
  ['-1e400', '-1e400'],
  ['inf', 'inf'],
  ['NaN', 'NaN'],
  ['nan', 'nan'],
  ['.iNF', '.iNF'],
  ['1:30', '1:30'],
  ['190:20:30', '190:20:30'],
  ['2001-12-14', '2001-12-14'],
  ['2001-1-1', '2001-1-1'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  ['0x1p3', '0x1p3'],
  ['1_0.5', 10.5],
  ['0.1_5', 0.15],
  ['._5', '._5'],
  ['.5_0', 0.5],
  ['.0x1', '.0x1'],
  ['.1e2', 10],
  ['.1e', '.1e'],
  ['9223372036854775808', 9223372036854775808],
  ['18446744073709551616', 18446744073709552000],
  ['0xfffffffffffffffff', '0xfffffffffffffffff'],
  ['01777777777777777777777', 18446744073709551615],
  ['=', '='],
  ['<<', '<<'],
  ['0b2', '0b2'],
  ['--', '--'],
  ['+', '+'],
  ['1+1', '1+1'],
  ['1_e5', 100000],
  ['+1', 1],
  ['-1.0', -1],
  ['1.0', 1],
  ['100.0', 100],
  ['00.5', 0.5],
  ['08.5', 8.5],
  ['0_8', 8],
  ['0o8', '0o8'],
  ['0_', 0],
  ['1,000', '1,000'],
  ['1.e3', 1000],
  ['--1', '--1'],
  ['10.0.0.1', '10.0.0.1'],
  ['10Gi', '10Gi'],
  ['100m', '100m'],
  ['5s', '5s'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['1.33', 1.33],
];

test.each(scalars)('%s without quotes is what Kubernetes reads', (text, value) => {
  expect(parse(`a: ${text}`)).toEqual({ a: value });
});

test.each(scalars)('%s in quotes is a string', (text) => {
  expect(parse(`a: "${text}"`)).toEqual({ a: text });
  expect(parse(`a: '${text}'`)).toEqual({ a: text });
});

const keys: [string, string][] = [
  ['y', 'true'],
  ['1', '1'],
  ['1.5', '1.5'],
  ['0x10', '16'],
  ['on', 'true'],
  ["'on'", 'on'],
  ['1_0', '10'],
  ['2001-12-14', '2001-12-14'],
  ['1e3', '1000'],
  ['1.0', '1'],
  ['08', '8'],
  ['0777', '511'],
];

test.each(keys)('as a key %s is %s', (text, key) => {
  expect(parse(`${text}: 1`)).toEqual({ [key]: 1 });
});

const documents: [string, unknown][] = [
  ["a: 'y'", { a: 'y' }],
  ['a: "1"', { a: '1' }],
  ['a: !!str 1', { a: '1' }],
  ["a: !!int '1'", { a: 1 }],
  ['a: !!float 1', { a: 1 }],
  ["a: !!float '1.5'", { a: 1.5 }],
  ['a: !!bool yes', { a: true }],
  ["a: !!bool 'y'", { a: true }],
  ["a: !!null ''", { a: null }],
  ['a: !!binary aGVsbG8=', { a: 'hello' }],
  ['a: !!timestamp 2001-12-14', { a: '2001-12-14' }],
  ['a: !foo b', { a: 'b' }],
  ['a: !foo 1', { a: '1' }],
  ['a: !foo {b: 1}', { a: { b: 1 } }],
  ['a: !!set {b, c}', { a: { b: null, c: null } }],
  ['a: ! 1', { a: '1' }],
  ['a: !!str', { a: '' }],
  ['a: !!str null', { a: 'null' }],
  ['a:', { a: null }],
  ["a: ''", { a: '' }],
  ['b: &x {c: 1}\na:\n  <<: *x\n  c: 2', { a: { c: 2 }, b: { c: 1 } }],
  ['b: [&x {c: 1}, &y {c: 2, d: 3}]\na:\n  <<: [*x, *y]', { a: { c: 1, d: 3 }, b: [{ c: 1 }, { c: 2, d: 3 }] }],
  ['a: {<<: {b: 1}}', { a: { b: 1 } }],
  ['[<<: {a: 1}]', [{ a: 1 }]],
  ['a: |\n  x\n', { a: 'x\n' }],
  ['a: >\n  x\n  y\n', { a: 'x y\n' }],
  ['a: "\\u263a"', { a: '☺' }],
  ['a: b #c', { a: 'b' }],
  ['a: b#c', { a: 'b#c' }],
  ["a: 'it''s'", { a: "it's" }],
  ['%YAML 1.1\n---\na: 1', { a: 1 }],
  ['--- {a: 1}', { a: 1 }],
  ['--- # x\na: 1', { a: 1 }],
  ['a: 1\n...\n', { a: 1 }],
  ['\ufeffa: 1', { a: 1 }],
  ['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ['a: [1, 2,]', { a: [1, 2] }],
  ['a: ?x', { a: '?x' }],
  ['a: -x', { a: '-x' }],
  ['a: :x', { a: ':x' }],
  ["a: 'x\n\n  y'", { a: 'x\ny' }],
  ['a:\n- b\n- c', { a: ['b', 'c'] }],
  ['b: &x y\na: *x', { a: true, b: true }],
  ['a: {y: 1}', { a: { true: 1 } }],
  ['a: "\\U0001F600"', { a: '😀' }],
  ['? a\n: b\n', { a: 'b' }],
  ['a: !<tag:yaml.org,2002:str> 1', { a: '1' }],
  ['a: [y, n]', { a: [true, false] }],
  ['{"a":1,"b":[true,null,"x"]}', { a: 1, b: [true, null, 'x'] }],
];

test.each(documents)('%j is what Kubernetes reads', (text, value) => {
  expect(parse(text)).toEqual(value);
});

const refused: string[] = [
  'a: !!bool x',
  'a: !!null x',
  "a: !!binary '?'",
  'a: .inf',
  'a: -.INF',
  'a: .nan',
  '? {a: 1}\n: 1',
  'a: {<<: 1}',
  'a: {<<: null}',
  'a: {<<: [1]}',
  'a: &x [1, *x]',
  '\ta: 1',
  'a: @x',
  'a: `x',
  'a: %x',
  'a: x: y',
  'a: *x',
  'a: - b',
  'a: \u007f',
  'a: "\\q"',
  'a: {{ .Values.x }}',
];

test.each(refused)('%j is refused, as Kubernetes refuses it', (text) => {
  expect(() => parse(text)).toThrow();
});

test('a key before << that comes with it too is refused: kubectl and kustomize disagree who wins', () => {
  expect(() => parse('b: &x {c: 1}\na:\n  c: 2\n  <<: *x')).toThrow(/key c stands before <</);
});

test('a port beside << wins wherever it stands, because JavaScript forgets the place of numbers', () => {
  expect(parse('b: &x {8080: 1, 9090: 2}\na:\n  <<: *x\n  8080: 3')).toMatchObject({ a: { 8080: 3, 9090: 2 } });
});
