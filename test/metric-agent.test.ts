import { Size } from 'cdk8s';
import { type ContainerResources, Cpu } from 'cdk8s-plus-28';
import { parse } from 'yaml';
import {
  BackendPlacement,
  Cluster,
  type ClusterProps,
  Interception,
  IstioMesh,
  MetricAgent,
  type MetricAgentOptions,
  MetricInput,
  MtlsMode,
  PersistentQueue,
  PipelineBackend,
  ServiceKind,
} from '../src';
import { collectorConfig, type Manifest, manifest, newChart, policyOf, templateOf } from './support/manifests';

interface Setup extends MetricAgentOptions {
  cluster?: Partial<ClusterProps>;
  urls?: Record<string, string>;
  placement?: BackendPlacement;
  inputs?: MetricInput[];
  persistentQueue?: PersistentQueue;
}

/** The manifests of an agent with gRPC backends, by default one in a mesh with sidecars. */
function agent({ cluster, urls, placement, persistentQueue, ...props }: Setup = {}): Manifest[] {
  const chart = newChart();
  const backends = Object.entries(urls ?? { gateway: 'http://gateway.obs:4317' }).map(([name, url]) =>
    PipelineBackend.otlpGrpc(chart, name, { url, placement: placement ?? BackendPlacement.inMesh(), persistentQueue }),
  );
  new MetricAgent(chart, 'agent', {
    cluster: Cluster.of({ mesh: IstioMesh.sidecar(), ...cluster }),
    backends,
    ...props,
  });
  return chart.toJson() as Manifest[];
}

const annotations = (manifests: Manifest[]): Record<string, string> =>
  templateOf(manifest(manifests, 'DaemonSet')).metadata.annotations ?? {};
const traffic = (name: string): string => `traffic.sidecar.istio.io/${name}`;
const proxyConfig = (manifests: Manifest[]): unknown => parse(annotations(manifests)['proxy.istio.io/config'] ?? '');

const strict = { mesh: IstioMesh.sidecar({ mtls: MtlsMode.STRICT }) };
const scrape = [MetricInput.prometheus()];

describe('ADR 26: the sidecar intercepts what goes to backends', () => {
  const urls = { a: 'http://a.ns:9090', b: 'http://b.ns:443', c: 'http://c.ns:9090', d: 'http://d.ns:4317' };

  test('ports are sorted by number and unique, and nothing is intercepted by address', () => {
    expect(annotations(agent({ urls }))).toMatchObject({
      [traffic('includeOutboundPorts')]: '443,4317,9090',
      [traffic('includeOutboundIPRanges')]: '',
    });
  });

  test('scrapes, kubelet and API server go direct on the same ports once their addresses are known', () => {
    const cluster = {
      podCidrs: ['10.244.0.0/16'],
      nodeCidrs: ['10.10.0.0/16'],
      apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: ['10.10.0.4/32'] },
    };
    expect(annotations(agent({ urls, cluster }))[traffic('excludeOutboundIPRanges')]).toBe(
      '10.244.0.0/16,10.10.0.0/16,10.96.0.1/32,10.10.0.4/32',
    );
  });

  test('without known addresses there is no exclusion', () => {
    expect(annotations(agent({ urls }))).not.toHaveProperty([traffic('excludeOutboundIPRanges')]);
  });

  test('MESH_BACKENDS leaves backends outside the mesh alone', () => {
    const placement = BackendPlacement.inCluster();
    const manifests = agent({ interception: Interception.MESH_BACKENDS, placement });
    expect(templateOf(manifest(manifests, 'DaemonSet')).metadata.labels).toMatchObject({
      'sidecar.istio.io/inject': 'false',
      'istio.io/dataplane-mode': 'none',
    });
  });

  test('SERVICE_CIDRS intercepts by address and excludes the API server', () => {
    const cluster = { serviceCidrs: ['10.96.0.0/16'], apiServer: { serviceIps: ['10.96.0.1'] } };
    const found = annotations(agent({ interception: Interception.SERVICE_CIDRS, cluster }));
    expect(found).toMatchObject({
      [traffic('includeOutboundIPRanges')]: '10.96.0.0/16',
      [traffic('excludeOutboundIPRanges')]: '10.96.0.1/32',
    });
    expect(found).not.toHaveProperty([traffic('includeOutboundPorts')]);
  });

  test('the metrics port stays open for Prometheus outside the mesh', () => {
    expect(annotations(agent())).toMatchObject({
      [traffic('includeInboundPorts')]: '*',
      [traffic('excludeInboundPorts')]: '8888,8889',
    });
  });

  test('the collector waits for the sidecar, and the sidecar for the collector', () => {
    expect(proxyConfig(agent())).toEqual({ holdApplicationUntilProxyStarts: true, terminationDrainDuration: '20s' });
  });

  test('a dual-stack mesh is told so', () => {
    const cluster = { mesh: IstioMesh.sidecar({ dualStack: true }), podCidrs: ['10.244.0.0/16', 'fd00::/48'] };
    expect(proxyConfig(agent({ cluster }))).toMatchObject({ proxyMetadata: { ISTIO_DUAL_STACK: 'true' } });
  });

  test('a native sidecar needs neither', () => {
    const manifests = agent({ cluster: { mesh: IstioMesh.sidecar({ nativeSidecars: true }) } });
    expect(annotations(manifests)).toMatchObject({ 'sidecar.istio.io/nativeSidecar': 'true' });
    expect(annotations(manifests)).not.toHaveProperty(['proxy.istio.io/config']);
  });

  test('injection is asked for by a label of the pod, with the revision if there is one', () => {
    const manifests = agent({ cluster: { mesh: IstioMesh.sidecar({ revision: 'stable' }) } });
    expect(templateOf(manifest(manifests, 'DaemonSet')).metadata.labels).toMatchObject({
      'sidecar.istio.io/inject': 'true',
      'istio.io/rev': 'stable',
    });
  });
});

