import { MtlsMode } from '../../../src';
import { NO_FACTS } from '../../../src/plan/world';
import type { Tree } from '../support/stacks';
import {
  agent,
  type AgentSettings,
  app,
  type CollectorSettings,
  findings,
  INJECTED,
  namespace,
  NO_MESH,
  NOT_INJECTED,
  planned,
  prometheus,
  pushing,
  scraping,
  sidecarMesh,
} from './a-stack';

const OUT = 'traffic.sidecar.istio.io/includeOutboundPorts';
const RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const EXCLUDED_RANGES = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const EXCLUDED_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';
const EXCLUDED_IN = 'traffic.sidecar.istio.io/excludeInboundPorts';
const STRICT = sidecarMesh({ mtls: MtlsMode.STRICT });
const FIELD = 'spec.template.metadata.annotations';

const outside = (config: CollectorSettings): Tree[] =>
  agent({ labels: NOT_INJECTED, annotations: { [OUT]: undefined, [RANGES]: undefined }, config });
const scrapeOf = (target: string, job: Tree = {}) => scraping({ static_configs: [{ targets: [target] }], ...job });
const gateway = (labels = INJECTED) =>
  app('gateway', 'obs2', labels, [{ port: 4317, targetPort: 14317, name: 'grpc-otlp' }]);
const toGateway = pushing('gateway.obs2:4317', { tls: { insecure: true } }, 'otlp_grpc');

describe('connections that a sidecar should not take', () => {
  const facts = { ...sidecarMesh(), podCidrs: ['10.244.0.0/16'], nodeCidrs: ['10.0.0.0/16'] };
  const scraper = (annotations: AgentSettings['annotations']) =>
    agent({ annotations, config: scrapeOf('10.244.1.1:9090') });

  test('a scrape on the port of a backend', () => {
    const [finding, ...others] = findings(scraper({ [OUT]: '4317,9090' }), 'CT105', facts);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning', field: `${FIELD}[${OUT}]` });
    expect(finding?.fix).toBe(`Set ${EXCLUDED_RANGES} to "10.244.0.0/16,10.0.0.0/16".`);
  });

  test('not a scrape on another port, nor one whose address is excluded', () => {
    expect(findings(scraper({ [OUT]: '4317' }), 'CT105', facts)).toEqual([]);
    expect(findings(scraper({ [OUT]: '9090', [EXCLUDED_RANGES]: '10.244.0.0/16' }), 'CT105', facts)).toEqual([]);
  });

  test('nothing is wrong with a scrape through a sidecar that takes everything', () => {
    expect(findings(scraper({ [OUT]: undefined, [RANGES]: '*' }), 'CT105', facts)).toEqual([]);
  });

  test('a scrape of addresses that are included', () => {
    expect(findings(scraper({ [OUT]: undefined, [RANGES]: '10.0.0.0/8' }), 'CT105', facts)).toMatchObject([
      { field: `${FIELD}[${RANGES}]` },
    ]);
  });

  test('a scrape that the mesh refuses', () => {
    const registryOnly = { ...facts, mesh: sidecarMesh({ registryOnly: true }).mesh };
    const [finding, ...others] = findings(scraper({ [OUT]: '4317,9090' }), /CT105|CT12[01]|CT50/, registryOnly);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT121', severity: 'error', field: `${FIELD}[${OUT}]` });
  });

  const discovering = (annotations: AgentSettings['annotations']) =>
    agent({ annotations, config: scraping({ kubernetes_sd_configs: [{ role: 'pod' }] }) });

  test('the Kubernetes API because a backend uses 443', () => {
    const [finding, ...others] = findings(discovering({ [OUT]: '443,4317' }), 'CT106', sidecarMesh());
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning', field: `${FIELD}[${OUT}]` });
    expect(finding?.message).toContain(
      'on port 443 go through its sidecar, because includeOutboundPorts is "443,4317"',
    );
  });

  test('not the Kubernetes API at an excluded address', () => {
    const known = { ...sidecarMesh(), apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: [], ports: [443] } };
    const annotations = { [OUT]: '443', [EXCLUDED_RANGES]: '10.96.0.1/32' };
    expect(findings(discovering(annotations), 'CT106', known)).toEqual([]);
    const [finding] = findings(discovering({ [OUT]: '443' }), 'CT106', known);
    expect(finding?.fix).toContain('"10.96.0.1/32"');
  });

  test('a host that a REGISTRY_ONLY mesh does not know', () => {
    const registryOnly = sidecarMesh({ registryOnly: true });
    const manifests = agent({ annotations: { [OUT]: '443' }, config: pushing('https://otlp.vendor.example') });
    const [finding] = findings(manifests, /CT120|CT50/, registryOnly);
    expect(finding).toMatchObject({ code: 'CT120', severity: 'error', object: 'ConfigMap/obs/agent' });
    expect(finding?.fix).toContain('ServiceEntry with host otlp.vendor.example and port 443');
    expect(findings(manifests, /CT120|CT50/)).toEqual([]);
  });
});

