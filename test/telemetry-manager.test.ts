import { parse } from 'yaml';
import {
  type ApiServerProps,
  Cluster,
  IstioMesh,
  PrometheusNoMesh,
  TelemetryManager,
  type TelemetryManagerOptions,
} from '../src';
import { fileOf, type Manifest, manifest, newChart, policyOf, templateOf } from './support/manifests';

const image = 'registry.example/manager:1';

interface Setup extends Partial<TelemetryManagerOptions> {
  namespace?: string;
  apiServer?: ApiServerProps;
}

function manager({ apiServer, ...props }: Setup = {}): Manifest[] {
  const chart = newChart();
  const prometheus = new PrometheusNoMesh(chart, 'prometheus', {
    cluster: Cluster.of({ mesh: IstioMesh.sidecar(), ...(apiServer && { apiServer }) }),
  });
  new TelemetryManager(chart, 'manager', { image, prometheus, ...props });
  return chart.toJson() as Manifest[];
}

const policy = (manifests: Manifest[], name: string) => policyOf(manifest(manifests, 'NetworkPolicy', name));

test('ADR 4: is outside the mesh', () => {
  expect(templateOf(manifest(manager(), 'Deployment')).metadata.labels).toMatchObject({
    'sidecar.istio.io/inject': 'false',
    'istio.io/dataplane-mode': 'none',
  });
});

test('ADR 4: exactly its pods, in its namespace, reach Prometheus', () => {
  const expected = (namespace: string) => [
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          podSelector: {
            matchLabels: { 'app.kubernetes.io/instance': 'telemetry', 'app.kubernetes.io/name': 'telemetry-manager' },
          },
        },
      ],
      ports: [{ port: 9090, protocol: 'TCP' }],
    },
  ];
  expect(policy(manager(), 'telemetry-prometheus').ingress).toEqual(expected('ns'));
  expect(policy(manager({ namespace: 'ops' }), 'telemetry-prometheus').ingress).toEqual(expected('ops'));
});

test('is told where Prometheus is', () => {
  const [container] = templateOf(manifest(manager(), 'Deployment')).spec.containers;
  expect(container?.env).toContainEqual({ name: 'PROMETHEUS_URL', value: 'http://telemetry-prometheus.ns.svc:9090' });
});

test('receives alerts from Prometheus only, at the port and path it declares', () => {
  const manifests = manager({ webhookPort: 9443, alertWebhookPath: '/alerts' });
  const config = parse(fileOf(manifest(manifests, 'ConfigMap'), 'prometheus.yml')) as { alerting: unknown };
  expect(config.alerting).toEqual({
    alertmanagers: [
      {
        api_version: 'v2',
        scheme: 'http',
        path_prefix: '/alerts',
        static_configs: [{ targets: ['telemetry-manager-webhook.ns.svc:9443'] }],
      },
    ],
  });
  expect(manifest(manifests, 'Service', 'telemetry-manager-webhook').spec?.ports).toEqual([
    { name: 'http-webhook', port: 9443, targetPort: 'http-webhook', protocol: 'TCP' },
  ]);
  const [rule, ...others] = policy(manifests, 'telemetry-manager').ingress;
  expect(others).toEqual([]);
  expect(rule?.ports).toEqual([{ port: 9443, protocol: 'TCP' }]);
  expect(JSON.stringify(rule?.from)).toContain('"app.kubernetes.io/name":"prometheus"');
});

test('has no rights, no token and no way to the API server by default', () => {
  const manifests = manager();
  expect(manifests.map(({ kind }) => kind)).not.toContain('Role');
  expect(templateOf(manifest(manifests, 'Deployment')).spec.automountServiceAccountToken).toBe(false);
  expect(policy(manifests, 'telemetry-manager').egress.flatMap(({ ports }) => ports.map((p) => p.port))).toEqual([
    53, 53, 9090,
  ]);
});

test('with rules gets exactly those, a token and the API server', () => {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
  const manifests = manager({ rules, clusterRules: rules });
  expect(manifest(manifests, 'Role').rules).toEqual(rules);
  expect(manifest(manifests, 'ClusterRole').rules).toEqual(rules);
  expect(templateOf(manifest(manifests, 'Deployment')).spec.automountServiceAccountToken).toBe(true);
  expect(JSON.stringify(policy(manifests, 'telemetry-manager').egress)).toContain('6443');
});

describe('admission webhooks', () => {
  const apiServer = { endpointCidrs: ['10.10.0.4/32'] };
  const manifests = manager({ admissionPort: 9443, apiServer });

  test('are reached by Service on 443', () => {
    expect(manifest(manifests, 'Service', 'telemetry-manager-admission').spec?.ports).toEqual([
      { name: 'https-admission', port: 443, targetPort: 'https-admission', protocol: 'TCP' },
    ]);
  });

  test('admit the API server, and only there', () => {
    const [alerts, admission, ...others] = policy(manifests, 'telemetry-manager').ingress;
    expect(others).toEqual([]);
    expect(alerts?.ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
    expect(admission?.ports).toEqual([{ port: 9443, protocol: 'TCP' }]);
    expect(admission?.from).toEqual([{ ipBlock: { cidr: '10.10.0.4/32' } }]);
  });
});

test('several replicas are spread and kept during drains', () => {
  expect(manager().map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
  const manifests = manager({ replicas: 3, priorityClassName: 'high' });
  expect(manifest(manifests, 'PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1 });
  const { spec } = templateOf(manifest(manifests, 'Deployment'));
  expect(spec).toMatchObject({ priorityClassName: 'high' });
  expect(JSON.stringify(spec)).toContain('topology.kubernetes.io/zone');
});

describe('fails on', () => {
  test.each<[string, Setup, RegExp]>([
    ['no image', { image: '' }, /chart\/manager: image: got "".*this library ships none/],
    ['equal ports', { webhookPort: 8081 }, /healthPort: got 8081/],
    ['no replica', { replicas: 0 }, /replicas: got 0/],
    ['a priority class that is none', { priorityClassName: 'A b' }, /priorityClassName: got "A b"/],
    [
      'an admission port that is taken',
      { admissionPort: 8080, apiServer: { endpointCidrs: ['10.10.0.4/32'] } },
      /admissionPort: got 8080; allowed: different ports/,
    ],
    ['admission from an API server at unknown addresses', { admissionPort: 9443 }, /declare Cluster apiServer/],
    ['a port out of range', { webhookPort: 65536 }, /webhookPort: got 65536/],
    ['a relative path', { alertWebhookPath: 'alerts' }, /alertWebhookPath: got "alerts"/],
    ['a wildcard', { rules: [{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }] }, /rules: got .*without "\*"/],
    ['an empty rule', { clusterRules: [{ apiGroups: [''], resources: [], verbs: ['get'] }] }, /clusterRules: got/],
  ])('%s', (_, props, message) => {
    expect(() => manager(props)).toThrow(message);
  });
});