describe('ADR 26: certificates', () => {
  test('are written by the sidecar and read by the collector on one memory volume', () => {
    const manifests = agent({ cluster: strict, inputs: scrape });
    const template = templateOf(manifest(manifests, 'DaemonSet'));
    expect(proxyConfig(manifests)).toMatchObject({ proxyMetadata: { OUTPUT_CERTS: '/etc/istio-output-certs' } });
    expect(JSON.parse(annotations(manifests)['sidecar.istio.io/userVolumeMount'] ?? '')).toEqual([
      { name: 'istio-certs', mountPath: '/etc/istio-output-certs' },
    ]);
    expect(template.spec.volumes).toContainEqual({
      name: 'istio-certs',
      emptyDir: { medium: 'Memory', sizeLimit: '1Mi' },
    });
    expect(template.spec.containers[0]?.volumeMounts).toContainEqual({
      name: 'istio-certs',
      mountPath: '/etc/prom-certs',
      readOnly: true,
    });
    const jobs = collectorConfig(manifests).receivers['prometheus/prometheus']?.config?.scrape_configs ?? [];
    expect(jobs.filter((job) => job.tls_config).map((job) => [job.job_name, job.tls_config?.ca_file])).toEqual([
      ['pods', '/etc/prom-certs/root-cert.pem'],
      ['services', '/etc/prom-certs/root-cert.pem'],
    ]);
  });

  test.each<[string, Setup]>([
    ['in a PERMISSIVE mesh', { inputs: scrape }],
    ['without application scrapes', { cluster: strict, inputs: [MetricInput.runtime(), MetricInput.istio()] }],
    [
      'when the scraped namespaces are PERMISSIVE',
      {
        cluster: {
          mesh: IstioMesh.sidecar({ mtls: MtlsMode.STRICT, namespaceMtls: { legacy: MtlsMode.PERMISSIVE } }),
        },
        inputs: [MetricInput.prometheus({ namespaces: ['legacy'] })],
      },
    ],
    ['in ambient mode', { cluster: { mesh: IstioMesh.ambient() }, inputs: scrape }],
  ])('are absent %s', (_, setup) => {
    expect(JSON.stringify(agent(setup))).not.toMatch(/istio-certs|OUTPUT_CERTS|prom-certs/);
  });

  test('a STRICT namespace in a PERMISSIVE mesh is enough, and only it is scraped with them', () => {
    const mesh = IstioMesh.sidecar({ namespaceMtls: { bank: MtlsMode.STRICT } });
    const config = JSON.stringify(collectorConfig(agent({ cluster: { mesh }, inputs: scrape })));
    expect(config).toContain('istio;(bank)');
  });
});