describe('backends in the mesh that the sidecar does not take', () => {
  const BYPASSED = /CT10[789]/;
  const pusher = (annotations: AgentSettings['annotations']) => [
    ...agent({ annotations, config: toGateway }),
    ...gateway(),
  ];
  const facts = { ...sidecarMesh(), serviceCidrs: ['10.96.0.0/16'], podCidrs: ['10.244.0.0/16'] };

  test('none when its port is listed', () => {
    expect(findings(pusher({ [OUT]: '4317' }), BYPASSED, facts)).toEqual([]);
  });

  test('the port is missing', () => {
    const [finding, ...others] = findings(pusher({ [OUT]: '9090' }), BYPASSED, facts);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT109', severity: 'warning', field: `${FIELD}[${OUT}]` });
    expect(finding?.fix).toBe(`Set ${OUT} to "4317,9090".`);
  });

  test('the target port stands there instead', () => {
    const [finding, ...others] = findings(pusher({ [OUT]: '14317,9090' }), BYPASSED, facts);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT108', severity: 'warning' });
    expect(finding?.fix).toBe(`Set ${OUT} to "4317,9090".`);
  });

  test('its address is excluded', () => {
    const annotations = { [OUT]: '4317', [EXCLUDED_RANGES]: '10.96.0.0/16' };
    expect(findings(pusher(annotations), BYPASSED, facts)).toMatchObject([
      { code: 'CT107', field: `${FIELD}[${EXCLUDED_RANGES}]` },
    ]);
  });

  test('its port is excluded', () => {
    expect(findings(pusher({ [OUT]: '4317', [EXCLUDED_PORTS]: '4317' }), BYPASSED, facts)).toMatchObject([
      { code: 'CT107', field: `${FIELD}[${EXCLUDED_PORTS}]` },
    ]);
  });

  test('a headless Service resolves to excluded pods', () => {
    const headless = app('gateway', 'obs2', INJECTED, [{ port: 4317, name: 'grpc' }], {
      service: { clusterIP: 'None' },
    });
    const annotations = { [OUT]: '4317', [EXCLUDED_RANGES]: '10.244.0.0/16' };
    const [finding] = findings([...agent({ annotations, config: toGateway }), ...headless], BYPASSED, facts);
    expect(finding).toMatchObject({ code: 'CT107' });
    expect(finding?.fix).toBe('Send to a Service with a cluster IP.');
  });

  test('a backend outside the mesh need not be intercepted', () => {
    const manifests = [...agent({ annotations: { [OUT]: '9090' }, config: toGateway }), ...gateway(NOT_INJECTED)];
    expect(findings(manifests, BYPASSED, facts)).toEqual([]);
  });
});

