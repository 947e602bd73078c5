import type { Tree } from '../support/stacks';
import { agent, type AgentSettings, codes, findings, NO_MESH, scraping, sidecarMesh } from './a-stack';

const PROXY = 'proxy.istio.io/config';
const MOUNT = 'sidecar.istio.io/userVolumeMount';
const WRITTEN = '/etc/istio-output-certs';
const READ = '/etc/prom-certs';

const VOLUME = { name: 'istio-certs', emptyDir: { medium: 'Memory' } };
const READER = { name: 'istio-certs', mountPath: READ, readOnly: true };

function tls(directory: string): Tree {
  return {
    scheme: 'https',
    static_configs: [{ targets: ['10.0.0.1:8080'] }],
    tls_config: {
      ca_file: `${directory}/root-cert.pem`,
      cert_file: `${directory}/cert-chain.pem`,
      key_file: `${directory}/key.pem`,
      insecure_skip_verify: true,
    },
  };
}

/** An agent that scrapes with the certificates of its sidecar; the settings replace what the test is about. */
function scraper({ annotations = {}, ...settings }: AgentSettings = {}): Tree[] {
  return agent({
    volumes: [VOLUME],
    mounts: [READER],
    config: scraping(tls(READ)),
    annotations: {
      [PROXY]: `holdApplicationUntilProxyStarts: true\nproxyMetadata: {OUTPUT_CERTS: ${WRITTEN}}`,
      [MOUNT]: `[{"name":"istio-certs","mountPath":"${WRITTEN}"}]`,
      ...annotations,
    },
    ...settings,
  });
}

const CERTIFICATES = /^CT20[1-7]|^CT21[0156]/;

test('certificates that are written, mounted and used have no finding', () => {
  expect(findings(scraper(), CERTIFICATES)).toEqual([]);
});

describe('the paths of the sidecar', () => {
  test.each([`[{"name":"istio-certs","mountPath":"/elsewhere"}]`, undefined])(
    'OUTPUT_CERTS needs a mount at its path: %s',
    (mount) => {
      const found = findings(scraper({ annotations: { [MOUNT]: mount } }), 'CT201');
      expect(found).toMatchObject([{ severity: 'error', object: 'DaemonSet/obs/agent' }]);
      expect(found[0]?.fix).toContain(WRITTEN);
    },
  );

  test.each([`{"istio-certs":{"mountPath":"${WRITTEN}/"}}`, `[{"name":"istio-certs","mountPath":"${WRITTEN}/"}]`])(
    'a mapping and a slash at the end are as good: %s',
    (mount) => {
      expect(findings(scraper({ annotations: { [MOUNT]: mount } }), CERTIFICATES)).toEqual([]);
    },
  );

  test.each([
    ['name: x', 'it is not JSON'],
    ['', 'it is not JSON'],
    [`[{"mountPath":"${WRITTEN}"}]`, 'an entry has no name or no mountPath'],
    [`{"name":"istio-certs","mountPath":"${WRITTEN}"}`, 'it is one mount instead of a list'],
    ['[1]', 'an entry has no name or no mountPath'],
  ])('userVolumeMount %s breaks the injection', (mount, problem) => {
    const [finding, ...others] = findings(scraper({ annotations: { [MOUNT]: mount } }), /CT20[12]|CT216/);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT216', severity: 'error' });
    expect(finding?.message).toContain(problem);
    expect(finding?.fix).toContain(`"mountPath":"${WRITTEN}"`);
  });

  test('userVolumeMount null mounts nothing', () => {
    const annotations = { [MOUNT]: 'null', [PROXY]: undefined };
    expect(findings(agent({ annotations }), CERTIFICATES)).toEqual([]);
  });
});

describe('the volume', () => {
  test('must exist', () => {
    expect(findings(scraper({ volumes: [] }), 'CT202')).toMatchObject([
      { severity: 'error', field: 'spec.template.spec.volumes' },
    ]);
  });

  test('must be writable', () => {
    const volumes = [{ name: 'istio-certs', secret: { secretName: 'certs' } }];
    expect(findings(scraper({ volumes }), 'CT203')).toMatchObject([
      { severity: 'error', field: 'spec.template.spec.volumes[1]' },
    ]);
  });

  test.each([
    ['workload-certs', WRITTEN],
    ['istio-certs', '/etc/istio/proxy'],
  ])('must not be what Istio has itself: %s at %s', (name, mountPath) => {
    const annotations = {
      [PROXY]: `proxyMetadata: {OUTPUT_CERTS: ${mountPath}}`,
      [MOUNT]: JSON.stringify([{ name, mountPath }]),
    };
    const volumes = [{ ...VOLUME, name }];
    expect(findings(scraper({ annotations, volumes }), 'CT203')).toMatchObject([{ severity: 'error' }]);
  });

  test('should lie in memory', () => {
    const volumes = [{ name: 'istio-certs', emptyDir: {} }];
    expect(findings(scraper({ volumes }), 'CT206')).toMatchObject([
      { severity: 'warning', field: 'spec.template.spec.volumes[1].emptyDir.medium' },
    ]);
  });

  test('should be read-only for the program', () => {
    const mounts = [{ name: 'istio-certs', mountPath: READ }];
    expect(findings(scraper({ mounts }), 'CT205')).toMatchObject([
      { severity: 'warning', field: 'spec.template.spec.containers[0].volumeMounts[1]' },
    ]);
  });
});

