import { type App, Size } from 'cdk8s';
import {
  BackendPlacement,
  Cluster,
  KubeletTls,
  MetricInput,
  PersistentQueue,
  PipelineBackend,
  PrometheusTls,
  SecretRef,
  TelemetryChart,
} from 'cdk8s-telemetry';
import { join } from 'node:path';

/** Everything closed that can be closed: STRICT, Pod Security `restricted`, TLS wherever a client can speak it, dual stack. */
export function hardened(app: App): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    createNamespace: true,
    cluster: Cluster.fromFile(join(__dirname, 'cluster.yaml')),
    inputs: [
      MetricInput.runtime({ kubeletTls: KubeletTls.verifyWith('kubelet-ca', 'ca.crt') }),
      MetricInput.prometheus({ namespaces: ['shop'], ports: [9102] }),
    ],
    agent: { priorityClassName: 'system-node-critical' },
    prometheus: {
      expectedNodes: 100,
      tls: PrometheusTls.certManager({ issuer: 'internal-ca', issuerKind: 'ClusterIssuer' }),
    },
    manager: { image: 'registry.example/telemetry-manager:1.4.0', replicas: 2 },
  });
  chart.addBackend(
    PipelineBackend.otlpGrpc(chart, 'gateway', {
      url: 'http://gateway.observability:4317',
      placement: BackendPlacement.inMesh({ podLabels: { app: 'otlp-gateway' } }),
      persistentQueue: PersistentQueue.emptyDir(Size.gibibytes(1)),
    }),
  );
  chart.addBackend(
    PipelineBackend.otlpHttp(chart, 'archive', {
      url: 'https://otlp.archive.example:4318',
      placement: BackendPlacement.external({ cidrs: ['203.0.113.0/24', '2001:db8:7::/48'] }),
      tls: {
        ca: SecretRef.of('archive-client', 'ca.crt'),
        clientCertificate: SecretRef.of('archive-client', 'tls.crt'),
        clientKey: SecretRef.of('archive-client', 'tls.key'),
      },
    }),
  );
}