describe('the scheme of a scrape follows the mode of the target', () => {
  const ledger = { namespace: 'bank', podLabels: { app: 'ledger' }, port: 9102 };
  const rules = (mesh: IstioMesh) =>
    collectorConfig(agent({ cluster: { mesh }, inputs: scrape }))
      .receivers['prometheus/prometheus']?.config?.scrape_configs[0]?.relabel_configs.filter(({ target_label }) =>
        /scheme(__)?$/.test(target_label ?? ''),
      )
      .map(({ regex, replacement }) => [regex, replacement]);

  test('a port of its own mode wins over its namespace, and plaintext ports over both', () => {
    const portMtls = [{ ...ledger, mode: MtlsMode.PERMISSIVE }];
    expect(rules(IstioMesh.sidecar({ namespaceMtls: { bank: MtlsMode.STRICT }, portMtls }))).toEqual([
      ['istio;(bank)', 'https'],
      ['istio;bank;.+:(9102);ledger', 'http'],
      ['.+:(15014|15020|15090)', 'http'],
      ['http', 'http'],
    ]);
  });

  test('a STRICT port in a PERMISSIVE mesh is enough for certificates', () => {
    const mesh = IstioMesh.sidecar({ portMtls: [{ ...ledger, mode: MtlsMode.STRICT }] });
    expect(rules(mesh)?.[0]).toEqual(['istio;bank;.+:(9102);ledger', 'https']);
    expect(JSON.stringify(agent({ cluster: { mesh }, inputs: scrape }))).toContain('OUTPUT_CERTS');
  });

  test('nothing is https without a STRICT target', () => {
    expect(rules(IstioMesh.sidecar())).toEqual([
      ['.+:(15014|15020|15090)', 'http'],
      ['http', 'http'],
    ]);
  });

  test.each([
    [15020, [undefined, 'http']],
    [9102, ['istio;(.+)', 'https']],
  ])('of a job that names port %i', (port, last) => {
    const input = MetricInput.scrapeJob({ name: 'x', podLabels: { app: 'x' }, port });
    const [job] =
      collectorConfig(agent({ cluster: strict, inputs: [input] })).receivers['prometheus/job-x']?.config
        ?.scrape_configs ?? [];
    const scheme = job?.relabel_configs.filter(({ target_label }) => target_label === '__scheme__').at(-1);
    expect([scheme?.regex, scheme?.replacement]).toEqual(last);
  });
});

test('resources of the sidecar are annotated all four or not at all', () => {
  const names = ['proxyCPU', 'proxyCPULimit', 'proxyMemory', 'proxyMemoryLimit'];
  const found = (setup: Setup) => names.map((name) => annotations(agent(setup))[`sidecar.istio.io/${name}`]);
  const sidecarResources = {
    cpuRequest: Cpu.millis(50),
    cpuLimit: Cpu.units(1),
    memoryRequest: Size.mebibytes(64),
    memoryLimit: Size.mebibytes(128),
  };
  expect(found({})).toEqual([undefined, undefined, undefined, undefined]);
  expect(found({ sidecarResources })).toEqual(['50m', '1', '64Mi', '128Mi']);
  const tooMuch = { ...sidecarResources, memoryRequest: Size.gibibytes(1) };
  expect(() => agent({ sidecarResources: tooMuch })).toThrow(/sidecarResources\.memoryRequest: got "1024Mi"/);
});

