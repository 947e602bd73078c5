import { expanded } from '../../../../src/plan/flows/programs/expand';

const VALUES: Record<string, string> = {
  HOST: 'gateway',
  PORT: '4317',
  TLS: 'insecure: true',
  NESTED: '${env:HOST}:${env:PORT}',
  DOLLAR: 'a$$b',
  NAME: 'HOST',
  LOOP: '${env:LOOP}${env:LOOP}',
};
const lookup = (scheme: string, value: string) =>
  scheme === 'env' ? (VALUES[value] ?? `<unknown env:${value}>`) : `<unknown ${scheme}:${value}>`;
const expand = (document: unknown) => expanded(document, lookup);

test.each<[string, unknown]>([
  ['${env:HOST}:${env:PORT}', 'gateway:4317'],
  ['${HOST}', 'gateway'],
  ['$HOST', '$HOST'],
  ['${env:${env:NAME}}', 'gateway'],
  ['${env:NESTED}', 'gateway:4317'],
  ['http://${env:NESTED}/', 'http://gateway:4317/'],
  ['$${env:HOST}', '${env:HOST}'],
  ['$$${env:HOST}', '$gateway'],
  ['$$1', '$1'],
  ['$1', '$1'],
  ['${env:DOLLAR}', 'a$b'],
  ['${env:HOST', '${env:HOST'],
  ['${file:/x}', '<unknown file:/x>'],
])('%s becomes %j', (text, value) => {
  expect(expand(text)).toEqual(value);
});

test('a value that is only a reference takes its type', () => {
  expect(expand({ port: '${env:PORT}', tls: '${env:TLS}', text: 'p${env:PORT}' })).toEqual({
    port: 4317,
    tls: { insecure: true },
    text: 'p4317',
  });
});

test('lists, mappings and other types are kept, keys are not expanded', () => {
  expect(expand({ '${env:HOST}': [1, true, null, '${env:HOST}'] })).toEqual({
    '${env:HOST}': [1, true, null, 'gateway'],
  });
});

test('references without end come to an end', () => {
  const start = performance.now();
  expand(['${env:LOOP}', '${'.repeat(200_000) + '}', '${env:HOST}'.repeat(50_000)]);
  expect(performance.now() - start).toBeLessThan(30_000);
});
