import { parse } from 'yaml';
import { Cluster, IstioMesh, PrometheusNoMesh, PrometheusTls, TelemetryManager } from '../src';
import { fileOf, type Manifest, manifest, newChart, templateOf } from './support/manifests';

function render(tls: PrometheusTls): Manifest[] {
  const chart = newChart();
  const cluster = Cluster.of({ mesh: IstioMesh.none() });
  const prometheus = new PrometheusNoMesh(chart, 'prometheus', { cluster, tls });
  new TelemetryManager(chart, 'manager', { image: 'registry.example/manager:1', prometheus });
  return chart.toJson() as Manifest[];
}

const certManager = render(PrometheusTls.certManager({ issuer: 'ca', readerSans: ['grafana.monitoring.svc'] }));
const secrets = { serverSecret: 'server', probeSecret: 'probe', managerSecret: 'manager', clientSans: ['b.x', 'a.x'] };
const fromSecrets = render(PrometheusTls.fromSecrets(secrets));

const file = (manifests: Manifest[], name: string): unknown => parse(fileOf(manifest(manifests, 'ConfigMap'), name));
const pod = (manifests: Manifest[], kind: string) => templateOf(manifest(manifests, kind)).spec;

test('only certificates with a listed name are let in', () => {
  expect(file(certManager, 'web.yml')).toEqual({
    tls_server_config: {
      cert_file: '/etc/prometheus-tls/server/tls.crt',
      key_file: '/etc/prometheus-tls/server/tls.key',
      client_auth_type: 'RequireAndVerifyClientCert',
      client_ca_file: '/etc/prometheus-tls/server/ca.crt',
      client_allowed_sans: ['grafana.monitoring.svc', 'probe.telemetry-prometheus.ns.svc', 'telemetry-manager.ns.svc'],
      min_version: 'TLS13',
    },
  });
  expect(file(fromSecrets, 'web.yml')).toMatchObject({ tls_server_config: { client_allowed_sans: ['a.x', 'b.x'] } });
});

test('probes and self-scrape present a certificate', () => {
  const [container] = pod(certManager, 'StatefulSet').containers;
  expect(container?.args).toContain('--web.config.file=/etc/prometheus/web.yml');
  expect(container).toMatchObject({
    readinessProbe: {
      exec: {
        command: [
          'promtool',
          'check',
          'ready',
          '--url=https://localhost:9090',
          '--http.config.file=/etc/prometheus/probe.yml',
        ],
      },
    },
  });
  const clientTls = {
    cert_file: '/etc/prometheus-tls/client/tls.crt',
    server_name: 'telemetry-prometheus.ns.svc',
  };
  expect(file(certManager, 'probe.yml')).toMatchObject({ tls_config: clientTls });
  expect(file(certManager, 'prometheus.yml')).toMatchObject({
    scrape_configs: [{ job_name: 'prometheus', scheme: 'https', tls_config: clientTls }],
  });
});

test('the manager is told where its certificate is', () => {
  const { containers, volumes } = pod(certManager, 'Deployment');
  expect(containers[0]?.env).toEqual(
    expect.arrayContaining([
      { name: 'PROMETHEUS_URL', value: 'https://telemetry-prometheus.ns.svc:9090' },
      { name: 'PROMETHEUS_CERT_FILE', value: '/etc/prometheus-client-tls/tls.crt' },
    ]),
  );
  expect(volumes).toEqual([
    { name: 'prometheus-client-tls', secret: { secretName: 'telemetry-manager-prometheus-tls', defaultMode: 0o440 } },
  ]);
});

test('cert-manager is asked for one certificate each, for one purpose and one name', () => {
  const certificates = certManager.filter(({ kind }) => kind === 'Certificate').map(({ spec }) => spec);
  const issuerRef = { name: 'ca', kind: 'Issuer', group: 'cert-manager.io' };
  expect(certificates).toEqual([
    {
      secretName: 'telemetry-prometheus-server-tls',
      dnsNames: ['telemetry-prometheus.ns.svc'],
      usages: ['server auth'],
      issuerRef,
    },
    {
      secretName: 'telemetry-prometheus-probe-tls',
      dnsNames: ['probe.telemetry-prometheus.ns.svc'],
      usages: ['client auth'],
      issuerRef,
    },
    {
      secretName: 'telemetry-manager-prometheus-tls',
      dnsNames: ['telemetry-manager.ns.svc'],
      usages: ['client auth'],
      issuerRef,
    },
  ]);
});

test('Secrets of the user are used as they are, and no Certificate is rendered', () => {
  expect(fromSecrets.map(({ kind }) => kind)).not.toContain('Certificate');
  const names = pod(fromSecrets, 'StatefulSet').volumes?.flatMap(({ secret }) => (secret ? [secret.secretName] : []));
  expect(names).toEqual(['server', 'probe']);
});

describe('fails on', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['nobody let in', () => PrometheusTls.fromSecrets({ ...secrets, clientSans: [] }), /clientSans: got \[\]/],
    [
      'a SAN that is no name',
      () => PrometheusTls.fromSecrets({ ...secrets, clientSans: ['*'] }),
      /clientSans: got "\*"/,
    ],
    [
      'a Secret that is none',
      () => PrometheusTls.fromSecrets({ ...secrets, probeSecret: 'A' }),
      /probeSecret: got "A"/,
    ],
    ['an issuer that is none', () => PrometheusTls.certManager({ issuer: '' }), /issuer: got ""/],
    [
      'a manager without a certificate',
      () => render(PrometheusTls.fromSecrets({ serverSecret: 'a', probeSecret: 'b', clientSans: ['c'] })),
      /chart\/manager: prometheus\.tls\.managerSecret: missing/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message);
  });
});
