import { read, refusal } from './reading';

const secret = (fields: string) => `{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b}, ${fields}}`;
const configMap = (fields: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}, ${fields}}`;

test('a ConfigMap is found by namespace and name', () => {
  expect(read(configMap('data: {x: "1", y.yaml: "a: b"}')).inventory.configMaps.get('b/a')).toMatchObject({
    id: 'ConfigMap/b/a',
    data: { x: '1', 'y.yaml': 'a: b' },
  });
});

test('a Secret is decoded, and its plain text wins', () => {
  expect(
    read(secret('data: {x: aGVsbG8=, w: aGVsbG8=, z: ""}, stringData: {w: plain}')).inventory.secrets.get('b/a')?.data,
  ).toEqual({ x: 'hello', w: 'plain', z: '' });
});

test('a value of a Secret is never shown', () => {
  for (const fields of ['data: {x: "hunter2!"}', 'data: {x: 12345678}', 'stringData: {x: 12345678}', 'data: hunter2']) {
    const message = refusal(secret(fields));
    expect(message).toMatch(/Secret\/b\/a: (data|stringData)[.x]*: got a (string|number); allowed: /);
    expect(message).not.toMatch(/hunter2|12345678/);
  }
});

test('a value of a ConfigMap that is no string is refused', () => {
  expect(refusal(configMap('data: {x: 1}'))).toContain('ConfigMap/b/a: data.x: got 1; allowed: a string');
});

test('a binary file is told where a pod mounts it, and only there', () => {
  const pod = (namespace: string) =>
    `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ${namespace}}, spec: {volumes: [{name: v, configMap: {name: a}}]}}`;
  const binary = configMap('binaryData: {rules.gz: AAAA}');
  expect(read(`${binary}\n---\n${pod('other')}`).notAnalysed).toEqual([]);
  expect(read(`${binary}\n---\n${pod('b')}`).notAnalysed).toEqual([
    { object: 'ConfigMap/b/a', field: 'binaryData[rules.gz]', reason: 'a binary file that a pod mounts is not read' },
  ]);
});
