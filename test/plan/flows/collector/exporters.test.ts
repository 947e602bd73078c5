import { collector, collectorWith, deployment, flowsOf, programRows } from '../flows-of';

function exporting(id: string, settings: unknown): string[] {
  return programRows(flowsOf(collectorWith('exporters', id, settings)));
}

function unreadOf(id: string, settings: unknown): string[] {
  return [...flowsOf(collectorWith('exporters', id, settings)).unread];
}

describe('OTLP over gRPC', () => {
  test.each(['otlp', 'otlp_grpc', 'otlp/x', 'otlp_grpc/x'])('%s is the same exporter', (id) => {
    expect(exporting(id, { endpoint: 'gateway.observability:4317', tls: { insecure: true } })).toEqual([
      `agent → service observability/gateway:4317 push none exporters.${id}`,
    ]);
  });

  test.each([
    ['is on by default', { endpoint: 'vendor.example.com:443' }, 'app'],
    ['is off when insecure', { endpoint: 'vendor.example.com:443', tls: { insecure: true } }, 'none'],
    [
      'is on with a CA, even when insecure',
      { endpoint: 'vendor.example.com:443', tls: { insecure: true, ca_file: '/ca' } },
      'app',
    ],
    [
      'is on with https, even when insecure',
      { endpoint: 'https://vendor.example.com:443', tls: { insecure: true } },
      'app',
    ],
    // configgrpc: the scheme http alone switches nothing off.
    ['is on with http', { endpoint: 'http://vendor.example.com:443' }, 'app'],
    [
      'of an unknown setting is unknown',
      { endpoint: 'vendor.example.com:443', tls: { insecure: '${env:X}' } },
      'unknown',
    ],
  ])('TLS %s', (_, settings, tls) => {
    expect(exporting('otlp_grpc', settings)).toEqual([
      `agent → vendor.example.com:443 push ${tls} exporters.otlp_grpc`,
    ]);
  });

  test('the resolver in front of the name is no part of it', () => {
    expect(exporting('otlp_grpc', { endpoint: 'dns:///gateway:4317' })).toEqual([
      'agent → service here/gateway:4317 push app exporters.otlp_grpc',
    ]);
  });

  test('an endpoint without port is reported', () => {
    expect(unreadOf('otlp_grpc', { endpoint: 'https://vendor.example.com' })).toEqual([
      'data[collector.yaml].exporters.otlp_grpc.endpoint: a gRPC endpoint needs host and port',
    ]);
  });
});

describe('OTLP over HTTP', () => {
  test.each([
    ['http://gateway/base', 'service here/gateway:80 push none'],
    ['https://vendor.example.com', 'vendor.example.com:443 push app'],
    ['https://[2001:db8::7]:9201/x', '2001:db8::7:9201 push app'],
  ])('%s', (endpoint, row) => {
    expect(exporting('otlp_http', { endpoint })).toEqual([`agent → ${row} exporters.otlp_http`]);
    expect(exporting('otlphttp', { endpoint })).toEqual([`agent → ${row} exporters.otlphttp`]);
  });

  test('only the endpoints of the signals of its pipelines count', () => {
    const settings = {
      endpoint: 'http://base:4318',
      metrics_endpoint: 'http://metrics:9090/otlp',
      logs_endpoint: 'http://logs:3100/otlp',
    };
    const config = {
      receivers: { nop: null },
      exporters: { otlp_http: settings },
      service: {
        pipelines: {
          'metrics/a': { receivers: ['nop'], exporters: ['otlp_http'] },
          traces: { receivers: ['nop'], exporters: ['otlp_http'] },
        },
      },
    };
    expect(programRows(flowsOf(collector(config)))).toEqual([
      'agent → service here/metrics:9090 push none exporters.otlp_http',
      'agent → service here/base:4318 push none exporters.otlp_http',
    ]);
  });

  test.each([[{}], [{ endpoint: 'gateway:4318' }], [{ endpoint: 4318 }]])('%j is reported', (settings) => {
    expect(exporting('otlp_http', settings)).toEqual([]);
    expect(unreadOf('otlp_http', settings)).toHaveLength(1);
  });

  test('a proxy is what it connects to', () => {
    const settings = { endpoint: 'https://vendor.example.com', proxy_url: 'http://proxy.egress:3128' };
    const { connections } = flowsOf(collectorWith('exporters', 'otlp_http', settings));
    expect(connections[0]).toMatchObject({
      to: { kind: 'service', name: 'proxy' },
      port: 3128,
      tls: 'app',
      note: 'through an HTTP proxy to vendor.example.com',
    });
  });
});

test.each(['prometheus_remote_write', 'prometheusremotewrite'])('%s pushes to its URL', (id) => {
  expect(exporting(id, { endpoint: 'http://prometheus.monitoring:9090/api/v1/write' })).toEqual([
    `agent → service monitoring/prometheus:9090 push none exporters.${id}`,
  ]);
});

test.each(['prometheus', 'debug', 'logging', 'nop', 'file/x'])('%s connects to nobody', (id) => {
  const flows = flowsOf(collectorWith('exporters', id, { endpoint: '0.0.0.0:8889' }));
  expect([...programRows(flows), ...flows.unread]).toEqual([]);
});

