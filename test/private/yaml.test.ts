import { assert, dictionary, jsonValue, oneof, property, string, stringMatching } from 'fast-check';
import { load } from 'js-yaml';
import { parse } from 'yaml';
import { fromYaml, toYaml } from '../../src/private/yaml';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('what is written reads back the same, by two parsers and two versions of YAML', () => {
  const tricky = stringMatching(
    /^(yes|No|on|OFF|y|n|~|null|0[0-9]+|[0-9]+:[0-9]+|1e[0-9]|\.inf|#.*|- .*|.*: .*|.* #.*|[*&!|>%@`'"{}[\],?-].*|.*[: ]|=|<<)$/,
  );
  const text = oneof(string(), string({ unit: 'binary' }), tricky);
  const documents = dictionary(oneof(stringMatching(/^[A-Za-z_]+$/), text), oneof(jsonValue(), text));
  assert(
    property(documents, (document) => {
      const written = toYaml({ root: document });
      const expected = plain({ root: document });
      expect(load(written)).toEqual(expected);
      expect(parse(written, { version: '1.1' })).toEqual(expected);
      expect(parse(written, { version: '1.2' })).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('reads like hand-written YAML', () => {
  const document = { a: [{ b: 1, c: ['x', 'true'] }, [], {}], 'd e': { f: '^(a|b)$', g: 'k: v', h: '' } };
  expect(toYaml(document)).toBe(
    [
      'a:',
      '  - b: 1',
      '    c:',
      '      - x',
      '      - "true"',
      '  - []',
      '  - {}',
      'd e:',
      '  f: ^(a|b)$',
      '  g: "k: v"',
      '  h: ""',
      '',
    ].join('\n'),
  );
});

test('settings that nobody gave are not written', () => {
  expect(toYaml({ a: undefined, b: { c: undefined }, d: [{ e: undefined, f: 1 }] })).toBe('b: {}\nd:\n  - f: 1\n');
});

test('equal parts are written twice, without anchors', () => {
  const shared = { a: ['b'] };
  expect(toYaml({ x: shared, z: shared })).toBe('x:\n  a:\n    - b\nz:\n  a:\n    - b\n');
});

test('a key given twice is an error', () => {
  expect(() => fromYaml('a: 1\na: 2')).toThrow(/duplicated mapping key/);
});
