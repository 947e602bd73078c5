import fc from 'fast-check';
import { pod, scrape, service, SIDECAR_MESH } from './jobs';

const sidecars = { mesh: SIDECAR_MESH! };
const manifests = [
  pod('cart', 'shop', {
    ports: [{ containerPort: 8080, name: 'http' }],
    annotations: { 'prometheus.io/scrape': 'true' },
  }),
  service('cart', 'shop', [{ port: 80, targetPort: 'http' }]),
];

test('whatever a job contains, reading it ends and reports', () => {
  const key = fc.constantFrom(
    ...[
      'job_name',
      'scheme',
      'params',
      'tls_config',
      'proxy_url',
      'static_configs',
      'dns_sd_configs',
      'relabel_configs',
    ],
    ...[
      'kubernetes_sd_configs',
      'consul_sd_configs',
      'role',
      'namespaces',
      'names',
      'selectors',
      'label',
      'field',
      'regex',
    ],
    ...['source_labels', 'action', 'replacement', 'target_label', 'targets', 'labels', '__proto__', 'constructor'],
  );
  const text = fc.constantFrom(
    'pod',
    'endpoints',
    'service',
    'node',
    'keep',
    '__address__',
    '.*',
    '(',
    '[',
    '${1}',
    '',
    '\u0000',
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    ),
  }));
  const job = fc.dictionary(key, value, { maxKeys: 10 });
  fc.assert(
    fc.property(job, (content) => {
      expect(() => scrape(content, { manifests, facts: sidecars })).not.toThrow();
    }),
  );
});

function seconds(work: () => void): number {
  const start = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - start) / 1e6;
}

const POD = '__meta_kubernetes_pod';

test.each([
  ['many alternatives', [{ source_labels: [`${POD}_label_a`], regex: 'a|'.repeat(5_000), action: 'keep' }]],
  [
    'many ports',
    [
      {
        source_labels: ['__address__'],
        regex: `.+:(${Array.from({ length: 3_000 }, (_, i) => 1000 + i).join('|')})`,
        action: 'keep',
      },
    ],
  ],
  [
    'many labels',
    Array.from({ length: 60 }, (_, i) => ({
      source_labels: [`${POD}_label_l${i}`],
      regex: 'a|b|c',
      target_label: '__scheme__',
      replacement: 'https',
    })),
  ],
  [
    'growing labels',
    Array.from({ length: 40 }, () => ({ source_labels: ['a', 'a'], target_label: 'a', replacement: '${1}${1}x' })),
  ],
  ['a slow expression elsewhere', [{ source_labels: [`${POD}_name`], regex: '(x+x+)+y', action: 'keep' }]],
])('%s take no time', (_, relabel_configs) => {
  const job = { job_name: 'job', kubernetes_sd_configs: [{ role: 'pod' }], relabel_configs };
  expect(seconds(() => scrape(job, { manifests, facts: sidecars }))).toBeLessThan(30);
});
