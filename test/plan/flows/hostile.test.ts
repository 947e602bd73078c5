import { array, assert, constantFrom, dictionary, letrec, property, record, string } from 'fast-check';
import { EXPORTERS } from '../../../src/plan/flows/collector/exporters';
import { EXTENSIONS } from '../../../src/plan/flows/collector/extensions';
import { PROCESSORS } from '../../../src/plan/flows/collector/processors';
import { RECEIVERS } from '../../../src/plan/flows/collector/receivers';
import { collector, collectorWith, configMap, deployment, flowsOf, prometheus, withConfig } from './flows-of';

/** Keys that some reader looks at, with values that it does not expect. */
const keys = constantFrom(
  ...[
    'endpoint',
    'endpoints',
    'url',
    'tls',
    'insecure',
    'cert_file',
    'brokers',
    'resolver',
    'static',
    'dns',
    'k8s',
    'service',
  ],
  ...[
    'hostnames',
    'detectors',
    'targets',
    'token_url',
    'server',
    'ws',
    'http',
    'config',
    'scrape_configs',
    'static_configs',
  ],
  ...[
    'kubernetes_sd_configs',
    'relabel_configs',
    'job_name',
    'auth_type',
    'providers',
    'proxy_url',
    'target_allocator',
    'role',
  ],
  ...[
    'pipelines',
    'telemetry',
    'metrics',
    'readers',
    'periodic',
    'exporter',
    'otlp',
    'receivers',
    'exporters',
    'extensions',
  ],
  ...[
    'alerting',
    'alertmanagers',
    'remote_write',
    'rule_files',
    'tracing',
    'oauth2',
    'global',
    '__proto__',
    'constructor',
  ],
);
const texts = constantFrom(
  '',
  ':',
  'a:1',
  'http://',
  'http://[',
  '${env:',
  '${env:X}',
  '${${}',
  '$$',
  '/conf/*',
  '[',
  'pod',
  '{{',
);

const { document } = letrec<{ document: unknown }>((tie) => ({
  document: constantFrom<unknown>(null, true, 1, -1, 1e300).chain((scalar) =>
    constantFrom('scalar', 'text', 'list', 'mapping').chain((kind) => {
      if (kind === 'text') return texts;
      if (kind === 'list') return array(tie('document'), { maxLength: 3 });
      if (kind === 'mapping') return dictionary(keys, tie('document'), { maxKeys: 4, noNullPrototype: true });
      return constantFrom(scalar);
    }),
  ),
}));

const READERS = { exporters: EXPORTERS, extensions: EXTENSIONS, processors: PROCESSORS, receivers: RECEIVERS };
const components = Object.entries(READERS).flatMap(([group, readers]) =>
  [...readers.keys(), 'foreign'].map((type) => [group, type] as const),
);

function isPlanned(manifests: readonly object[]): void {
  expect(flowsOf(manifests).connections).toEqual(expect.any(Array));
}

test('no settings of a component stop the plan', () => {
  assert(
    property(constantFrom(...components), document, ([group, type], settings) => {
      isPlanned(collectorWith(group, type, settings));
    }),
    { numRuns: 600 },
  );
});

test('no configuration stops the plan', () => {
  assert(
    property(record({ service: document, exporters: document, receivers: document }), (config) => {
      isPlanned(collector(config));
      isPlanned(prometheus(config));
    }),
    { numRuns: 200 },
  );
  assert(
    property(dictionary(keys, document, { noNullPrototype: true }), (config) => {
      isPlanned(prometheus(config));
    }),
    { numRuns: 200 },
  );
});

test('no text of a configuration, argument or variable stops the plan', () => {
  // The reader of manifests refuses one word wherever it stands.
  const word = string({ unit: 'grapheme' }).filter((text) => text !== '__proto__');
  assert(
    property(string({ unit: 'binary' }), array(word, { maxLength: 3 }), word, (text, args, value) => {
      const env = [{ name: 'URL', value }];
      isPlanned([
        configMap('config', { 'a.yaml': `${text}\nscrape_configs: service pipelines` }),
        deployment('app', withConfig({ args: [...args, `--config=/conf/${value}`, '--config=/conf/a.yaml'], env })),
      ]);
    }),
  );
});

test('the same manifests give the same plan', () => {
  assert(
    property(document, (settings) => {
      const manifests = collectorWith('receivers', 'prometheus', { config: settings });
      expect(flowsOf(manifests).rows).toEqual(flowsOf(manifests).rows);
    }),
    { numRuns: 50 },
  );
});
