import { COLLECTOR_IMAGE } from '../../../src/private/images';
import { partLabels } from '../../../src/private/labels';
import type { Part } from '../../../src/private/names';
import type { Tree } from '../support/stacks';
import { agent, type CollectorSettings, findings, NO_MESH, planned, prometheus, pushing, scraping } from './a-stack';

const COMPONENTS = /CT60[1-5]/;
const components = (config: CollectorSettings) => findings(agent({ config }), COMPONENTS, NO_MESH);

/** A collector whose exporter uses an extension. */
function authenticated(extensions: Tree, started: readonly string[]): CollectorSettings {
  const config = pushing('https://vendor.example', { auth: { authenticator: 'headers_setter/vendor' } });
  return { ...config, extensions, service: { ...config.service, extensions: started } };
}

describe('components of a collector', () => {
  test('those that are configured, started and used have no finding', () => {
    const config = authenticated({ 'headers_setter/vendor': { headers: [] } }, ['headers_setter/vendor']);
    expect(components({ ...config, exporters: { ...config.exporters, debug: undefined } })).toEqual([]);
  });

  test('an authenticator that is not configured', () => {
    expect(components(authenticated({}, [])).filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'CT601', field: 'data[c.yaml].exporters[otlp_http/backend].auth.authenticator' },
    ]);
  });

  test('an authenticator that is not started', () => {
    const [finding, ...others] = components(authenticated({ 'headers_setter/vendor': {} }, [])).filter(
      ({ severity }) => severity === 'error',
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT602', fix: 'Add headers_setter/vendor to service.extensions.' });
  });

  test.each([
    ['a storage', { exporters: { otlp: { sending_queue: { storage: 'file_storage/q' } } } }, 'file_storage/q'],
    [
      'a leader elector',
      { receivers: { k8s_cluster: { k8s_leader_elector: 'k8s_leader_elector' } } },
      'k8s_leader_elector',
    ],
    [
      'the server side of OTLP',
      { receivers: { otlp: { protocols: { grpc: { auth: { authenticator: 'basicauth' } } } } } },
      'basicauth',
    ],
    ['a pipeline', { service: { pipelines: { metrics: { receivers: ['kafka'], exporters: ['debug'] } } } }, 'kafka'],
    ['service.extensions', { service: { extensions: ['pprof'] } }, 'pprof'],
  ])('%s that is not configured', (_, config, id) => {
    const [finding] = components(config).filter(({ code }) => code === 'CT601');
    expect(finding?.message).toContain(id);
  });

  test('a connector is exporter and receiver', () => {
    const pipelines = {
      'metrics/in': { receivers: ['otlp'], exporters: ['routing'] },
      'metrics/out': { receivers: ['routing'], exporters: ['debug'] },
    };
    expect(components({ connectors: { routing: {} }, service: { pipelines } })).toEqual([]);
  });

  test('an extension that nobody starts', () => {
    expect(components({ extensions: { health_check: {} } })).toMatchObject([{ code: 'CT603', severity: 'warning' }]);
  });

  test.each(['receivers', 'processors', 'exporters', 'connectors'])('%s in no pipeline', (group) => {
    expect(components({ [group]: { batch: {} } })).toMatchObject([
      { code: 'CT604', severity: 'info', field: `data[c.yaml].${group}.batch` },
    ]);
  });

  test('an old name, since there is a new one', () => {
    const config = pushing('https://vendor.example', {}, 'otlphttp');
    const old = (image: string) => findings(agent({ config, container: { image } }), 'CT605', NO_MESH);
    const [finding] = old('otel/opentelemetry-collector-contrib:0.158.0');
    expect(finding).toMatchObject({ severity: 'info' });
    expect(finding?.fix).toContain('Write otlp_http/backend instead of otlphttp/backend');
    expect(old('otel/opentelemetry-collector-contrib:0.150.0')).toEqual([]);
    expect(old('otel/opentelemetry-collector-contrib:latest')).toEqual([]);
  });

  test('a receiver of OTLP keeps its name', () => {
    expect(findings(agent(), 'CT605', NO_MESH)).toEqual([]);
  });
});

