import { assert, constantFrom, integer, property } from 'fast-check';
import { hostPort, parseEndpoint, type Protocol } from '../../src/private/endpoint';
import { ISTIO_RESERVED_PORTS } from '../../src/private/ports';

const parse = (url: string, protocol: Protocol = 'otlpHttp') => parseEndpoint('chart/backend', protocol, url);

describe('a URL is taken apart once', () => {
  test.each<[Protocol, string, object]>([
    ['otlpHttp', 'http://b.ns', { scheme: 'http', host: 'b.ns', port: 80, path: '' }],
    ['otlpHttp', 'https://b.example', { scheme: 'https', host: 'b.example', port: 443, path: '' }],
    ['otlpHttp', 'https://b.example:8443/base/', { scheme: 'https', host: 'b.example', port: 8443, path: '/base' }],
    ['otlpGrpc', 'b.ns:4317', { host: 'b.ns', port: 4317, path: '' }],
    ['otlpGrpc', 'http://b.ns:4317/', { scheme: 'http', host: 'b.ns', port: 4317, path: '' }],
    ['otlpGrpc', '[fd00::1]:4317', { host: 'fd00::1', port: 4317, path: '' }],
    ['otlpGrpc', 'https://10.0.0.1', { scheme: 'https', host: '10.0.0.1', port: 443, path: '' }],
    [
      'prometheusRemoteWrite',
      'http://p.ns:9090/api/v1/write',
      { scheme: 'http', host: 'p.ns', port: 9090, path: '/api/v1/write' },
    ],
  ])('%s %s', (protocol, url, endpoint) => {
    expect(parse(url, protocol)).toEqual(endpoint);
  });

  test('an IPv6 address gets its brackets back', () => {
    expect(hostPort(parse('http://[fd00::1]:4318'))).toBe('[fd00::1]:4318');
  });
});

describe('fails with the construct path, the value, what is allowed and the fix', () => {
  test.each<[string, Protocol, string, RegExp]>([
    ['gRPC without scheme or port', 'otlpGrpc', 'b.ns', /append the port/],
    ['OTLP/HTTP without scheme', 'otlpHttp', 'b.ns:4318', /start the URL with http/],
    ['an unknown scheme', 'otlpHttp', 'ftp://b.ns', /schemes http and https/],
    ['an upper-case scheme', 'otlpHttp', 'HTTPS://b.ns', /lower case/],
    ['a misspelt scheme', 'otlpHttp', 'htp://b.ns', /fix: write http:\/\/ or https:\/\/$/],
    ['a scheme of gRPC', 'otlpGrpc', 'grpc://b.ns:4317', /OTLP over gRPC uses them too/],
    ['a user', 'otlpHttp', 'https://user:secret@b.ns', /SecretRef/],
    ['a query', 'prometheusRemoteWrite', 'http://b.ns/write?token=x', /without query/],
    ['a fragment', 'otlpHttp', 'http://b.ns#x', /without query or fragment/],
    ['a space', 'otlpHttp', 'http://b.ns ', /white space/],
    ['a line break', 'otlpHttp', 'http://b.ns\n', /white space/],
    ['port 0', 'otlpHttp', 'http://b.ns:0', /1 to 65535/],
    ['a port with a leading zero', 'otlpHttp', 'http://b.ns:0443', /leading zeros/],
    ['a port above 65535', 'otlpHttp', 'http://b.ns:65536', /1 to 65535/],
    ['an empty port', 'otlpHttp', 'http://b.ns:', /1 to 65535/],
    ['a port that is a name', 'otlpHttp', 'http://b.ns:http', /1 to 65535/],
    ['an IPv6 address without brackets', 'otlpGrpc', 'fd00::1:4317', /brackets/],
    ['a broken IPv6 address', 'otlpGrpc', '[fd00::x]:4317', /DNS name or an IP address/],
    ['an IPv4 address out of range', 'otlpHttp', 'http://10.0.0.256', /DNS name or an IP address/],
    ['an upper-case host', 'otlpHttp', 'http://Backend.ns', /lower-case letters/],
    ['an underscore', 'otlpHttp', 'http://a_b.c', /letters, digits and hyphens/],
    ['a dot at the end', 'otlpHttp', 'http://b.ns.', /without a dot at the end/],
    ['no host', 'otlpHttp', 'http://:4318', /DNS name or an IP address/],
    ['an environment variable', 'otlpHttp', 'https://${env:HOST}', /DNS name or an IP address/],
    ['the agent’s own pod', 'otlpHttp', 'http://127.0.0.1:4318', /own pod/],
    ['a gRPC path', 'otlpGrpc', 'http://b.ns:4317/v1', /no path/],
    ['a signal path for OTLP/HTTP', 'otlpHttp', 'https://b.example/otlp/v1/metrics', /remove \/v1\/metrics/],
    ['remote write without a path', 'prometheusRemoteWrite', 'http://p.ns:9090', /append the path/],
    ['an empty string', 'otlpHttp', '', /start the URL/],
  ])('%s', (_, protocol, url, message) => {
    expect(() => parse(url, protocol)).toThrow(message);
    expect(() => parse(url, protocol)).toThrow(/^chart\/backend: url: got ".*"; allowed: .+; fix: .+/s);
  });

  test.each([...ISTIO_RESERVED_PORTS])('port %d, which Istio keeps for itself', (port) => {
    expect(() => parse(`http://b.ns:${port}`)).toThrow(/Istio does not keep/);
  });
});

test('an error does not repeat credentials', () => {
  expect(() => parse('https://user:hunter2@b.ns')).toThrow(/got "https:\/\/\*\*\*@b\.ns"/);
  expect(() => parse('https://b.ns/?token=hunter2')).toThrow(/got "https:\/\/b\.ns\/\?\*\*\*"/);
});

test('every other port survives unchanged', () => {
  const ports = integer({ min: 1, max: 65535 }).filter((port) => !ISTIO_RESERVED_PORTS.includes(port));
  assert(
    property(constantFrom('http', 'https'), ports, (scheme, port) => {
      expect(parse(`${scheme}://b.ns:${port}`)).toMatchObject({ scheme, port });
    }),
  );
});