describe('a load balancing exporter', () => {
  const balanced = (resolver: object) =>
    exporting('loadbalancing', { protocol: { otlp: { tls: { insecure: true } } }, resolver });

  test('connects to each static host', () => {
    expect(balanced({ static: { hostnames: ['a.x:4317', 'b.x'] } })).toEqual([
      'agent → service x/a:4317 push none exporters.loadbalancing',
      'agent → service x/b:4317 push none exporters.loadbalancing',
    ]);
  });

  test('connects to what a name resolves to', () => {
    expect(balanced({ dns: { hostname: 'gateway-headless.x', port: 14317 } })).toEqual([
      'agent → service x/gateway-headless:14317 push none exporters.loadbalancing',
    ]);
  });

  test('connects to the pods of a Service, which it learns from the API server', () => {
    const gateway = [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'gw', namespace: 'here' },
        spec: { selector: { app: 'gw' }, ports: [{ port: 4317 }] },
      },
      deployment('gw', { container: { image: 'istio/proxyv2', name: 'istio-proxy' } }),
    ];
    const settings = { resolver: { k8s: { service: 'gw.here', ports: [4317, 4318] } } };
    expect(programRows(flowsOf([...collectorWith('exporters', 'loadbalancing', settings), ...gateway]))).toEqual([
      'agent → kubernetes-api:443 discover app exporters.loadbalancing',
      'agent → workload gw:4317 push app exporters.loadbalancing',
      'agent → workload gw:4318 push app exporters.loadbalancing',
    ]);
    expect(balanced({ k8s: { service: 'absent.x' } })).toContain(
      'agent → pods pods of Service absent:4317 push none exporters.loadbalancing',
    );
  });

  test('is reported when the cloud resolves', () => {
    expect(unreadOf('loadbalancing', { resolver: { aws_cloud_map: {} } })).toEqual([
      expect.stringContaining('the resolver aws_cloud_map'),
    ]);
  });
});

test('Kafka: the brokers that are named, with the report that there can be more', () => {
  const settings = { brokers: ['kafka-0.kafka.here.svc:9093', 'kafka'], tls: { insecure_skip_verify: true } };
  expect(exporting('kafka', settings)).toEqual([
    'agent → service here/kafka:9093 push app exporters.kafka',
    'agent → service here/kafka:9092 push app exporters.kafka',
  ]);
  expect(unreadOf('kafka', settings)).toEqual([expect.stringContaining('Kafka itself names the further brokers')]);
});

describe('an exporter that the plan does not know', () => {
  test.each([
    [{ endpoint: 'https://vendor.example.com' }, ['vendor.example.com:443 push app']],
    [{ endpoint: 'store.here:9000' }, ['service here/store:9000 push unknown']],
    [
      { endpoints: ['http://a:1', 'http://b:2', 'http://a:1'] },
      ['service here/a:1 push none', 'service here/b:2 push none'],
    ],
    [{ url: 'tcp://store:9000', tls: { insecure: true } }, ['service here/store:9000 push none']],
  ])('%j gives rows, and is reported', (settings, rows) => {
    expect(exporting('foreign/x', settings)).toEqual(rows.map((row) => `agent → ${row} exporters.foreign/x`));
    expect(unreadOf('foreign/x', settings)).toEqual([
      'data[collector.yaml].exporters[foreign/x]: the plan does not know the exporter foreign/x: only its endpoint is analysed',
    ]);
  });

  test.each([[null], [{ region: 'eu' }], ['text'], [[1]]])('with settings %j is only reported', (settings) => {
    expect(exporting('foreign', settings)).toEqual([]);
    expect(unreadOf('foreign', settings)).toContainEqual(
      expect.stringContaining('what it connects to is not analysed'),
    );
  });
});

test('an exporter that no pipeline uses connects to nobody', () => {
  const config = {
    receivers: { nop: null },
    exporters: { nop: null, otlp_http: { endpoint: 'http://gateway:4318' }, foreign: {} },
    service: { pipelines: { metrics: { receivers: ['nop'], exporters: ['nop'] } } },
  };
  const flows = flowsOf(collector(config));
  expect([...programRows(flows), ...flows.unread]).toEqual([]);
});

test('a connector is no exporter, and what is nowhere defined is reported', () => {
  const config = {
    receivers: { nop: null },
    exporters: { nop: null },
    connectors: { forward: null },
    service: {
      pipelines: {
        'metrics/in': { receivers: ['nop'], exporters: ['forward', 'absent'] },
        'metrics/out': { receivers: ['forward'], exporters: ['nop'] },
      },
    },
  };
  expect(flowsOf(collector(config)).unread).toEqual([
    'data[collector.yaml].service.pipelines[metrics/in].exporters[1]: exporters.absent is not defined',
  ]);
});

test("TLS with the sidecar's certificate is told apart from other TLS", () => {
  const config = {
    receivers: { nop: null },
    exporters: { otlp_http: { endpoint: 'https://b.x:1', tls: { cert_file: '/certs/cert-chain.pem' } } },
    service: { pipelines: { metrics: { receivers: ['nop'], exporters: ['otlp_http'] } } },
  };
  const volumeMounts = [
    { name: 'config', mountPath: '/conf' },
    { name: 'istio', mountPath: '/certs' },
  ];
  const volumes = [
    { name: 'config', configMap: { name: 'config' } },
    { name: 'istio', emptyDir: {} },
  ];
  expect(programRows(flowsOf(collector(config, { volumeMounts }, { spec: { volumes } })))).toEqual([
    'agent → service x/b:1 push istio-cert exporters.otlp_http',
  ]);
});

test('a hostile id reads no property of the language', () => {
  expect(exporting('constructor', { endpoint: 'http://a:1' })).toEqual([
    'agent → service here/a:1 push none exporters.constructor',
  ]);
});