describe('connections that fail', () => {
  const web = (labels = INJECTED, annotations = {}) =>
    app('web', 'shop', labels, [{ port: 8080, name: 'http' }], { annotations });
  const target = 'web.shop:8080';
  const tls_config = {
    cert_file: '/certs/cert-chain.pem',
    key_file: '/certs/key.pem',
    ca_file: '/certs/root-cert.pem',
  };
  const withCertificates = (target: string): AgentSettings => ({
    config: scrapeOf(target, { scheme: 'https', tls_config }),
    volumes: [{ name: 'istio-certs', emptyDir: { medium: 'Memory' } }],
    mounts: [{ name: 'istio-certs', mountPath: '/certs', readOnly: true }],
    annotations: {
      'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true\nproxyMetadata: {OUTPUT_CERTS: /out}',
      'sidecar.istio.io/userVolumeMount': '[{"name":"istio-certs","mountPath":"/out"}]',
    },
  });
  const FAILING = /CT11[23]|CT20[89]|CT319|CT50[12]/;

  test('none when the scheme follows the mode', () => {
    expect(findings([...agent(withCertificates(target)), ...web()], FAILING, STRICT)).toEqual([]);
    expect(findings([...agent({ config: scrapeOf(target) }), ...web()], FAILING)).toEqual([]);
  });

  test('a plaintext scrape of a STRICT target', () => {
    const [finding, ...others] = findings([...agent({ config: scrapeOf(target) }), ...web()], FAILING, STRICT);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT209', severity: 'error', object: 'ConfigMap/obs/agent' });
  });

  test('a scrape with certificates of a PERMISSIVE target', () => {
    const [finding, ...others] = findings([...agent(withCertificates(target)), ...web()], FAILING);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT208', severity: 'error' });
    expect(finding?.fix).toBe('Set scheme: http for this target.');
  });

  test('a scrape with certificates of a target outside the mesh, unless it serves TLS itself', () => {
    const [finding, ...others] = findings([...agent(withCertificates(target)), ...web(NOT_INJECTED)], FAILING);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT208', severity: 'warning' });
    expect(finding?.message).toMatch(/This holds only if the program does not serve TLS itself\.$/);
  });

  test('a scrape with certificates of a target in ambient mode, whatever its mutual TLS mode', () => {
    const ambient = { ...NO_MESH, mesh: { mode: 'ambient' as const } };
    const server = web({ 'istio.io/dataplane-mode': 'ambient' });
    const [finding, ...others] = findings([...agent(withCertificates(target)), ...server], FAILING, ambient);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT208', severity: 'error' });
    expect(finding?.message).toMatch(/, but ztunnel does not end its TLS\.$/);
  });

  test('a job that another job of the same configuration makes no milder', () => {
    const discovery = { kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: ['shop'] } }] };
    const relabel_configs = [
      { source_labels: ['__meta_kubernetes_pod_annotation_prometheus_io_scrape'], regex: 'true', action: 'keep' },
      { source_labels: ['__meta_kubernetes_pod_container_port_number'], regex: '8080', action: 'keep' },
    ];
    const refused = { job_name: 'plain', ...discovery, relabel_configs };
    const works = { job_name: 'encrypted', ...discovery, scheme: 'https', tls_config };
    const severities = (scrape_configs: readonly Tree[]) => {
      const receivers = { prometheus: { config: { scrape_configs } } };
      const { service } = scrapeOf(target);
      const settings = { ...withCertificates(target), config: { receivers, service: service ?? {} } };
      return findings(agent(settings), 'CT209', STRICT).map(({ severity }) => severity);
    };
    expect(severities([refused])).toEqual(['error']);
    expect(severities([refused, works])).toEqual(['error']);
  });

  test('a scraper outside the mesh at a STRICT port, and not at an excluded one', () => {
    const [finding, ...others] = findings([...outside(scrapeOf(target)), ...web()], FAILING, STRICT);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT113', severity: 'error', object: 'Deployment/shop/web' });
    expect(finding?.fix).toContain('"8080"');
    expect(
      findings([...outside(scrapeOf(target)), ...web(INJECTED, { [EXCLUDED_IN]: '8080' })], FAILING, STRICT),
    ).toEqual([]);
  });

  test('a client in the mesh at a port that is not captured', () => {
    const manifests = [
      ...agent({ annotations: { [OUT]: '8080' }, config: pushing('http://web.shop:8080') }),
      ...web(INJECTED, { [EXCLUDED_IN]: '8080' }),
    ];
    const [finding, ...others] = findings(manifests, FAILING);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT112', severity: 'error', object: 'Deployment/shop/web' });
    expect(finding?.fix).toContain('web.shop.svc.cluster.local with tls mode DISABLE on port 8080');
  });

  test('a webhook behind a STRICT sidecar', () => {
    const webhook = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'v' },
      webhooks: [{ name: 'v.example.org', clientConfig: { service: { namespace: 'shop', name: 'web', port: 8080 } } }],
    };
    expect(findings([...web(), webhook], FAILING, STRICT)).toMatchObject([
      { code: 'CT319', severity: 'error', object: 'Deployment/shop/web' },
    ]);
    expect(findings([...web(NOT_INJECTED), webhook], FAILING, STRICT)).toEqual([]);
  });

  test('a port that the Service does not have', () => {
    const manifests = [...agent({ config: pushing('http://gateway.obs2:14317') }), ...gateway()];
    const [finding, ...others] = findings(manifests, FAILING);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT502', severity: 'error' });
    expect(finding?.fix).toBe('Dial 4317, the port of Service obs2/gateway, instead of its target port 14317.');
  });

  test.each([
    ['it is listed', { [OUT]: '15090' }, `Take port 15090 out of ${OUT}: the sidecar uses it itself.`],
    [
      'the sidecar takes every address',
      { [OUT]: undefined, [RANGES]: '*' },
      `Add port 15090 to ${EXCLUDED_PORTS}: the sidecar uses it itself.`,
    ],
    [
      'the sidecar takes its address',
      { [OUT]: undefined, [RANGES]: '10.0.0.0/8' },
      `Add port 15090 to ${EXCLUDED_PORTS}: the sidecar uses it itself.`,
    ],
    [
      'it is listed and the sidecar takes every address',
      { [OUT]: '15090', [RANGES]: '*' },
      `Add port 15090 to ${EXCLUDED_PORTS}, and take port 15090 out of ${OUT}: the sidecar uses it itself.`,
    ],
  ])("a port of the client's own Envoy, because %s", (_, annotations, fix) => {
    const manifests = agent({ annotations, config: scrapeOf('10.0.0.1:15090') });
    expect(findings(manifests, 'CT502')).toMatchObject([{ severity: 'error', fix }]);
  });

  test('what is refused without a code of its own', () => {
    const manifests = [...agent({ annotations: { [OUT]: '9090' }, config: toGateway }), ...gateway()];
    expect(findings(manifests, FAILING, STRICT)).toMatchObject([{ code: 'CT501', severity: 'error' }]);
  });

  test('plaintext from ambient to STRICT sidecars, which only HBONE gets through', () => {
    const ofApp = { source_labels: ['__meta_kubernetes_pod_container_name'], regex: 'app', action: 'keep' };
    const discovery = [{ role: 'pod', namespaces: { names: ['shop'] } }];
    const config = scraping({ kubernetes_sd_configs: discovery, relabel_configs: [ofApp] });
    const labels = { ...NOT_INJECTED, 'istio.io/dataplane-mode': 'ambient' };
    const strict = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: 'istio-system' },
      spec: { mtls: { mode: 'STRICT' } },
    };
    const manifests = [...agent({ labels, config }), namespace('shop', { 'istio-injection': 'enabled' }), strict];
    const { flows } = planned(manifests, { ...NO_FACTS, mesh: { mode: 'ambient' } });
    const scrapes = flows.filter(({ purpose }) => purpose === 'scrape');
    expect(scrapes.map(({ to, verdict }) => `${to.dataPlane} ${verdict}`).sort()).toEqual([
      'none works',
      'sidecar unknown',
    ]);
  });

  test('is named in the row of the plan', () => {
    const { flows } = planned([...agent({ config: scrapeOf(target) }), ...web()], STRICT);
    expect(flows.find(({ purpose }) => purpose === 'scrape')?.findings).toEqual(['CT209']);
    expect(flows.find(({ purpose }) => purpose === 'resolve')?.findings).toEqual([]);
  });
});