describe('alerts', () => {
  const keep = (regex: string) => [{ source_labels: ['__name__'], regex, action: 'keep' }];
  const job = (more: Tree = {}) => ({ job_name: 'agent', static_configs: [{ targets: ['a:8888'] }], ...more });
  const alert = (expr: string, more: Tree = {}) => ({ alert: 'A', expr, ...more });
  const alerts = (rules: Tree[], jobs: Tree[], args: string[] = []) =>
    findings(prometheus({ config: { scrape_configs: jobs }, rules, args }), /CT60[67]/, NO_MESH);
  const jobs = [job({ metric_relabel_configs: keep('otelcol_exporter_.*') })];

  test('on a metric that no job keeps', () => {
    const [finding, ...others] = alerts([alert('rate(otelcol_receiver_refused[5m]) > 0')], jobs);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'CT606',
      severity: 'warning',
      object: 'ConfigMap/obs/prometheus',
      field: 'data[rules.yml].groups[0].rules[0].expr',
    });
  });

  test.each([
    'rate(otelcol_exporter_sent[5m]) == 0',
    'up{job="agent"} == 0 and on (instance) scrape_samples_scraped > 1',
    'sum by (otelcol_receiver) (otelcol_exporter_queue_size) / on (exporter) group_left (a_b) otelcol_exporter_queue_capacity',
    'absent(otelcol_exporter_sent{otelcol="receiver_refused"} offset 5m)',
    'vector(1) > bool 0',
    'count_values("receiver", otelcol_exporter_sent) # receiver_refused',
    'ALERTS{alertname="A"}',
  ])('%s looks at what is stored', (expr) => {
    expect(alerts([alert(expr)], jobs)).toEqual([]);
  });

  test('on a metric that is dropped', () => {
    const dropped = [{ source_labels: ['__name__'], regex: 'go_.*', action: 'drop' }];
    expect(alerts([alert('go_goroutines > 1')], [job({ metric_relabel_configs: dropped })])).toHaveLength(1);
  });

  test.each([
    ['one job keeps everything', [...jobs, job({ job_name: 'all' })], []],
    [
      'a rule renames metrics',
      [job({ metric_relabel_configs: [{ target_label: '__name__', replacement: 'x' }, ...keep('a')] })],
      [],
    ],
    ['others push', jobs, ['--web.enable-remote-write-receiver']],
    ['the pattern cannot be read', [job({ metric_relabel_configs: keep('(') })], []],
    [
      'the filter is by another label',
      [job({ metric_relabel_configs: [{ source_labels: ['a'], regex: 'b', action: 'keep' }] })],
      [],
    ],
  ])('are left alone when %s', (_, scrapeJobs, args) => {
    expect(alerts([alert('anything > 0')], scrapeJobs, args)).toEqual([]);
  });

  test('may look at what another rule records', () => {
    expect(alerts([{ record: 'job:x', expr: 'otelcol_exporter_sent' }, alert('job:x > 1')], jobs)).toEqual([]);
  });

  test('on a job that does not exist', () => {
    const [finding, ...others] = alerts([alert('up{job="agents"} == 0')], jobs);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT607', severity: 'warning' });
    expect(finding?.fix).toContain('"agent"');
  });

  test.each([
    ['is rewritten', { relabel_configs: [{ target_label: 'job', replacement: 'x' }] }],
    ['is taken from the target', { honor_labels: true }],
    ['is set by a label', { static_configs: [{ targets: ['a:1'], labels: { job: 'x' } }] }],
    ['may come from labels of pods', { relabel_configs: [{ action: 'labelmap', regex: '__meta_(.+)' }] }],
  ])('are left alone when the job %s', (_, more) => {
    expect(alerts([alert('up{job="agents"} == 0')], [job(more)])).toEqual([]);
  });
});

describe('credentials', () => {
  test.each([
    [
      'exporters[otlp_http/backend].headers.api-key',
      pushing('https://v.example', { headers: { 'api-key': 's3cret' } }),
    ],
    [
      'exporters[otlp_http/backend].headers.Authorization',
      pushing('https://v.example', { headers: { Authorization: 'Bearer s3cret' } }),
    ],
    [
      'extensions.basicauth.client_auth.password',
      { extensions: { basicauth: { client_auth: { username: 'u', password: 's3cret' } } } },
    ],
    [
      'extensions.headers_setter.headers[0].value',
      { extensions: { headers_setter: { headers: [{ key: 'X-Api-Key', value: 's3cret' }] } } },
    ],
    ['receivers.prometheus.config.scrape_configs[0].bearer_token', scraping({ bearer_token: 's3cret' })],
    ['exporters.datadog.api.key', { exporters: { datadog: { api: { key: 's3cret' } } } }],
  ])('in a ConfigMap at %s', (field, config) => {
    const [finding, ...others] = findings(agent({ config }), 'CT608', NO_MESH);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', object: 'ConfigMap/obs/agent', field: `data[c.yaml].${field}` });
  });

  test.each([
    pushing('https://v.example', { headers: { 'api-key': '${env:KEY}' } }),
    pushing('https://v.example', { headers: { 'X-Scope-OrgID': 'team' } }),
    pushing('https://v.example', { headers: { 'api-key': '' } }),
    { extensions: { basicauth: { client_auth: { password_file: '/secrets/password' } } } },
    { processors: { 'attributes/a': { actions: [{ key: 'token_type', value: 'x', action: 'insert' }] } } },
  ])('are not references, files and other values', (config) => {
    expect(findings(agent({ config }), 'CT608', NO_MESH)).toEqual([]);
  });

  test('a value that comes from a Secret is none of the ConfigMap', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key', namespace: 'obs' },
      stringData: { k: 's3cret' },
    };
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'k' } } }];
    const config = pushing('https://v.example', { headers: { 'api-key': '${env:KEY}' } });
    const plan = planned([...agent({ config, container: { env } }), secret], NO_MESH);
    expect(plan.findings.filter(({ code }) => code === 'CT608')).toEqual([]);
    expect(JSON.stringify(plan)).not.toContain('s3cret');
  });

  test('are never printed', () => {
    const config = pushing('https://v.example', { headers: { 'api-key': 's3cret' } });
    const env = [{ name: 'VENDOR_TOKEN', value: 's3cret' }];
    expect(JSON.stringify(planned(agent({ config, container: { env } }), NO_MESH))).not.toContain('s3cret');
  });

  test.each(['VENDOR_API_KEY', 'PASSWORD', 'DB_PASSWORD', 'OTEL_TOKEN'])('in the variable %s', (name) => {
    expect(findings(agent({ container: { env: [{ name, value: 's3cret' }] } }), 'CT609', NO_MESH)).toMatchObject([
      { severity: 'warning', field: 'spec.template.spec.containers[0].env[0].value' },
    ]);
  });

  test.each([
    { name: 'TOKEN_FILE', value: '/x' },
    { name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
    { name: 'AUTOMOUNT_TOKEN', value: 'false' },
    { name: 'TOKEN', value: '/var/run/token' },
    { name: 'TOKEN', value: '$(OTHER)' },
  ])('not in %j', (env) => {
    expect(findings(agent({ container: { env: [env] } }), 'CT609', NO_MESH)).toEqual([]);
  });
});

