import { parse } from 'yaml';
import { CATALOGUE } from '../../../src/plan/findings/catalogue';
import type { CatalogueEntry } from '../../../src/plan/findings/catalogue/entry';

const entries: [string, CatalogueEntry][] = Object.entries(CATALOGUE);

test.each(entries)('%s is a code with sentences', (code, { title, why, fix }) => {
  expect(code).toMatch(/^CT[1-69]\d\d$/);
  expect(title).toMatch(/[^.]$/);
  for (const text of [why, fix]) expect(text).toMatch(/^\S.*\.$/s);
});

test.each(entries.flatMap(([code, { example }]) => (example ? [[code, example] as const] : [])))(
  'the example of %s is YAML that differs',
  (_, { before, after }) => {
    expect(parse(after) as unknown).not.toEqual(parse(before));
  },
);

test.each(entries.flatMap(([, { sources = [] }]) => sources))('%s can be looked up', (source) => {
  expect(source).toMatch(/^[\w-]+\/[\w.-]+(#\d+|:[\w./-]+)$/);
});

/** Codes of a release are never renumbered: a code that goes stays in this list as a comment. */
test('codes stay what they are', () => {
  expect(entries.map(([code, { severity }]) => `${code} ${severity}`).join('\n')).toMatchSnapshot();
});
