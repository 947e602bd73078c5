import { merged, withPaths } from '../../../../src/plan/flows/programs/merge';

test('mappings are merged at every depth, lists and scalars are replaced', () => {
  const base = { service: { pipelines: { metrics: { receivers: ['a', 'b'], exporters: ['x'] } }, level: 1 } };
  const over = { service: { pipelines: { metrics: { receivers: ['c'] } } }, exporters: { x: null } };
  expect(merged(base, over)).toEqual({
    service: { pipelines: { metrics: { receivers: ['c'], exporters: ['x'] } }, level: 1 },
    exporters: { x: null },
  });
});

test('keys with :: are paths', () => {
  expect(withPaths({ 'exporters::otlp::endpoint': 'x', 'exporters::debug': null, a: 1 })).toEqual({
    exporters: { otlp: { endpoint: 'x' }, debug: null },
    a: 1,
  });
});

test('no key changes the prototype', () => {
  const result = merged({}, withPaths(JSON.parse('{"a::__proto__::polluted": true}')));
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.keys((result as { a: object }).a)).toEqual(['__proto__']);
});
