import { App, Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { examples } from '../examples';
import {
  BackendAuth,
  BackendPlacement,
  Cluster,
  ClusterDns,
  Compression,
  InputKind,
  Interception,
  IstioMesh,
  KubeletTls,
  MetricAgent,
  MetricInput,
  MtlsMode,
  OutboundTrafficPolicy,
  PersistentQueue,
  PipelineBackend,
  PrometheusStorage,
  PrometheusTls,
  Reader,
  RuntimeResource,
  ScrapeTls,
  SecretRef,
  TelemetryChart,
  Temporality,
} from '../src';

/** One golden per scenario: `test/goldens/<name>.yaml`. Each shows what one decision of a user changes. */
export const scenarios: Record<string, (app: App) => void> = {
  ...Object.fromEntries(Object.entries(examples).map(([name, example]) => [`example-${name}`, example])),

  'agent-alone': (app) => {
    const chart = new Chart(app, 'own-chart', { namespace: 'observability' });
    const agent = new MetricAgent(chart, 'agent', {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      instance: 'edge',
      backends: [
        PipelineBackend.otlpHttp(chart, 'vendor', {
          url: 'https://otlp.vendor.example/base',
          placement: BackendPlacement.external({ cidrs: ['203.0.113.0/24'] }),
          headers: { Authorization: SecretRef.of('vendor', 'token'), 'X-Tenant': SecretRef.of('vendor', 'tenant') },
        }),
      ],
      inputs: [
        MetricInput.prometheus({
          interval: Duration.minutes(1),
          tls: ScrapeTls.verifyWith('app-ca', 'bundle.pem', { serverName: 'apps.example.internal' }),
        }),
      ],
    });
    agent.addMetricsReader(Reader.pods({ namespace: 'monitoring', podLabels: { app: 'prometheus' } }));
  },

  ambient: (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ name: 'ambient-1', mesh: IstioMesh.ambient() }),
      inputs: [MetricInput.prometheus({ namespaces: ['shop'], ports: [8080] })],
      manager: { image: 'registry.example/manager:1' },
    });
    chart.addBackend(gateway(chart));
  },

  'backend-credentials': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      inputs: [MetricInput.runtime({ objectStates: false })],
    });
    const secret = (key: string) => SecretRef.of('vendor', key);
    const external = { url: 'https://otlp.vendor.example', placement: BackendPlacement.external() };
    const backends = {
      basic: { auth: BackendAuth.basic(secret('user'), secret('password')) },
      bearer: { auth: BackendAuth.bearer(secret('token')), headers: { 'X-Tenant': secret('tenant') } },
      oauth2: {
        auth: BackendAuth.oauth2({
          tokenUrl: 'http://idp.auth:8080/token',
          tokenPlacement: BackendPlacement.inCluster({ podLabels: { app: 'idp' } }),
          clientId: secret('id'),
          clientSecret: secret('secret'),
          scopes: ['metrics.write'],
        }),
      },
      mtls: {
        tls: {
          ca: secret('ca.crt'),
          clientCertificate: secret('tls.crt'),
          clientKey: secret('tls.key'),
          serverName: 'metrics.vendor.example',
        },
      },
    };
    for (const [name, props] of Object.entries(backends)) {
      chart.addBackend(PipelineBackend.otlpHttp(chart, name, { ...external, ...props }));
    }
  },

  'backend-processing': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      inputs: [MetricInput.runtime(), MetricInput.prometheus({ excludeNamespaces: ['kube-system'] })],
    });
    const placement = BackendPlacement.inCluster();
    chart.addBackend(
      PipelineBackend.otlpGrpc(chart, 'shop-only', {
        url: 'http://shop.obs:4317',
        placement,
        namespaces: ['shop', 'bank'],
        inputs: [InputKind.PROMETHEUS],
        transforms: ['set(resource.attributes["price"], "5$")', 'delete_key(datapoint.attributes, "le")'],
        filters: ['IsMatch(metric.name, "^go_.*")'],
        temporality: Temporality.DELTA,
        compression: Compression.ZSTD,
        queueSize: 100_000,
        persistentQueue: PersistentQueue.emptyDir(Size.gibibytes(1)),
      }),
    );
    chart.addBackend(
      PipelineBackend.otlpHttp(chart, 'not-legacy', {
        url: 'http://archive.obs:4318',
        placement,
        excludeNamespaces: ['legacy'],
        persistentQueue: PersistentQueue.hostPath('/var/lib/metric-agent'),
      }),
    );
  },

  'dual-stack-unknown-addresses': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({
        mesh: IstioMesh.none(),
        podCidrs: ['fd00:10:244::/56', '10.244.0.0/16'],
        serviceCidrs: ['fd00:10:96::/112', '10.96.0.0/16'],
        dns: ClusterDns.nodeLocal('10.96.0.10'),
      }),
    });
    chart.addBackend(
      PipelineBackend.otlpGrpc(chart, 'vendor', {
        url: 'https://otlp.vendor.example',
        placement: BackendPlacement.external(),
      }),
    );
  },

  'explicit-jobs': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.sidecar({ mtls: MtlsMode.STRICT }) }),
      inputs: [
        MetricInput.runtime({
          resources: [RuntimeResource.NODE, RuntimeResource.POD],
          kubeletTls: KubeletTls.verifyWith('kubelet-ca', 'bundle.pem'),
        }),
        MetricInput.scrapeJob({ name: 'checkout', podLabels: { app: 'checkout' }, port: 9102, namespaces: ['shop'] }),
        MetricInput.scrapeJob({
          name: 'ledger',
          podLabels: { app: 'ledger' },
          port: 8443,
          https: true,
          tls: ScrapeTls.verifyWithSecret(SecretRef.of('ledger-ca', 'ca.crt')),
          path: '/internal/metrics',
          sampleLimit: 1000,
          diagnosticMetrics: true,
        }),
        MetricInput.istio({ envoyMetrics: true }),
      ],
    });
    chart.addBackend(gateway(chart));
  },

  'interception-mesh-backends': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.sidecar({ istioCni: true }) }),
      agent: { interception: Interception.MESH_BACKENDS },
      createNamespace: true,
    });
    chart.addBackend(gateway(chart));
    chart.addBackend(vendor(chart));
  },

  'interception-service-cidrs': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({
        mesh: IstioMesh.sidecar(),
        serviceCidrs: ['10.96.0.0/16'],
        apiServer: { serviceIps: ['10.96.0.1'] },
      }),
      agent: { interception: Interception.SERVICE_CIDRS },
    });
    chart.addBackend(gateway(chart));
  },

  'manager-with-rights': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({
        mesh: IstioMesh.none(),
        apiServer: { endpointCidrs: ['10.10.0.4/32'], port: 6443 },
      }),
      manager: {
        image: 'registry.example/manager:1',
        args: ['--verbose'],
        replicas: 2,
        admissionPort: 10443,
        priorityClassName: 'system-cluster-critical',
        webhookPort: 9443,
        alertWebhookPath: '/alerts',
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
        clusterRules: [{ apiGroups: ['telemetry.example'], resources: ['pipelines/status'], verbs: ['update'] }],
      },
    });
    chart.addBackend(gatewayOutsideMesh(chart));
  },

  'mesh-port-modes': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({
        podCidrs: ['10.244.0.0/16'],
        mesh: IstioMesh.sidecar({
          namespaceMtls: { bank: MtlsMode.STRICT },
          portMtls: [
            { namespace: 'bank', podLabels: { app: 'ledger' }, port: 9102, mode: MtlsMode.PERMISSIVE },
            {
              namespace: 'shop',
              podLabels: { 'app.kubernetes.io/name': 'shop.v2' },
              port: 9102,
              mode: MtlsMode.STRICT,
            },
          ],
        }),
      }),
      inputs: [MetricInput.prometheus()],
      agent: {
        sidecarResources: {
          cpuRequest: Cpu.millis(50),
          cpuLimit: Cpu.units(1),
          memoryRequest: Size.mebibytes(64),
          memoryLimit: Size.mebibytes(256),
        },
      },
    });
    chart.addBackend(gateway(chart));
  },

  'native-sidecar-registry-only': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({
        mesh: IstioMesh.sidecar({
          mtls: MtlsMode.STRICT,
          namespaceMtls: { legacy: MtlsMode.PERMISSIVE },
          nativeSidecars: true,
          outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
          revision: 'stable',
        }),
      }),
      inputs: [MetricInput.prometheus()],
    });
    chart.addBackend(gateway(chart));
    chart.addBackend(vendor(chart));
    chart.addBackend(
      PipelineBackend.prometheusRemoteWrite(chart, 'archive', {
        url: 'https://[2001:db8::7]:9201/write',
        placement: BackendPlacement.external({ cidrs: ['2001:db8::7/128'] }),
      }),
    );
  },

  'prometheus-dashboard': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      inputs: [MetricInput.runtime(), MetricInput.prometheus({ namespaces: ['shop'], ports: [8080, 9102] })],
      manager: { image: 'registry.example/manager:1' },
      prometheus: {
        dashboard: { namespace: 'monitoring', folder: 'Telemetry', dataSource: 'Telemetry' },
        readers: [Reader.pods({ namespace: 'monitoring', podLabels: { 'app.kubernetes.io/name': 'grafana' } })],
      },
    });
    chart.addBackend(gatewayOutsideMesh(chart));
    chart.addBackend(
      PipelineBackend.prometheusRemoteWrite(chart, 'archive', {
        url: 'http://archive.observability:9201/write',
        placement: BackendPlacement.inCluster({ podLabels: { app: 'archive' } }),
      }),
    );
  },

  'prometheus-persistent': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      prometheus: {
        storage: PrometheusStorage.persistent({ size: Size.gibibytes(20), storageClassName: 'fast' }),
        retention: Duration.days(7),
        readers: [Reader.pods({ namespace: 'monitoring', podLabels: { 'app.kubernetes.io/name': 'grafana' } })],
      },
    });
    chart.addBackend(gatewayOutsideMesh(chart));
  },

  'prometheus-tls-cert-manager': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      manager: { image: 'registry.example/manager:1' },
      prometheus: {
        tls: PrometheusTls.certManager({
          issuer: 'internal-ca',
          issuerKind: 'ClusterIssuer',
          readerSans: ['grafana.monitoring.svc'],
        }),
        readers: [Reader.pods({ namespace: 'monitoring', podLabels: { 'app.kubernetes.io/name': 'grafana' } })],
      },
    });
    chart.addBackend(gatewayOutsideMesh(chart));
  },

  'prometheus-tls-secrets': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.none() }),
      manager: { image: 'registry.example/manager:1' },
      prometheus: {
        tls: PrometheusTls.fromSecrets({
          serverSecret: 'prometheus-server',
          probeSecret: 'prometheus-probe',
          managerSecret: 'manager-client',
          clientSans: ['probe.example', 'manager.example'],
        }),
        alertmanagers: [
          {
            url: 'http://alertmanager.monitoring:9093',
            placement: BackendPlacement.inCluster({ podLabels: { app: 'alertmanager' } }),
          },
        ],
      },
    });
    chart.addBackend(gatewayOutsideMesh(chart));
  },

  'sidecar-not-needed': (app) => {
    const chart = stack(app, {
      cluster: Cluster.of({ mesh: IstioMesh.sidecar() }),
      agent: { interception: Interception.MESH_BACKENDS },
    });
    chart.addBackend(vendor(chart));
  },

  'two-stacks-two-clusters': (app) => {
    const stacks = [
      { id: 'eu', cluster: 'prod-eu', instance: 'telemetry' },
      { id: 'eu-edge', cluster: 'prod-eu', instance: 'edge' },
      { id: 'us', cluster: 'prod-us', instance: 'telemetry' },
    ];
    for (const { id, cluster, instance } of stacks) {
      const inputs = [MetricInput.runtime({ objectStates: instance === 'telemetry' })];
      const props = { cluster: Cluster.of({ name: cluster, mesh: IstioMesh.none() }), instance, inputs };
      const chart = stack(app, props, id);
      chart.addBackend(gatewayOutsideMesh(chart));
    }
  },
};

