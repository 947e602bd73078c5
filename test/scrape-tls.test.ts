import {
  BackendPlacement,
  Cluster,
  IstioMesh,
  MetricAgent,
  MetricInput,
  PipelineBackend,
  ScrapeTls,
  SecretRef,
} from '../src';
import { collectorConfig, type Manifest, manifest, newChart, templateOf } from './support/manifests';

function agent(...inputs: MetricInput[]): Manifest[] {
  const chart = newChart();
  const placement = BackendPlacement.inCluster();
  const backends = [PipelineBackend.otlpGrpc(chart, 'gateway', { url: 'http://gateway.obs:4317', placement })];
  new MetricAgent(chart, 'agent', { cluster: Cluster.of({ mesh: IstioMesh.none() }), backends, inputs });
  return chart.toJson() as Manifest[];
}

/** `tls_config` of every job. */
const tlsOf = (manifests: Manifest[]) =>
  Object.values(collectorConfig(manifests).receivers)
    .flatMap(({ config }) => config?.scrape_configs ?? [])
    .map(({ job_name, tls_config }) => [job_name, tls_config]);

const volumesOf = (manifests: Manifest[]) => {
  const { spec } = templateOf(manifest(manifests, 'DaemonSet'));
  const mount = spec.containers[0]?.volumeMounts?.find(({ name }) => name === 'scrape-ca');
  return [spec.volumes?.find(({ name }) => name === 'scrape-ca')?.projected, mount];
};

const job = { name: 'ledger', podLabels: { app: 'ledger' }, port: 8443, https: true };

test('a CA is mounted and used by the jobs of applications with TLS of their own', () => {
  const tls = ScrapeTls.verifyWith('app-ca', 'bundle.pem', { serverName: 'apps.internal' });
  const manifests = agent(MetricInput.prometheus({ tls }));
  const expected = { ca_file: '/etc/scrape-ca/prometheus/ca.crt', server_name: 'apps.internal' };
  expect(tlsOf(manifests)).toEqual([
    ['pods', undefined],
    ['pods-https', expected],
    ['services', undefined],
    ['services-https', expected],
  ]);
  expect(volumesOf(manifests)).toEqual([
    {
      defaultMode: 0o440,
      sources: [{ configMap: { name: 'app-ca', items: [{ key: 'bundle.pem', path: 'prometheus/ca.crt' }] } }],
    },
    { name: 'scrape-ca', mountPath: '/etc/scrape-ca', readOnly: true },
  ]);
});

test('each input has a CA of its own', () => {
  const one = MetricInput.scrapeJob({ ...job, tls: ScrapeTls.verifyWithSecret(SecretRef.of('ledger', 'ca.crt')) });
  const other = MetricInput.scrapeJob({ ...job, name: 'b', tls: ScrapeTls.verifyWith('b', 'ca.crt') });
  const manifests = agent(one, other);
  expect(tlsOf(manifests)).toEqual([
    ['job-b', undefined],
    ['job-b-https', { ca_file: '/etc/scrape-ca/job-b/ca.crt' }],
    ['job-ledger', undefined],
    ['job-ledger-https', { ca_file: '/etc/scrape-ca/job-ledger/ca.crt' }],
  ]);
  expect(volumesOf(manifests)[0]).toMatchObject({
    sources: [
      { configMap: { name: 'b', items: [{ key: 'ca.crt', path: 'job-b/ca.crt' }] } },
      { secret: { name: 'ledger', items: [{ key: 'ca.crt', path: 'job-ledger/ca.crt' }] } },
    ],
  });
});

test('nothing is mounted where nothing is verified, or nothing is said', () => {
  const skipping = agent(MetricInput.scrapeJob({ ...job, tls: ScrapeTls.skipVerify() }));
  expect(tlsOf(skipping)).toContainEqual(['job-ledger-https', { insecure_skip_verify: true }]);
  expect(volumesOf(skipping)).toEqual([undefined, undefined]);
  const silent = agent(MetricInput.scrapeJob(job));
  expect(tlsOf(silent)).toContainEqual(['job-ledger-https', undefined]);
  expect(volumesOf(silent)).toEqual([undefined, undefined]);
});

describe('fails on', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['a certificate instead of a name', () => ScrapeTls.verifyWith('-----BEGIN', 'ca.crt'), /pass names/],
    ['a key that is none', () => ScrapeTls.verifyWith('app-ca', 'a/b'), /configMapName, key/],
    [
      'a server name that is none',
      () => ScrapeTls.verifyWith('app-ca', 'ca.crt', { serverName: 'https://x' }),
      /serverName: got "https:\/\/x"/,
    ],
    ['a literal', () => ScrapeTls.verifyWithSecret('PEM' as unknown as SecretRef), /not shown/],
    [
      'a job without TLS of the application',
      () => MetricInput.scrapeJob({ ...job, https: false, tls: ScrapeTls.skipVerify() }),
      /tls: .*pass https: true/,
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
