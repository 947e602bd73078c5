import fc from 'fast-check';
import { examplesOf, isLiteral, withoutMarks } from '../../../../src/plan/flows/scrape/relabel/examples';
import { Pattern } from '../../../../src/plan/flows/scrape/relabel/pattern';

test.each([
  ['true', ['true']],
  ['a|b', ['a', 'b']],
  ['.+:(8080|9090)', ['x:8080', 'x:9090']],
  ['istio;bank;.+:(9102);shop\\.v2', ['istio;bank;x:9102;shop.v2']],
  ['https?', ['http', 'https']],
  ['(?:a|(b))?c', ['c', 'ac', 'bc']],
  ['[12]0', ['10', '20']],
  ['[^:]+', ['x']],
  ['a{3}', ['aaa']],
  ['^$', ['']],
])('%s is matched by %j', (source, expected) => {
  expect(examplesOf(source).map(withoutMarks)).toEqual(expected);
});

test('what the expression leaves open is told from what it spells out', () => {
  const [example = ''] = examplesOf('istio;.+');
  const [mode, namespace] = example.split(';');
  expect(isLiteral(mode!)).toBe(true);
  expect(isLiteral(namespace!)).toBe(false);
});

test.each(['(?i)a', '\\pL', '(', 'a)', '[', '[[:alpha:]]', '*', '\\', '('.repeat(1000), '(a|b)'.repeat(20)])(
  '%s has no example',
  (source) => {
    expect(examplesOf(source)).toEqual([]);
  },
);

test('every example is matched by its expression', () => {
  const atom = fc.constantFrom('a', 'B', '0', '\\.', '\\d', '\\w', '.', '[ab]', '[a-c]', '[^a]', ';', ':', '-');
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a + b),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(tie('expression'), fc.constantFrom('*', '+', '?', '{2}', '+?')).map(([a, q]) => `(?:${a})${q}`),
    ),
  }));
  fc.assert(
    fc.property(expression, (source) => {
      const pattern = new Pattern(source);
      expect(examplesOf(source).filter((example) => !pattern.matches(withoutMarks(example)))).toEqual([]);
    }),
  );
});
