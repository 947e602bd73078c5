import { type NamedPort, protocolOf } from '../../../src/plan/verdicts/protocol';

const port = (options: Partial<NamedPort>): NamedPort => ({ port: 9090, protocol: 'TCP', ...options });

describe('protocol of a Service port', () => {
  test.each<[string, string]>([
    ['http', 'http'],
    ['http-metrics', 'http'],
    ['HTTP-metrics', 'http'],
    ['http2-web', 'http'],
    ['http_proxy', 'http'],
    ['grpc', 'http'],
    ['grpc-otlp', 'http'],
    ['grpc-web', 'http'],
    ['grpc-web-x', 'http'],
    ['tcp-app', 'tcp'],
    ['https', 'tcp'],
    ['tls-app', 'tcp'],
    ['mongo', 'tcp'],
    ['redis', 'tcp'],
    ['mysql', 'tcp'],
    ['udp', 'udp'],
    ['otlp', 'auto'],
    ['otlp-grpc', 'auto'],
    ['web', 'auto'],
    ['metrics', 'auto'],
    ['httpx', 'auto'],
    ['', 'auto'],
  ])('named "%s" is %s', (name, protocol) => {
    expect(protocolOf(port({ name }))).toBe(protocol);
  });

  test('appProtocol wins over the name', () => {
    expect(protocolOf(port({ name: 'tcp-app', appProtocol: 'http' }))).toBe('http');
    expect(protocolOf(port({ name: 'http', appProtocol: 'mine.example/x' }))).toBe('auto');
  });

  test.each([
    ['kubernetes.io/h2c', 'http'],
    ['kubernetes.io/ws', 'http'],
    ['kubernetes.io/wss', 'tcp'],
  ])('appProtocol %s is %s', (appProtocol, protocol) => {
    expect(protocolOf(port({ appProtocol }))).toBe(protocol);
  });

  test.each([25, 53, 3306, 27017])('port %d is TCP unless it is declared otherwise', (number) => {
    expect(protocolOf(port({ port: number, name: 'web' }))).toBe('tcp');
    expect(protocolOf(port({ port: number, name: 'http' }))).toBe('http');
  });

  test('UDP is UDP, whatever it is called', () => {
    expect(protocolOf(port({ protocol: 'UDP', name: 'http' }))).toBe('udp');
  });
});