describe('encryption', () => {
  test('TLS of its own for a backend in the mesh', () => {
    const config = pushing('https://gateway.obs2:4317');
    expect(findings([...agent({ config }), ...gateway()], 'CT212')).toMatchObject([{ severity: 'warning' }]);
    expect(findings([...agent({ config: toGateway }), ...gateway()], 'CT212')).toEqual([]);
    expect(findings([...agent({ config }), ...gateway(NOT_INJECTED)], 'CT212')).toEqual([]);
  });

  test('plaintext to the outside', () => {
    const [finding] = findings(outside(pushing('http://otlp.vendor.example')), 'CT213');
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(finding?.fix).toContain('https://otlp.vendor.example');
    expect(findings(outside(pushing('https://otlp.vendor.example')), 'CT213')).toEqual([]);
  });

  test('an address of a private range may be in the cluster', () => {
    expect(findings(outside(pushing('http://192.168.7.7:4318')), 'CT213')).toEqual([]);
    expect(findings(outside(pushing('http://203.0.113.7:4318')), 'CT213')).toHaveLength(1);
  });

  test('a server that nobody verifies', () => {
    const config = pushing('https://otlp.vendor.example', { tls: { insecure_skip_verify: true } });
    const [finding] = findings(outside(config), 'CT214');
    expect(finding).toMatchObject({
      severity: 'warning',
      field: 'data[c.yaml].exporters[otlp_http/backend].tls.insecure_skip_verify',
    });
    expect(
      findings(outside(pushing('https://otlp.vendor.example', { tls: { insecure_skip_verify: false } })), 'CT214'),
    ).toEqual([]);
  });

  test('a kubelet that nobody verifies gets the token', () => {
    const config = {
      receivers: {
        kubelet_stats: {
          auth_type: 'serviceAccount',
          endpoint: 'https://${env:NODE_IP}:10250',
          insecure_skip_verify: true,
        },
      },
      service: { pipelines: { metrics: { receivers: ['kubelet_stats'], exporters: ['debug'] } } },
    };
    const env = [{ name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }];
    const [finding] = findings(agent({ config, container: { env } }), 'CT214');
    expect(finding?.message).toContain('the token of the ServiceAccount');
  });

  describe('TLS of scraped pods', () => {
    const job = (relabel: Tree[], tls_config?: Tree) =>
      scraping({
        job_name: 'x',
        scheme: 'https',
        ...(tls_config && { tls_config }),
        kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: ['shop'] } }],
        relabel_configs: relabel,
      });
    const annotated = { source_labels: ['__meta_kubernetes_pod_annotation_tls'], regex: 'true', action: 'keep' };
    const about = (code: string, config: CollectorSettings) => findings(outside(config), code, NO_MESH);

    test('that public authorities would have to certify', () => {
      expect(about('CT217', job([]))).toMatchObject([
        {
          severity: 'warning',
          message: expect.stringContaining('works only if the certificate names the address of the pod') as string,
          field: 'data[c.yaml].receivers.prometheus.config.scrape_configs[0]',
        },
      ]);
    });

    test('is said in the row alone where annotations decide', () => {
      const { findings: all, flows } = planned(outside(job([annotated])), NO_MESH);
      expect(all.filter(({ code }) => code === 'CT217')).toEqual([]);
      expect(flows.find(({ purpose }) => purpose === 'scrape')?.why).toContain(
        'The certificate has to name the address of the pod and be of a public authority.',
      );
    });

    test.each([{ ca_file: '/ca.crt' }, { server_name: 'apps.example.org' }, { insecure_skip_verify: true }])(
      'with %j is verified otherwise',
      (tls) => {
        expect(about('CT217', job([], tls))).toEqual([]);
      },
    );

    test('that nobody verifies', () => {
      const [finding] = about('CT214', job([], { insecure_skip_verify: true }));
      expect(finding).toMatchObject({ severity: 'warning' });
      expect(finding?.message).toContain('whoever answers in its place is believed');
    });
  });

  test('Istio certificates cannot be verified', () => {
    const tls_config = { cert_file: '/c/cert-chain.pem', key_file: '/c/key.pem', insecure_skip_verify: true };
    const volumes = [{ name: 'istio-certs', emptyDir: {} }];
    const mounts = [{ name: 'istio-certs', mountPath: '/c' }];
    const config = scrapeOf('10.0.0.1:8080', { scheme: 'https', tls_config });
    expect(findings(agent({ config, volumes, mounts }), 'CT214')).toEqual([]);
  });
});

