import { collector, collectorWith, flowsOf, programRows } from '../flows-of';

describe('processors', () => {
  const processing = (id: string, settings: unknown) => programRows(flowsOf(collectorWith('processors', id, settings)));

  test.each(['k8s_attributes', 'k8sattributes/x'])('%s asks the API server', (id) => {
    expect(processing(id, {})).toEqual([`agent → kubernetes-api:443 discover app processors.${id}`]);
    expect(processing(id, { passthrough: true })).toEqual([]);
  });

  test('resource detection asks the cloud, the API server, or nobody', () => {
    const detect = (...detectors: string[]) => processing('resourcedetection', { detectors });
    const metadata = 'agent → 169.254.169.254:80 discover none processors.resourcedetection';
    const apiServer = 'agent → kubernetes-api:443 discover app processors.resourcedetection';
    expect(detect('env', 'system')).toEqual([]);
    expect(detect('env', 'gcp', 'ec2')).toEqual([metadata]);
    expect(detect('eks')).toEqual([metadata, apiServer]);
    expect(detect('k8snode')).toEqual([apiServer]);
    expect(flowsOf(collectorWith('processors', 'resourcedetection', { detectors: ['consul'] })).unread).toEqual([
      expect.stringContaining('whom the detector consul asks is not analysed'),
    ]);
  });

  test.each(['batch', 'memory_limiter', 'transform/x', 'filter', 'cumulative_to_delta', 'istio_noise_filter'])(
    '%s connects to nobody, whatever its values',
    (id) => {
      const flows = flowsOf(collectorWith('processors', id, { value: '${env:UNKNOWN}' }));
      expect([...programRows(flows), ...flows.unread]).toEqual([]);
    },
  );

  test('one that the plan does not know is reported', () => {
    expect(flowsOf(collectorWith('processors', 'enrich', null)).unread).toEqual([
      expect.stringContaining('the plan does not know the processor enrich'),
    ]);
  });
});

describe('extensions', () => {
  const extending = (id: string, settings: unknown) => programRows(flowsOf(collectorWith('extensions', id, settings)));

  test('credentials from a token endpoint', () => {
    expect(extending('oauth2client/x', { token_url: 'http://idp.auth:8080/token', client_secret: '${env:S}' })).toEqual(
      ['agent → service auth/idp:8080 token none extensions.oauth2client/x'],
    );
    expect(extending('oidc', { providers: [{ issuer_url: 'https://idp.example.com' }] })).toEqual([
      'agent → idp.example.com:443 token app extensions.oidc',
    ]);
  });

  test('an unknown token endpoint is reported', () => {
    expect(flowsOf(collectorWith('extensions', 'oauth2client', { token_url: '${env:URL}' })).unread).toEqual([
      'data[collector.yaml].extensions.oauth2client.token_url: the value of env:URL (not set by the manifest) is not known',
    ]);
  });

  test.each(['k8s_leader_elector', 'k8s_observer'])('%s asks the API server', (id) => {
    expect(extending(id, { lease_name: 'x' })).toEqual([`agent → kubernetes-api:443 discover app extensions.${id}`]);
  });

  test('OpAMP connects to its server', () => {
    expect(extending('opamp', { server: { ws: { endpoint: 'wss://opamp.example.com/v1/opamp' } } })).toEqual([
      'agent → opamp.example.com:443 query app extensions.opamp',
    ]);
  });

  test.each(['health_check', 'pprof', 'zpages', 'headers_setter/x', 'basicauth', 'bearertokenauth', 'file_storage/x'])(
    '%s connects to nobody',
    (id) => {
      const flows = flowsOf(collectorWith('extensions', id, { endpoint: '0.0.0.0:13133' }));
      expect([...programRows(flows), ...flows.unread]).toEqual([]);
    },
  );

  test('one that the service does not start connects to nobody', () => {
    const config = {
      extensions: { oauth2client: { token_url: 'http://idp' } },
      receivers: { nop: null },
      exporters: { nop: null },
      service: { pipelines: { metrics: { receivers: ['nop'], exporters: ['nop'] } } },
    };
    expect(programRows(flowsOf(collector(config)))).toEqual([]);
  });
});

describe('what the collector sends about itself', () => {
  const telemetry = (settings: object) => {
    const config = {
      receivers: { nop: null },
      exporters: { nop: null },
      service: { telemetry: settings, pipelines: { metrics: { receivers: ['nop'], exporters: ['nop'] } } },
    };
    return programRows(flowsOf(collector(config)));
  };
  const exporter = (otlp: object) => ({ exporter: { otlp } });

  test('metrics, traces and logs are pushed', () => {
    expect(
      telemetry({
        metrics: { readers: [{ periodic: exporter({ protocol: 'http/protobuf', endpoint: 'http://a:4318' }) }] },
        traces: { processors: [{ batch: exporter({ protocol: 'grpc/protobuf', endpoint: 'https://b.x:4317' }) }] },
        logs: { processors: [{ batch: exporter({ protocol: 'grpc', endpoint: 'c:4317', insecure: true }) }] },
      }),
    ).toEqual([
      'agent → service here/a:4318 push none service.telemetry.metrics',
      'agent → service x/b:4317 push app service.telemetry.traces',
      'agent → service here/c:4317 push none service.telemetry.logs',
    ]);
  });

  test('what is pulled is no connection of its own', () => {
    expect(
      telemetry({ metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888 } } } }] } }),
    ).toEqual([]);
  });
});

test('a proxy in the environment is reported', () => {
  const manifests = collectorWith(
    'exporters',
    'otlp_http',
    { endpoint: 'https://vendor.example.com' },
    {
      env: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
    },
  );
  expect(flowsOf(manifests).unread).toEqual([
    'spec.template.spec.containers[0].env[0]: connections that go through a proxy are planned without it',
  ]);
});
