import { collector, collectorWith, configMap, deployment, flowsOf, programRows, withConfig } from '../flows-of';

const exporting = (endpoint: string) => `
receivers: {nop: }
exporters: {otlp_http: {endpoint: "${endpoint}"}}
service: {pipelines: {metrics: {receivers: [nop], exporters: [otlp_http]}}}
`;
const image = 'otel/opentelemetry-collector-contrib:0.158.0';

describe('the configuration is found', () => {
  test.each([
    ['--config=/conf/collector.yaml'],
    ['--config=file:/conf/collector.yaml'],
    ['--config', '/conf/collector.yaml'],
    ['--config=/conf/$(FILE)'],
  ])('by %s %s', (...args) => {
    const manifests = collector(exporting('http://gateway:4318'), {
      args,
      env: [{ name: 'FILE', value: 'collector.yaml' }],
    });
    expect(programRows(flowsOf(manifests))).toEqual([
      'agent → service here/gateway:4318 push none exporters.otlp_http',
    ]);
  });

  test('in a shell script', () => {
    const manifests = collector(exporting('http://gateway:4318'), {
      command: ['sh', '-c'],
      args: ['sleep 1 && exec /otelcol --config="/conf/collector.yaml"'],
    });
    expect(flowsOf(manifests).programs.collectors).toHaveLength(1);
  });

  test('at the default path of the image when the manifest gives no command line', () => {
    const manifests = [
      configMap('config', { 'config.yaml': exporting('http://gateway:4318') }),
      deployment('agent', withConfig({ image, volumeMounts: [{ name: 'config', mountPath: '/etc/otelcol-contrib' }] })),
    ];
    expect(flowsOf(manifests).programs.collectors).toHaveLength(1);
  });

  test.each([
    ['items', { volume: { configMap: { name: 'config', items: [{ key: 'relay', path: 'sub/c.yaml' }] } } }, {}],
    ['subPath', { volume: { configMap: { name: 'config' } } }, { mountPath: '/conf/sub/c.yaml', subPath: 'relay' }],
    [
      'a projected volume',
      {
        volume: {
          projected: { sources: [{ configMap: { name: 'config', items: [{ key: 'relay', path: 'c.yaml' }] } }] },
        },
      },
      { mountPath: '/conf/sub' },
    ],
  ])('through %s', (_, { volume }, mount) => {
    const manifests = [
      configMap('config', { relay: exporting('http://gateway:4318'), other: 'x' }),
      deployment('agent', {
        container: {
          image,
          args: ['--config=/conf/sub/c.yaml'],
          volumeMounts: [{ name: 'config', mountPath: '/conf', ...mount }],
        },
        spec: { volumes: [{ name: 'config', ...volume }] },
      }),
    ];
    const { connections } = flowsOf(manifests);
    expect(connections[0]).toMatchObject({
      object: 'ConfigMap/here/config',
      field: 'data[relay].exporters.otlp_http.endpoint',
    });
  });

  test('in a Secret of the manifests', () => {
    const stringData = { 'collector.yaml': exporting('http://gateway:4318') };
    const manifests = [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'config', namespace: 'here' }, stringData },
      deployment('agent', {
        container: { image, args: ['--config=/c/collector.yaml'], volumeMounts: [{ name: 's', mountPath: '/c' }] },
        spec: { volumes: [{ name: 's', secret: { secretName: 'config' } }] },
      }),
    ];
    expect(flowsOf(manifests).connections[0]).toMatchObject({ object: 'Secret/here/config' });
  });

  test('by its content when nothing names it, and given to the container that is no reloader', () => {
    const manifests = [
      configMap('config', { 'any.name': exporting('http://gateway:4318') }),
      deployment('agent', {
        spec: {
          containers: [
            { name: 'reload', image: 'example/config-reloader:1', volumeMounts: [{ name: 'config', mountPath: '/a' }] },
            { name: 'main', image: 'example/wrapped:1', volumeMounts: [{ name: 'config', mountPath: '/b' }] },
          ],
          volumes: [{ name: 'config', configMap: { name: 'config' } }],
        },
      }),
    ];
    const { programs, unread } = flowsOf(manifests);
    expect(programs.collectors.map(({ container }) => container.name)).toEqual(['main']);
    expect(unread).toEqual([expect.stringContaining('image example/config-reloader:1')]);
  });
});