describe('the token of the ServiceAccount', () => {
  const mounted = { automountServiceAccountToken: true };
  const TOKEN = 'CT610';

  test('is not needed without the Kubernetes API', () => {
    expect(findings(agent({ pod: mounted }), TOKEN, NO_MESH)).toMatchObject([
      { severity: 'info', field: 'spec.template.spec.automountServiceAccountToken' },
    ]);
    expect(findings(agent(), TOKEN, NO_MESH)).toEqual([]);
  });

  test('is needed for discovery', () => {
    const config = scraping({ kubernetes_sd_configs: [{ role: 'pod' }] });
    expect(findings(agent({ pod: mounted, config }), TOKEN, NO_MESH)).toEqual([]);
  });

  test('may be needed by a container that nobody knows', () => {
    const initContainers = [{ name: 'other', image: 'other:1' }];
    expect(findings(agent({ pod: { ...mounted, initContainers } }), TOKEN, NO_MESH)).toEqual([]);
  });
});

describe('the image of a part of this library', () => {
  const collectorOf = (image: string, labels: Tree = partLabels('metric-agent', 'prod')) =>
    findings(agent({ labels: labels as Record<string, string>, container: { image } }), 'CT611', NO_MESH);
  const TAG = COLLECTOR_IMAGE.split(':')[1]!;
  const DIGEST = `sha256:${'0'.repeat(64)}`;

  test.each([
    COLLECTOR_IMAGE,
    `mirror.example:5000/otel/opentelemetry-collector-contrib:${TAG}`,
    `mirror.example/otelcol:v${TAG}`,
    `${COLLECTOR_IMAGE}@${DIGEST}`,
  ])('is the tested one: %s', (image) => {
    expect(collectorOf(image)).toEqual([]);
  });

  test.each([
    ['otel/opentelemetry-collector-contrib:0.149.0', `its version is 0.149.0, and the tested one is ${TAG}.`],
    [`mirror.example:5000/otelcol:${TAG}-debug`, `its version is ${TAG}-debug, and the tested one is ${TAG}.`],
    ['mirror.example:5000/otelcol', `its version is latest, and the tested one is ${TAG}.`],
    [`otel/opentelemetry-collector-contrib@${DIGEST}`, 'its version is not known.'],
  ])('is another one: %s', (image, because) => {
    expect(collectorOf(image)).toMatchObject([
      {
        severity: 'info',
        object: 'DaemonSet/obs/agent',
        field: 'spec.template.spec.containers[0].image',
        message: `Container collector runs ${image}: ${because}`,
        fix: `Use ${COLLECTOR_IMAGE}, or a mirror of it with the tag ${TAG}.`,
      },
    ]);
  });

  test('has the version of its program', () => {
    const labelled = (part: Part) => findings(prometheus({ labels: partLabels(part, 'prod') }), 'CT611', NO_MESH);
    expect(labelled('prometheus')).toEqual([]);
    expect(labelled('metric-agent')).toMatchObject([{ object: 'StatefulSet/obs/prometheus' }]);
  });

  test('is for whoever brings the program to choose elsewhere', () => {
    const old = 'otel/opentelemetry-collector-contrib:0.149.0';
    expect(collectorOf(old, {})).toEqual([]);
    expect(collectorOf(old, partLabels('telemetry-manager', 'prod'))).toEqual([]);
    expect(collectorOf(old, { ...partLabels('metric-agent', 'prod'), 'app.kubernetes.io/managed-by': 'Helm' })).toEqual(
      [],
    );
  });
});
