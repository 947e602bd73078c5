import { assert, dictionary, jsonValue, oneof, property, stringMatching } from 'fast-check';
import { parse } from 'yaml';
import { fromYaml, toYaml } from '../../src/private/yaml';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('what is written reads back the same, by a YAML 1.1 reader as well', () => {
  const tricky = stringMatching(/^(yes|no|on|off|y|n|~|null|0[0-9]+|[0-9]+:[0-9]+|1e[0-9]|#.*|- .*|.*: .*|\*.*|&.*)$/);
  const documents = dictionary(stringMatching(/^[a-z_]+$/), oneof(jsonValue(), tricky));
  assert(
    property(documents, (document) => {
      const text = toYaml(document);
      expect(fromYaml(text)).toEqual(plain(document));
      expect(parse(text, { version: '1.2' })).toEqual(plain(document));
    }),
  );
});

test('equal parts are written twice, without anchors', () => {
  const shared = { a: ['b'] };
  expect(toYaml({ x: shared, z: shared })).toBe('x:\n  a:\n    - b\nz:\n  a:\n    - b\n');
});

test('a key given twice is an error', () => {
  expect(() => fromYaml('a: 1\na: 2')).toThrow(/duplicated mapping key/);
});