describe('RBAC follows the inputs', () => {
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };

  test('sidecars need pods and nothing else', () => {
    expect(manifest(agent({ inputs: [MetricInput.istio()] }), 'ClusterRole').rules).toEqual([pods]);
  });

  test('annotated Services add Services and EndpointSlices', () => {
    const manifests = agent({ inputs: scrape });
    expect(manifest(manifests, 'ClusterRole').rules).toEqual([
      pods,
      { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]);
    expect(manifests.map(({ kind }) => kind)).not.toContain('Lease');
  });

  test('in declared namespaces only, a Role each is enough', () => {
    const manifests = agent({ inputs: [MetricInput.prometheus({ namespaces: ['shop', 'bank'] })] });
    expect(manifest(manifests, 'ClusterRole').rules).toEqual([pods]);
    const roles = manifests
      .filter(({ kind }) => kind === 'Role')
      .map(({ metadata }) => [metadata.namespace, metadata.name]);
    expect(roles).toEqual([
      ['bank', 'ns-telemetry-metric-agent-discovery-bank'],
      ['shop', 'ns-telemetry-metric-agent-discovery-shop'],
    ]);
  });

  test('runtime metrics add the kubelet, object states and the Lease that leaders hold', () => {
    const manifests = agent({ inputs: [MetricInput.runtime()] });
    const name = 'telemetry-metric-agent-k8s-cluster';
    expect(manifest(manifests, 'Role').rules).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [name], verbs: ['get', 'update'] },
    ]);
    expect(collectorConfig(manifests).extensions).toMatchObject({ k8s_leader_elector: { lease_name: name } });
    // Argo CD applies no Lease, whoever renders it.
    expect(manifests.map(({ kind }) => kind)).not.toContain('Lease');
    const rules = JSON.stringify(manifest(manifests, 'ClusterRole').rules);
    expect(rules).toContain('nodes/stats');
    expect(rules).not.toMatch(/nodes\/proxy|secrets|"\*"|create|delete|patch/);
  });

  test('cluster-scoped objects have no namespace, though the chart has one', () => {
    expect(manifest(agent(), 'ClusterRole').metadata).not.toHaveProperty('namespace');
  });
});

describe('the agent’s NetworkPolicy', () => {
  test('names the target port of the backend, not its Service port', () => {
    const placement = BackendPlacement.inMesh({ podLabels: { app: 'gateway' }, targetPort: 14317 });
    const { egress } = policyOf(manifest(agent({ placement }), 'NetworkPolicy'));
    expect(egress.at(-1)).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'obs' } },
          podSelector: { matchLabels: { app: 'gateway' } },
        },
      ],
      ports: [{ port: 14317, protocol: 'TCP' }],
    });
  });

  test('opens istiod with a sidecar only', () => {
    const ports = (setup: Setup) =>
      policyOf(manifest(agent(setup), 'NetworkPolicy')).egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    const placement = BackendPlacement.inCluster();
    expect(ports({})).toContain(15012);
    expect(ports({ cluster: { mesh: IstioMesh.none() }, placement })).not.toContain(15012);
    expect(ports({ cluster: { mesh: IstioMesh.ambient() } })).toContain(15008);
  });

  test('lets an external backend be anywhere but in the cluster or on a link-local address', () => {
    const mesh = IstioMesh.sidecar({ dualStack: true });
    const cluster = { mesh, podCidrs: ['10.244.0.0/16', 'fd00:1::/48'], nodeCidrs: ['10.10.0.0/16'] };
    const urls = { vendor: 'https://otlp.vendor.example' };
    const { egress } = policyOf(
      manifest(agent({ cluster, urls, placement: BackendPlacement.external() }), 'NetworkPolicy'),
    );
    expect(egress.at(-1)).toEqual({
      to: [
        {
          ipBlock: {
            cidr: '0.0.0.0/0',
            except: ['169.254.0.0/16', '100.100.100.200/32', '10.244.0.0/16', '10.10.0.0/16'],
          },
        },
        { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::254/128', 'fd00:1::/48'] } },
      ],
      ports: [{ port: 443, protocol: 'TCP' }],
    });
  });

  test('admits nobody until a reader is added', () => {
    expect(policyOf(manifest(agent(), 'NetworkPolicy'))).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
    });
  });
});

