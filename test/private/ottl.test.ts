import { checkOttl } from '../../src/private/ottl';

test.each([
  'set(resource.attributes["a"], "b")',
  'replace_pattern(metric.name, "^k8s\\\\.(.*)$", "kubernetes.$1")',
  'set(resource.attributes["quote"], "say \\"hi\\" :)")',
  'metric.name == "up" and resource.attributes["x"] != nil',
])('accepts %s', (statement) => {
  expect(checkOttl('chart/b', 'transforms', [statement])).toEqual([statement]);
});

test.each([
  ['', /remove the empty expression/],
  ['set(a, "b)', /close the string/],
  ['set(a, "b"', /close it with "\)"/],
  ['set(a["x"), "b"]', /remove or open the "\)"/],
  ['set(a, "b"))', /remove or open the "\)"/],
  ['set(a,\n"b")', /write it on one line/],
])('fails on %j', (statement, message) => {
  expect(() => checkOttl('chart/b', 'transforms', ['set(a, "ok")', statement])).toThrow(message);
  expect(() => checkOttl('chart/b', 'transforms', ['set(a, "ok")', statement])).toThrow(
    /^chart\/b: transforms\[1\]: got/,
  );
});