describe('the program', () => {
  test('reads where the volume is mounted', () => {
    const found = findings(scraper({ config: scraping(tls(WRITTEN)) }), 'CT204');
    expect(found).toMatchObject([
      {
        severity: 'error',
        object: 'ConfigMap/obs/agent',
        field: 'data[c.yaml].receivers.prometheus.config.scrape_configs[0].tls_config.ca_file',
      },
    ]);
    expect(found[0]?.fix).toContain(READ);
  });

  test('mounts the volume', () => {
    const [finding] = findings(scraper({ mounts: [] }), 'CT204');
    expect(finding?.fix).toContain(`Mount volume istio-certs read-only at ${READ}`);
  });

  test('may use certificates of a Secret instead', () => {
    const volumes = [VOLUME, { name: 'own', secret: { secretName: 'own' } }];
    const mounts = [READER, { name: 'own', mountPath: '/own' }];
    expect(findings(scraper({ volumes, mounts, config: scraping(tls('/own')) }), /CT204|CT211/)).toEqual([]);
  });

  test('needs somebody who writes the files', () => {
    const [finding, ...others] = findings(scraper({ annotations: { [PROXY]: undefined } }), CERTIFICATES);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT211', severity: 'error', object: 'ConfigMap/obs/agent' });
    expect(finding?.fix).toContain(WRITTEN);
  });

  test('may have another container that writes them', () => {
    const initContainers = [{ name: 'fetch', image: 'x', volumeMounts: [{ name: 'istio-certs', mountPath: '/out' }] }];
    const settings = { annotations: { [PROXY]: undefined, [MOUNT]: undefined }, pod: { initContainers } };
    expect(findings(scraper(settings), 'CT211')).toEqual([]);
  });

  test('uses what the sidecar writes', () => {
    const found = findings(
      scraper({ config: scraping({ static_configs: [{ targets: ['10.0.0.1:8080'] }] }) }),
      /CT2[01]/,
    );
    expect(found).toMatchObject([
      { code: 'CT210', severity: 'warning', field: `spec.template.metadata.annotations[${PROXY}]` },
    ]);
  });

  test('may leave them to a container that nobody knows', () => {
    const containers = [
      { name: 'collector', image: 'otel/opentelemetry-collector-contrib:0.158.0', args: ['--config=/conf/c.yaml'] },
      { name: 'other', image: 'other:1', volumeMounts: [READER] },
    ].map((container) => ({
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), { name: 'config', mountPath: '/conf' }],
    }));
    const settings = { config: scraping({ static_configs: [] }), pod: { containers } };
    expect(findings(scraper(settings), 'CT210')).toEqual([]);
  });

  test('is not in ambient mode', () => {
    const labels = { 'sidecar.istio.io/inject': undefined, 'istio.io/dataplane-mode': 'ambient' };
    expect(findings(scraper({ labels }), /CT21[15]/)).toMatchObject([{ code: 'CT215', severity: 'error' }]);
  });
});

describe('the start', () => {
  const withoutHold = { [PROXY]: `proxyMetadata: {OUTPUT_CERTS: ${WRITTEN}}` };
  const versions = (istioVersion: string, kubernetesVersion: string) => ({
    ...sidecarMesh({ istioVersion }),
    kubernetesVersion,
  });

  test('waits for the sidecar', () => {
    const [finding] = findings(scraper({ annotations: withoutHold }), 'CT207');
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(finding?.fix).toContain('holdApplicationUntilProxyStarts: true');
  });

  test.each([
    ['no mesh', NO_MESH],
    ['ambient mode', { ...NO_MESH, mesh: { mode: 'ambient' as const } }],
  ])('has nothing to wait for with %s', (_, facts) => {
    const labels = { 'sidecar.istio.io/inject': undefined, 'istio.io/dataplane-mode': 'ambient' };
    expect(findings(scraper({ annotations: withoutHold, labels }), 'CT207', facts)).toEqual([]);
  });

  test.each([
    ['a native sidecar', { ...withoutHold, 'sidecar.istio.io/nativeSidecar': 'true' }, sidecarMesh()],
    ['what Istio does not read as "false"', { ...withoutHold, 'sidecar.istio.io/nativeSidecar': 'yes' }, sidecarMesh()],
    ['native sidecars by default', withoutHold, versions('1.27', '1.33')],
    ['no wish of its own', { ...withoutHold, 'sidecar.istio.io/nativeSidecar': '' }, versions('1.27', '1.33')],
  ])('needs no waiting with %s', (_, annotations, facts) => {
    expect(findings(scraper({ annotations }), 'CT207', facts)).toEqual([]);
  });

  test.each([
    ['old nodes', withoutHold, versions('1.27', '1.32')],
    ['an old Istio', withoutHold, versions('1.26', '1.33')],
    [
      'the default switched off',
      { ...withoutHold, 'sidecar.istio.io/nativeSidecar': 'false' },
      versions('1.30', '1.34'),
    ],
    ['support for native sidecars that need not be used', withoutHold, sidecarMesh({ nativeSidecars: true })],
  ])('needs waiting with %s', (_, annotations, facts) => {
    expect(findings(scraper({ annotations }), 'CT207', facts)).toHaveLength(1);
  });
});

test('a pod that has no certificates has no finding about them', () => {
  expect(codes(agent()).filter((code) => code.startsWith('CT2'))).toEqual([]);
});
