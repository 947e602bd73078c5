import { parseAddress } from '../../../src/plan/flows/address';

test.each([
  ['http://gateway.observability:4317/v1', { scheme: 'http', host: 'gateway.observability', port: 4317 }],
  ['HTTPS://vendor.example', { scheme: 'https', host: 'vendor.example' }],
  ['https://user:secret@vendor.example:8443/path?query#part', { scheme: 'https', host: 'vendor.example', port: 8443 }],
  ['[fd00::1]:4317', { host: 'fd00::1', port: 4317 }],
  ['gateway:4317', { host: 'gateway', port: 4317 }],
  ['gateway', { host: 'gateway' }],
  [':4317', { host: '', port: 4317 }],
])('%s is taken apart', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});

test.each([
  '',
  'a b',
  'gateway:0',
  'gateway:65536',
  'gateway:http',
  '<unknown env:URL>',
  '{{ .Values.url }}',
  'fd00::1',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('a long text is read in linear time', () => {
  const start = performance.now();
  parseAddress(`${'a.'.repeat(500_000)}@@`);
  parseAddress('a+'.repeat(500_000));
  expect(performance.now() - start).toBeLessThan(30_000);
});
