import type { Finding, Flow, Plan } from '../../../src/plan/result';

/** Hand-made rows: each test says only what it is about. */
export function flow(row: Partial<Flow> = {}): Flow {
  return {
    from: AGENT,
    to: { kind: 'service', name: 'prometheus', namespace: 'monitoring' },
    purpose: 'push',
    source: 'exporters.prometheus_remote_write/local',
    protocol: 'TCP',
    port: 9090,
    targetPort: 9090,
    path: 'sidecar',
    encryption: 'mesh-mtls',
    verdict: 'works',
    networkPolicy: 'allowed',
    why: 'Port 9090 is intercepted; both ends have a sidecar.',
    findings: [],
    ...row,
  };
}

export function finding(row: Partial<Finding> = {}): Finding {
  return {
    code: 'CT101',
    severity: 'error',
    object: AGENT,
    field: 'spec.template.metadata.annotations[traffic.sidecar.istio.io/includeOutboundPorts]',
    message: 'Port 70000 is no port.',
    fix: 'Give a port from 1 to 65535.',
    acknowledged: null,
    ...row,
  };
}

export function plan(rows: Partial<Plan> = {}): Plan {
  return { version: 1, workloads: [], flows: [], findings: [], notAnalysed: [], ...rows };
}

export const AGENT = 'DaemonSet/telemetry-system/agent';
export const TO_AGENT = { kind: 'workload', name: 'agent', namespace: 'telemetry-system', workload: AGENT } as const;
const MONITOR = 'StatefulSet/telemetry-system/prometheus';

/** What a hostile chart could call things. */
export const HOSTILE = [
  'a|b',
  'a\\|b',
  '`whoami`',
  '``` ```mermaid',
  'x\n\n# Heading\n\n| a | b |',
  '<img src=x onerror=alert(1)>',
  '</details></table><script>alert(1)</script>',
  '![x](https://evil.example/x.png)',
  '[click](javascript:alert(1))',
  'cc @octocat/team, fixes #1',
  '*bold* _it_ ~~gone~~ $a$',
  '%%{init: {"theme": "x"}}%%',
  '"] --> x["',
  'end',
  '&lt;b&gt; &#64;octocat',
  '\u202Egnp.exe\u0007\u001B[31m\0',
  'x'.repeat(100_000),
];

/** One that has something of everything. */
export const EXAMPLE: Plan = plan({
  workloads: [
    { id: MONITOR, dataPlane: 'none' },
    { id: AGENT, dataPlane: 'sidecar' },
    { id: 'Job/shop/migration', dataPlane: 'unknown' },
  ],
  flows: [
    flow(),
    flow({
      to: { kind: 'external', name: 'otlp.vendor.example' },
      source: 'exporters.otlp_http/vendor',
      port: 443,
      targetPort: 443,
      encryption: 'app-tls',
      why: 'Port 443 is intercepted; the exporter encrypts.',
    }),
    flow({
      to: { kind: 'pods', name: 'annotated pods', namespace: 'shop', dataPlane: 'sidecar' },
      purpose: 'scrape',
      source: 'receivers.prometheus/apps.annotated-pods',
      port: null,
      targetPort: null,
      path: 'direct',
      encryption: 'none',
      verdict: 'refused',
      why: 'The sidecar of the pods accepts only mutual TLS (STRICT).',
      findings: ['CT301'],
    }),
    flow({
      from: MONITOR,
      to: TO_AGENT,
      purpose: 'scrape',
      source: 'scrape_configs.agent',
      port: 80,
      targetPort: 8888,
      path: 'direct',
      encryption: 'none',
      networkPolicy: 'denied',
      why: 'NetworkPolicy telemetry-system/agent does not allow it.',
    }),
    flow({
      from: MONITOR,
      to: { kind: 'dns', name: 'dns' },
      purpose: 'resolve',
      source: 'dns',
      protocol: 'UDP',
      port: 53,
      targetPort: null,
      path: 'direct',
      encryption: 'none',
      verdict: 'unknown',
      networkPolicy: 'unknown',
      why: 'It depends on the DNS servers of the cluster.',
    }),
    ...['liveness', 'readiness'].map((probe) =>
      flow({
        from: 'kubelet',
        to: TO_AGENT,
        purpose: 'probe',
        source: `spec.template.spec.containers[0].${probe}Probe`,
        port: 13133,
        targetPort: 13133,
        path: 'sidecar-inbound',
        encryption: 'none',
        why: 'Probes are rewritten to the agent of the sidecar.',
      }),
    ),
  ],
  findings: [
    finding({
      code: 'CT402',
      severity: 'info',
      field: 'spec.template.spec.tolerations',
      message: 'Tolerates all.',
      fix: 'None.',
    }),
    finding({ code: 'CT301', object: 'ConfigMap/telemetry-system/agent', field: 'data[collector.yaml]' }),
    finding({ code: 'CT501', severity: 'warning', acknowledged: 'The vendor has no other port.' }),
  ],
  notAnalysed: [
    {
      object: 'ConfigMap/telemetry-system/agent',
      field: 'data[collector.yaml] receivers.sqlquery',
      reason: 'unknown receiver',
    },
  ],
});