/** All manifests of a scenario, charts in order. */
export function render(scenario: (app: App) => void): string {
  const app = new App();
  scenario(app);
  return app.synthYaml();
}

type StackProps = Omit<ConstructorParameters<typeof TelemetryChart>[2], 'namespace'>;

function stack(app: App, props: StackProps, id = 'telemetry'): TelemetryChart {
  return new TelemetryChart(app, id, { namespace: 'telemetry-system', ...props });
}

function gateway(chart: Chart): PipelineBackend {
  return PipelineBackend.otlpGrpc(chart, 'gateway', {
    url: 'http://gateway.observability:4317',
    placement: BackendPlacement.inMesh({ podLabels: { app: 'gateway' }, targetPort: 14317 }),
  });
}

function gatewayOutsideMesh(chart: Chart): PipelineBackend {
  return PipelineBackend.otlpGrpc(chart, 'gateway', {
    url: 'http://gateway.observability:4317',
    placement: BackendPlacement.inCluster({ podLabels: { app: 'gateway' } }),
  });
}

function vendor(chart: Chart): PipelineBackend {
  return PipelineBackend.otlpHttp(chart, 'vendor', {
    url: 'https://otlp.vendor.example',
    placement: BackendPlacement.external(),
    headers: { 'api-key': SecretRef.of('vendor-key', 'token') },
  });
}