describe('pods', () => {
  test('open the second metrics port only when there is something to report on it', () => {
    const ports = (input: MetricInput) =>
      (manifest(agent({ inputs: [input] }), 'Service').spec?.ports as { port: number }[]).map(({ port }) => port);
    expect(ports(MetricInput.runtime({ objectStates: false }))).toEqual([8888]);
    expect(ports(MetricInput.runtime())).toEqual([8888, 8889]);
    expect(ports(MetricInput.istio())).toEqual([8888, 8889]);
  });

  test('are on every node, whatever its taints', () => {
    expect(templateOf(manifest(agent(), 'DaemonSet')).spec.tolerations).toEqual([
      { operator: 'Exists', effect: 'NoSchedule' },
      { operator: 'Exists', effect: 'NoExecute' },
    ]);
  });

  test('wait for istio-cni before they start on a node', () => {
    const manifests = agent({ cluster: { mesh: IstioMesh.sidecar({ istioCni: true }) } });
    expect(templateOf(manifest(manifests, 'DaemonSet')).spec.tolerations).not.toContainEqual({
      operator: 'Exists',
      effect: 'NoSchedule',
    });
  });

  test('give the Go runtime four fifths of the memory limit', () => {
    const resources: ContainerResources = { memory: { limit: Size.mebibytes(500), request: Size.mebibytes(100) } };
    const [container] = templateOf(manifest(agent({ resources }), 'DaemonSet')).spec.containers;
    expect(container?.env).toContainEqual({ name: 'GOMEMLIMIT', value: '400MiB' });
    expect(container?.resources).toEqual({
      requests: { cpu: '100m', memory: '100Mi', 'ephemeral-storage': '64Mi' },
      limits: { memory: '500Mi', 'ephemeral-storage': '1024Mi' },
    });
  });

  test('of the disk make room for the queues on it', () => {
    const persistentQueue = PersistentQueue.emptyDir(Size.gibibytes(2));
    const [container] = templateOf(manifest(agent({ persistentQueue }), 'DaemonSet')).spec.containers;
    expect(container?.resources).toMatchObject({
      requests: { 'ephemeral-storage': '2112Mi' },
      limits: { 'ephemeral-storage': '3072Mi' },
    });
  });

  test('of the disk are what the user says, if the queues fit', () => {
    const ephemeralStorage = { request: Size.mebibytes(10), limit: Size.gibibytes(4) };
    const [container] = templateOf(manifest(agent({ resources: { ephemeralStorage } }), 'DaemonSet')).spec.containers;
    expect(container?.resources).toMatchObject({
      requests: { 'ephemeral-storage': '10Mi' },
      limits: { 'ephemeral-storage': '4096Mi' },
    });
  });

  test('lower the CPU request to a limit below it', () => {
    const resources: ContainerResources = { cpu: { limit: Cpu.millis(50) } };
    const [container] = templateOf(manifest(agent({ resources }), 'DaemonSet')).spec.containers;
    expect(container?.resources).toMatchObject({ requests: { cpu: '50m' }, limits: { cpu: '50m' } });
  });

  test('restart when the collector config changes', () => {
    const checksum = (urls: Record<string, string>) => annotations(agent({ urls }))['checksum/config'];
    expect(checksum({ a: 'http://a.ns:4317' })).toBe(checksum({ a: 'http://a.ns:4317' }));
    expect(checksum({ a: 'http://a.ns:4317' })).not.toBe(checksum({ a: 'http://a.ns:4318' }));
  });

  test('bracket IPv6 addresses where pods have them first', () => {
    const { receivers, extensions } = collectorConfig(agent({ cluster: { podCidrs: ['fd00::/48'] } }));
    expect(receivers.kubelet_stats?.endpoint).toBe('https://[${env:K8S_NODE_IP}]:10250');
    expect(extensions.health_check?.endpoint).toBe('[${env:POD_IP}]:13133');
  });
});

