import { array, assert, constantFrom, oneof, property, record } from 'fast-check';
import {
  checkNamespaces,
  covers,
  includes,
  intersection,
  isEmpty,
  type NamespaceSelection,
  union,
} from '../../src/private/namespace-selection';

const names = ['a', 'b', 'c', 'd'];
const some = array(constantFrom(...names)).map((list) => [...new Set(list)].sort());
const selections = oneof(record({ only: some }), record({ allExcept: some }));
/** A name that nobody mentions stands for all the others. */
const everywhere = [...names, 'elsewhere'];
const members = (selection: NamespaceSelection) => everywhere.filter((name) => includes(selection, name));

test('union and intersection are those of sets', () => {
  assert(
    property(selections, selections, (a, b) => {
      expect(members(union(a, b))).toEqual(everywhere.filter((name) => includes(a, name) || includes(b, name)));
      expect(members(intersection(a, b))).toEqual(everywhere.filter((name) => includes(a, name) && includes(b, name)));
    }),
  );
});

test('one covers another if it has all its members', () => {
  assert(
    property(selections, selections, (a, b) => {
      expect(covers(a, b)).toBe(members(b).every((name) => includes(a, name)));
      expect(isEmpty(a)).toBe(members(a).length === 0);
    }),
  );
});

describe('props', () => {
  test.each<[object, NamespaceSelection]>([
    [{}, { allExcept: [] }],
    [{ namespaces: ['b', 'a', 'b'] }, { only: ['a', 'b'] }],
    [{ excludeNamespaces: ['b'] }, { allExcept: ['b'] }],
  ])('%j become %j', (props, selection) => {
    expect(checkNamespaces('x', props)).toEqual(selection);
  });

  test('fail when a namespace is included and excluded', () => {
    expect(() => checkNamespaces('chart/b', { namespaces: ['a'], excludeNamespaces: ['a'] })).toThrow(
      /^chart\/b: excludeNamespaces: got \["a"\]; allowed: either namespaces or excludeNamespaces/,
    );
  });
});