describe('what nobody has declared', () => {
  test('a Service', () => {
    const [finding, ...others] = findings(agent({ config: toGateway }), 'CT503');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'info', object: 'ConfigMap/obs/agent' });
    expect(finding?.fix).toContain('{namespace: obs2, name: gateway, ports: [{port: 4317}]');
    expect(findings(agent({ config: toGateway }), 'CT503', NO_MESH)).toEqual([]);
  });

  test.each([
    ['sidecar or none', sidecarMesh()],
    ['sidecar, ambient or none', { ...NO_FACTS, mesh: { mode: 'ambient' } }],
    ['sidecar, ambient or none', NO_FACTS],
  ] as const)('how its pods may take part in the mesh: %s', (membership, facts) => {
    const [finding] = findings(agent({ config: toGateway }), 'CT503', facts);
    expect(finding?.fix).toContain(`, mesh: ${membership}}`);
  });

  test('not a Service that a job discovers: nobody can name it', () => {
    const discovered = scraping({ kubernetes_sd_configs: [{ role: 'service' }] });
    const plan = planned(agent({ config: discovered }));
    expect(plan.findings.filter(({ code }) => code === 'CT503')).toEqual([]);
    expect(plan.flows.find(({ to }) => to.kind === 'service')?.why).toContain('describe the discovered Service');
  });

  test('a Service of which only the address is known', () => {
    const facts = { ...sidecarMesh(), serviceCidrs: ['10.96.0.0/16'] };
    const [finding] = findings(agent({ config: pushing('http://10.96.0.7:4318') }), 'CT503', facts);
    expect(finding?.message).toContain('describe the Service with the address 10.96.0.7:');
  });

  test('the mesh', () => {
    const manifests = [...outside(scrapeOf('gateway.obs2:4317')), ...gateway(), namespace('obs2')];
    const undeclared = { ...sidecarMesh(), mesh: undefined } as never;
    expect(findings(manifests, 'CT901', undeclared)).toMatchObject([{ severity: 'info', field: 'mesh' }]);
    expect(findings(manifests, 'CT901')).toEqual([]);
  });
});

test('a Prometheus outside the mesh and its targets have no finding', () => {
  const config = { scrape_configs: [{ job_name: 'self', static_configs: [{ targets: ['localhost:9090'] }] }] };
  expect(findings(prometheus({ config }), /CT[1256]/, STRICT)).toEqual([]);
});