describe('fails on', () => {
  const podCidrs = ['10.244.0.0/16'];
  const headless = BackendPlacement.inMesh({ service: ServiceKind.HEADLESS });
  test.each<[string, Setup, RegExp]>([
    ['no input', { inputs: [] }, /chart\/agent: inputs: got \[\]/],
    ['an input given twice', { inputs: [MetricInput.istio(), MetricInput.istio()] }, /merge inputs of the same kind/],
    ['an in-mesh backend without a mesh', { cluster: { mesh: IstioMesh.none() } }, /chart\/gateway: placement/],
    ['a headless backend that would bypass the sidecar', { cluster: { podCidrs }, placement: headless }, /cluster IP/],
    [
      'a headless backend when Service addresses are intercepted',
      { interception: Interception.SERVICE_CIDRS, cluster: { serviceCidrs: ['10.96.0.0/16'] }, placement: headless },
      /SERVICE_CIDRS intercepts Service addresses only/,
    ],
    [
      'an in-mesh backend at an excluded address',
      {
        cluster: { podCidrs },
        urls: { pod: 'http://10.244.1.2:4317' },
        placement: BackendPlacement.inMesh({ namespace: 'ns' }),
      },
      /chart\/pod: url: got "10\.244\.1\.2".*name or cluster IP/,
    ],
    [
      'sidecar metrics without a mesh',
      {
        cluster: { mesh: IstioMesh.none() },
        placement: BackendPlacement.inCluster(),
        inputs: [MetricInput.istio()],
      },
      /istio input only where there is a mesh/,
    ],
    [
      'an in-mesh address that SERVICE_CIDRS does not intercept',
      {
        interception: Interception.SERVICE_CIDRS,
        cluster: { serviceCidrs: ['10.96.0.0/16'] },
        urls: { pod: 'http://10.244.1.2:4317' },
        placement: BackendPlacement.inMesh({ namespace: 'ns' }),
      },
      /intercepts nothing else/,
    ],
    [
      'a backend outside at an address of the cluster',
      {
        cluster: { nodeCidrs: ['10.10.0.0/16'] },
        urls: { x: 'https://10.10.0.9' },
        placement: BackendPlacement.external(),
      },
      /is an address of the cluster/,
    ],
    [
      'a disk limit below the queues',
      {
        resources: { ephemeralStorage: { limit: Size.gibibytes(1) } },
        persistentQueue: PersistentQueue.emptyDir(Size.gibibytes(2)),
      },
      /resources\.ephemeralStorage\.limit: got "1024Mi"; allowed: more than the 2048Mi/,
    ],
    [
      'a CPU request above the limit',
      { resources: { cpu: { request: Cpu.units(2), limit: Cpu.millis(500) } } },
      /resources\.cpu\.request: got "2"/,
    ],
    [
      'a memory limit of nothing',
      { resources: { memory: { limit: Size.kibibytes(100) } } },
      /resources\.memory\.limit: got "100 KiB"/,
    ],
    ['an interception that is none', { interception: 'foo' as unknown as Interception }, /interception: got "foo"/],
    ['both IP families in a mesh of one', { cluster: { podCidrs: ['10.244.0.0/16', 'fd00::/48'] } }, /dualStack: true/],
    ['unknown Service ranges', { interception: Interception.SERVICE_CIDRS }, /declare Cluster serviceCidrs/],
    [
      'a request above the limit',
      { resources: { memory: { request: Size.gibibytes(2) } } },
      /resources\.memory\.request: got "2048Mi"/,
    ],
  ])('%s', (_, setup, message) => {
    expect(() => agent(setup)).toThrow(message);
  });

  test('a headless in-mesh backend is fine as long as no pod address is excluded', () => {
    expect(annotations(agent({ placement: headless }))[traffic('includeOutboundPorts')]).toBe('4317');
  });

  test('two backends of one name', () => {
    const chart = newChart();
    const backends = ['a', 'b'].map((id) =>
      PipelineBackend.otlpGrpc(chart, id, {
        url: 'b.ns:4317',
        name: 'same',
        placement: BackendPlacement.inCluster(),
      }),
    );
    const cluster = Cluster.of({ mesh: IstioMesh.none() });
    expect(() => new MetricAgent(chart, 'agent', { cluster, backends })).toThrow(
      /^chart\/b: name: got "same"; allowed: a name that no other backend of chart\/agent has/,
    );
  });

  test('a namespace that is nowhere said', () => {
    const cluster = Cluster.of({ mesh: IstioMesh.none() });
    expect(() => new MetricAgent(newChart(''), 'agent', { cluster, backends: [], namespace: '' })).toThrow(/namespace/);
  });

  test.each(['kube-system', 'kube-public'])('namespace %s, where Istio never injects', (namespace) => {
    const cluster = Cluster.of({ mesh: IstioMesh.none() });
    expect(() => new MetricAgent(newChart(), 'agent', { cluster, backends: [], namespace })).toThrow(/never injects/);
  });

  test.each(['Telemetry', 'a_b', 'x'.repeat(41), '-a'])('instance %p', (instance) => {
    const cluster = Cluster.of({ mesh: IstioMesh.none() });
    expect(() => new MetricAgent(newChart(), 'agent', { cluster, backends: [], instance })).toThrow(/instance: got/);
  });
});
