import { read, refusal } from './reading';

const object = (apiVersion: string, kind: string, name = 'a', rest = '') =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: b}${rest}}\n---\n`;
const reasons = (text: string) => read(text).notAnalysed.map(({ object: id, reason }) => `${id}: ${reason}`);

describe('a kind that influences traffic and is not read', () => {
  test.each([
    ['cilium.io/v2', 'CiliumNetworkPolicy', 'allows or denies connections'],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', 'allows or denies connections'],
    ['projectcalico.org/v3', 'NetworkPolicy', 'allows or denies connections'],
    ['projectcalico.org/v3', 'GlobalNetworkPolicy', 'allows or denies connections'],
    ['crd.projectcalico.org/v1', 'NetworkPolicy', 'allows or denies connections'],
    ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', 'allows or denies connections'],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'allows or denies connections'],
    ['policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', 'allows or denies connections'],
    ['security.istio.io/v1', 'AuthorizationPolicy', 'allows or denies requests'],
    ['security.istio.io/v1', 'RequestAuthentication', 'allows or denies requests'],
    ['networking.istio.io/v1', 'VirtualService', 'changes where or how proxies connect'],
    ['networking.istio.io/v1', 'Gateway', 'changes where or how proxies connect'],
    ['networking.istio.io/v1alpha3', 'EnvoyFilter', 'changes where or how proxies connect'],
    ['networking.istio.io/v1', 'WorkloadEntry', 'changes where or how proxies connect'],
    ['networking.istio.io/v1', 'WorkloadGroup', 'changes where or how proxies connect'],
    ['networking.istio.io/v1beta1', 'ProxyConfig', 'changes where or how proxies connect'],
    ['telemetry.istio.io/v1', 'Telemetry', 'changes where or how proxies connect'],
    ['opentelemetry.io/v1beta1', 'OpenTelemetryCollector', 'an operator makes workloads of it'],
    ['opentelemetry.io/v1alpha1', 'Instrumentation', 'an operator makes workloads of it'],
    ['monitoring.coreos.com/v1', 'Prometheus', 'an operator makes workloads of it'],
    ['monitoring.coreos.com/v1alpha1', 'PrometheusAgent', 'an operator makes workloads of it'],
    ['monitoring.coreos.com/v1', 'ServiceMonitor', 'makes scrape jobs of it'],
    ['monitoring.coreos.com/v1', 'PodMonitor', 'makes scrape jobs of it'],
    ['monitoring.coreos.com/v1alpha1', 'ScrapeConfig', 'makes scrape jobs of it'],
    ['monitoring.coreos.com/v1', 'Probe', 'makes scrape jobs of it'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'renders manifests that are not here'],
    ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'renders manifests that are not here'],
    ['argoproj.io/v1alpha1', 'Application', 'renders manifests that are not here'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'a gateway connects'],
    ['networking.k8s.io/v1', 'Ingress', 'a gateway connects'],
  ])('%s %s is told', (apiVersion, kind, reason) => {
    const { inventory, notAnalysed } = read(object(apiVersion, kind));
    expect(notAnalysed).toEqual([
      { object: `${kind}/b/a`, field: '', reason: expect.stringContaining(reason) as string },
    ]);
    expect(inventory.networkPolicies).toEqual([]);
  });

  test('is told for each object', () => {
    expect(
      reasons(
        object('security.istio.io/v1', 'AuthorizationPolicy') +
          object('security.istio.io/v1', 'AuthorizationPolicy', 'c'),
      ),
    ).toHaveLength(2);
  });

  test('without name is told by its place', () => {
    expect(reasons('{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, resources: []}')).toEqual([
      'Kustomization (app.yaml, document 1): it renders manifests that are not here; run kustomize build first',
    ]);
  });
});

test.each([
  ['v1', 'ServiceAccount'],
  ['v1', 'PersistentVolumeClaim'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['storage.k8s.io/v1', 'StorageClass'],
  ['coordination.k8s.io/v1', 'Lease'],
  ['scheduling.k8s.io/v1', 'PriorityClass'],
  ['cert-manager.io/v1', 'Certificate'],
  ['cert-manager.io/v1', 'Issuer'],
  ['monitoring.coreos.com/v1', 'PrometheusRule'],
])('%s %s has no influence on traffic, whatever its name', (apiVersion, kind) => {
  expect(reasons(object(apiVersion, kind, '"system:a"'))).toEqual([]);
});

describe('a kind that nobody knows', () => {
  test('is told once, with its group and number', () => {
    const unknown = ['a', 'c', 'd'].map((name) => object('example.com/v1', 'Database', name)).join('');
    expect(reasons(unknown + object('example.org/v1', 'Database'))).toEqual([
      'Database/b/a: kind Database (example.com) is not known to the planner; 2 more of this kind',
      'Database/b/a: kind Database (example.org) is not known to the planner',
    ]);
  });

  test('is not taken for a known one of another group', () => {
    const { inventory, notAnalysed } = read(object('serving.knative.dev/v1', 'Service', 'a', ', spec: {ports: x}'));
    expect(inventory.services).toEqual([]);
    expect(notAnalysed).toMatchObject([{ reason: 'kind Service (serving.knative.dev) is not known to the planner' }]);
  });

  test('cannot write into the report with its name', () => {
    expect(reasons('{apiVersion: example.com/v1, kind: X, metadata: {name: "a\\n# b"}}')).toEqual([
      'X (app.yaml, document 1): kind X (example.com) is not known to the planner',
    ]);
  });
});

describe('an object that is defined twice', () => {
  const first = object('v1', 'ConfigMap', 'a', ', data: {x: "1"}');
  const second = object('v1', 'ConfigMap', 'a', ', data: {x: "2"}');

  test('is planned as it stands first, and both places are told', () => {
    const { inventory, notAnalysed } = read(first + second);
    expect(inventory.configMaps.get('b/a')?.data).toEqual({ x: '1' });
    expect(notAnalysed).toEqual([
      {
        object: 'ConfigMap/b/a',
        field: '',
        reason:
          'defined twice with different content: in app.yaml, document 1 and in app.yaml, document 2; the first is planned',
      },
    ]);
  });

  test('with the same content is one object', () => {
    const { inventory, notAnalysed } = read(first + first);
    expect(inventory.configMaps.size).toBe(1);
    expect(notAnalysed).toEqual([]);
  });

  test('in another namespace or of another kind is another object', () => {
    expect(read(first + first.replace('namespace: b', 'namespace: c') + object('v1', 'Secret')).notAnalysed).toEqual(
      [],
    );
  });
});

test('kind and apiVersion of a document that nobody parsed are checked too', () => {
  expect(refusal('{apiVersion: v1, kind: Pod, metadata: 5}')).toContain('Pod: metadata: got 5; allowed: a mapping');
});
