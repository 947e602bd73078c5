import { configMap, deployment, flowsOf, programRows, prometheus, withConfig } from '../flows-of';

const rowsOf = (config: object) => programRows(flowsOf(prometheus(config)));
const notScraped = (rows: readonly string[]) => rows.filter((row) => !row.includes(' scrape '));

describe('Alertmanagers', () => {
  test('alerts go to each static target, at the port of the scheme when it has none', () => {
    const alertmanagers = [
      { static_configs: [{ targets: ['am.monitoring:9093', 'other.x'] }] },
      { scheme: 'https', static_configs: [{ targets: ['am.example.com'] }] },
    ];
    expect(rowsOf({ alerting: { alertmanagers } })).toEqual([
      'prometheus → service monitoring/am:9093 alert none alerting.alertmanagers[0]',
      'prometheus → service x/other:80 alert none alerting.alertmanagers[0]',
      'prometheus → am.example.com:443 alert app alerting.alertmanagers[1]',
    ]);
  });

  test('those that discovery finds are reported, and the API server is asked', () => {
    const alertmanagers = [{ kubernetes_sd_configs: [{ role: 'endpoints' }], relabel_configs: [{ action: 'keep' }] }];
    const flows = flowsOf(prometheus({ alerting: { alertmanagers } }));
    expect(programRows(flows)).toEqual(['prometheus → kubernetes-api:443 discover app alerting.alertmanagers[0]']);
    expect(flows.unread).toEqual([
      expect.stringContaining('kubernetes_sd_configs: which Alertmanagers it finds is not analysed'),
      expect.stringContaining('relabel_configs: relabelling of Alertmanagers is not analysed'),
    ]);
  });
});

test('other storages are written and read', () => {
  expect(
    rowsOf({
      remote_write: [
        { url: 'http://mimir.x:8080/api/v1/push' },
        { name: 'vendor', url: 'https://vendor.example.com/w', oauth2: { token_url: 'https://idp.example.com/t' } },
      ],
      remote_read: [{ url: 'https://thanos.x/read' }],
    }),
  ).toEqual([
    'prometheus → service x/mimir:8080 push none remote_write/0',
    'prometheus → vendor.example.com:443 push app remote_write/vendor',
    'prometheus → idp.example.com:443 token app remote_write/vendor',
    'prometheus → service x/thanos:443 query app remote_read/0',
  ]);
});

test.each([
  [{ endpoint: 'tempo.x:4317', insecure: true }, 'none'],
  [{ endpoint: 'tempo.x:4317', client_type: 'http' }, 'app'],
])('traces %j', (tracing, tls) => {
  expect(rowsOf({ tracing, scrape_configs: [] })).toEqual([`prometheus → service x/tempo:4317 push ${tls} tracing`]);
});

test('jobs that discover ask the API server once', () => {
  const kubernetes = { kubernetes_sd_configs: [{ role: 'pod' }] };
  const scrape_configs = ['a', 'b'].map((job_name) => ({ job_name, ...kubernetes }));
  const { connections } = flowsOf(prometheus({ scrape_configs }));
  expect(connections.filter(({ purpose }) => purpose === 'discover')).toEqual([
    expect.objectContaining({ source: 'scrape_configs', note: 'it discovers the targets of scrape jobs a, b' }),
  ]);
});

describe('rule files', () => {
  const rules = 'groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]';
  const files = { 'alerts.yml': rules, 'more.rules': rules, 'broken.yml': 'groups: [' };
  const withRules = (...rule_files: string[]) => flowsOf(prometheus({ rule_files, scrape_configs: [] }, files));

  test.each([['/conf/alerts.yml'], ['alerts.yml'], ['/conf/al*.yml'], ['/conf/[a-b]lerts.y?l']])(
    '%s is found',
    (path) => {
      expect(withRules(path).programs.rules).toEqual([
        expect.objectContaining({ object: 'ConfigMap/here/config', field: 'data[alerts.yml]' }),
      ]);
      expect(withRules(path).programs.rules[0]?.root.get('groups').items()[0]?.get('name').text()).toBe('g');
    },
  );

  test('wildcards do not cross folders', () => {
    expect(withRules('/*.yml').programs.rules).toEqual([]);
  });

  test('what is missing or unreadable is reported', () => {
    expect(withRules('/conf/absent.yml').unread).toEqual([
      'data[prometheus.yml].rule_files[0]: volume config has no file for /conf/absent.yml',
    ]);
    expect(withRules('/conf/broken.yml').unread).toEqual([expect.stringContaining('data[broken.yml]: line 2')]);
  });
});

test('jobs in further files are read', () => {
  const more = 'scrape_configs: [{job_name: more, kubernetes_sd_configs: [{role: pod}]}]';
  const flows = flowsOf(prometheus({ scrape_config_files: ['more.yml'] }, { 'more.yml': more }));
  expect(notScraped(programRows(flows))).toEqual(['prometheus → kubernetes-api:443 discover app scrape_configs']);
  expect(flows.connections.find(({ purpose }) => purpose === 'discover')?.field).toBe('data[more.yml].scrape_configs');
});

describe('which program reads a configuration', () => {
  const config = { 'prometheus.yml': 'remote_write: [{url: "http://mimir.x:8080"}]' };
  const mounted = (container: object) =>
    flowsOf([configMap('config', config), deployment('app', withConfig(container))]).programs.prometheuses.length;

  test('Prometheus at the default path of its image', () => {
    const mountPath = '/etc/prometheus';
    expect(mounted({ image: 'quay.io/prometheus/prometheus:v3', volumeMounts: [{ name: 'config', mountPath }] })).toBe(
      1,
    );
  });

  test('a program of another name with the same flag and format', () => {
    expect(mounted({ image: 'vendor/metrics:1', args: ['--config.file=/conf/prometheus.yml'] })).toBe(1);
  });

  test('nobody knows: by content', () => {
    expect(mounted({ image: 'vendor/wrapped:1' })).toBe(1);
  });

  test.each([
    ['Alertmanager', 'global: {}\nroute: {}\nalerting: {}\n'],
    ['Promtail', 'clients: []\nscrape_configs: []\n'],
    ['anything else', 'a: 1\n'],
  ])('not %s', (_, text) => {
    const flows = flowsOf([
      configMap('config', { 'prometheus.yml': text }),
      deployment('app', withConfig({ image: 'x/y:1', args: ['--config.file=/conf/prometheus.yml'] })),
    ]);
    expect(flows.programs.prometheuses).toEqual([]);
    expect(flows.unread).toEqual([expect.stringContaining('not known (image x/y:1)')]);
  });

  test('a configuration that is written at run time is reported', () => {
    const manifests = [
      deployment('app', {
        container: {
          image: 'prom/prometheus',
          args: ['--config.file=/out/prometheus.env.yaml'],
          volumeMounts: [{ name: 'out', mountPath: '/out' }],
        },
        spec: { volumes: [{ name: 'out', emptyDir: {} }] },
      }),
    ];
    expect(flowsOf(manifests).unread).toEqual([
      'spec.template.spec.containers[0].args: --config.file: /out/prometheus.env.yaml lies in volume out, whose content no manifest tells',
    ]);
  });
});