describe('several configurations', () => {
  const first = exporting('http://first:4318');

  test('are merged in the order of the command line; --set comes last', () => {
    const manifests = [
      configMap('config', { 'a.yaml': first, 'b.yaml': 'exporters: {otlp_http: {endpoint: "http://second:4318"}}' }),
      deployment(
        'agent',
        withConfig({
          image,
          args: [
            '--set=exporters.otlp_http.endpoint=http://third:4318',
            '--config=/conf/a.yaml',
            '--config=/conf/b.yaml',
          ],
        }),
      ),
    ];
    expect(programRows(flowsOf(manifests))).toEqual(['agent → service here/third:4318 push none exporters.otlp_http']);
  });

  test('come from arguments and variables too', () => {
    const args = ['--config=env:CONFIG', '--config=yaml:exporters::otlp_http::endpoint: http://second:4318'];
    const manifests = [deployment('agent', { container: { image, args, env: [{ name: 'CONFIG', value: first }] } })];
    expect(programRows(flowsOf(manifests))).toEqual(['agent → service here/second:4318 push none exporters.otlp_http']);
  });
});

describe('what cannot be read is reported', () => {
  const run = (args: string[], spec: object, ...others: object[]) =>
    flowsOf([
      ...others,
      deployment('agent', {
        container: { image, args, volumeMounts: [{ name: 'v', mountPath: '/conf' }] },
        spec: { volumes: [{ name: 'v', ...spec }] },
      }),
    ]).unread;
  const field = 'spec.template.spec.containers[0].args';

  test('a ConfigMap that is not there', () => {
    expect(run(['--config=/conf/c.yaml'], { configMap: { name: 'absent' } })).toEqual([
      `${field}: --config: /conf/c.yaml comes from ConfigMap here/absent, which is not among the manifests`,
    ]);
  });

  test('a key that is not there, a file written at run time, a file of the image', () => {
    expect(run(['--config=/conf/c.yaml'], { configMap: { name: 'm' } }, configMap('m', { other: '' }))).toEqual([
      `${field}: --config: volume v has no file for /conf/c.yaml`,
    ]);
    expect(run(['--config=/conf/c.yaml'], { emptyDir: {} })).toEqual([
      `${field}: --config: /conf/c.yaml lies in volume v, whose content no manifest tells`,
    ]);
    expect(run(['--config=/etc/c.yaml'], { emptyDir: {} })).toEqual([
      `${field}: --config: /etc/c.yaml is a file of the image`,
    ]);
  });

  test('what the collector fetches', () => {
    expect(run(['--config=https://configs.example/c'], { emptyDir: {} })).toEqual([
      `${field}: --config: the collector gets https:… only at run time`,
    ]);
  });

  test.each([
    ['a template', 'exporters: {{ .Values.exporters }}', 'looks like a template'],
    ['broken YAML', 'exporters: [', 'cannot be read: line 2'],
    ['two documents', 'exporters: {}\n---\nexporters: {}', 'cannot be read: expected a single document'],
    ['deep nesting', '['.repeat(5_000), 'more than 200 levels deep'],
  ])('%s', (_, text, reason) => {
    expect(flowsOf(collector(text)).unread.join()).toContain(reason);
  });

  test('a configuration without pipelines', () => {
    expect(flowsOf(collector('receivers: {}')).unread.join()).toContain('the configuration has no pipelines');
  });

  test('an image with its own configuration', () => {
    expect(flowsOf([deployment('agent', { container: { image } })]).unread).toEqual([
      expect.stringContaining('not known (image otel/opentelemetry-collector-contrib:0.158.0)'),
    ]);
  });
});

describe('references in settings', () => {
  const secretUrl = [{ name: 'URL', valueFrom: { secretKeyRef: { name: 'vendor', key: 'url' } } }];

  test('an absent Secret is named, and gives no row', () => {
    const flows = flowsOf(collectorWith('exporters', 'otlp_http', { endpoint: '${env:URL}' }, { env: secretUrl }));
    expect(programRows(flows)).toEqual([]);
    expect(flows.unread).toEqual([
      'data[collector.yaml].exporters.otlp_http.endpoint: the value of env:URL from key url of Secret here/vendor is not known',
    ]);
  });

  test('credentials are rightly absent', () => {
    const settings = { endpoint: 'http://gateway:4318', headers: { 'api-key': '${env:URL}' } };
    expect(flowsOf(collectorWith('exporters', 'otlp_http', settings, { env: secretUrl })).unread).toEqual([]);
  });

  test('a default takes the place of a variable that nobody sets', () => {
    const settings = { endpoint: '${env:URL:-http://gateway:4318}' };
    expect(programRows(flowsOf(collectorWith('exporters', 'otlp_http', settings)))).toEqual([
      'agent → service here/gateway:4318 push none exporters.otlp_http',
    ]);
  });

  test('the address of the own pod and of the node are understood', () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const env = [field('POD_IP', 'status.podIP'), field('NODE_IP', 'status.hostIP')];
    const to = (endpoint: string) =>
      programRows(flowsOf(collectorWith('exporters', 'otlp_http', { endpoint }, { env })));
    expect(to('http://[${env:POD_IP}]:4318')).toEqual(['agent → loopback agent:4318 push none exporters.otlp_http']);
    expect(to('http://${env:NODE_IP}:4318')).toEqual(['agent → kubelet:4318 push none exporters.otlp_http']);
  });
});
