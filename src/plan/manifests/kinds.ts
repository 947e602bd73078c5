import type { Scope } from './object';

/** The part of the inventory that a kind belongs to. */
export type Category =
  | 'workload'
  | 'service'
  | 'namespace'
  | 'network-policy'
  | 'peer-authentication'
  | 'destination-rule'
  | 'service-entry'
  | 'istio-sidecar'
  | 'webhook-configuration'
  | 'custom-resource-definition'
  | 'api-service'
  | 'config-map'
  | 'secret';

export type Classification =
  | { readonly is: 'read'; readonly category: Category; readonly scope: Scope }
  /** The API server does not serve it any more. */
  | { readonly is: 'removed'; readonly instead: string }
  /** It influences traffic, and the planner does not read it. */
  | { readonly is: 'not-analysed'; readonly reason: string }
  | { readonly is: 'without-influence' }
  | { readonly is: 'unknown' };

export function classify(group: string, kind: string): Classification {
  const name = `${group}/${kind}`;
  const instead = REMOVED.get(name);
  if (instead !== undefined) return { is: 'removed', instead };
  const read = READ.get(name);
  if (read) return { is: 'read', ...read };
  const reason = NOT_ANALYSED.get(name);
  if (reason !== undefined) return { is: 'not-analysed', reason };
  const quiet = QUIET_GROUPS.includes(group) || QUIET.has(name);
  return { is: quiet ? 'without-influence' : 'unknown' };
}

const READ: ReadonlyMap<string, { readonly category: Category; readonly scope: Scope }> = new Map([
  ...read('workload', '', 'Pod ReplicationController'),
  ...read('workload', 'apps', 'Deployment DaemonSet StatefulSet ReplicaSet'),
  ...read('workload', 'batch', 'Job CronJob'),
  ...read('service', '', 'Service'),
  ...read('namespace', '', 'Namespace', 'cluster'),
  ...read('network-policy', 'networking.k8s.io', 'NetworkPolicy'),
  ...read('peer-authentication', 'security.istio.io', 'PeerAuthentication'),
  ...read('destination-rule', 'networking.istio.io', 'DestinationRule'),
  ...read('service-entry', 'networking.istio.io', 'ServiceEntry'),
  ...read('istio-sidecar', 'networking.istio.io', 'Sidecar'),
  ...read(
    'webhook-configuration',
    'admissionregistration.k8s.io',
    'ValidatingWebhookConfiguration MutatingWebhookConfiguration',
    'cluster',
  ),
  ...read('custom-resource-definition', 'apiextensions.k8s.io', 'CustomResourceDefinition', 'cluster'),
  ...read('api-service', 'apiregistration.k8s.io', 'APIService', 'cluster'),
  ...read('config-map', '', 'ConfigMap'),
  ...read('secret', '', 'Secret'),
]);

function read(
  category: Category,
  group: string,
  kinds: string,
  scope: Scope = 'namespace',
): [string, { category: Category; scope: Scope }][] {
  return inGroup(group, kinds).map((name) => [name, { category, scope }]);
}

function inGroup(group: string, kinds: string): string[] {
  return kinds.split(' ').map((kind) => `${group}/${kind}`);
}

/** Group `extensions` left with Kubernetes 1.16 (1.22 for Ingress). */
const REMOVED: ReadonlyMap<string, string> = new Map([
  ...inGroup('extensions', 'Deployment DaemonSet ReplicaSet').map((name) => [name, 'apps/v1'] as const),
  ...inGroup('extensions', 'NetworkPolicy Ingress').map((name) => [name, 'networking.k8s.io/v1'] as const),
]);

const OTHER_POLICIES = 'it allows or denies connections; of policies the planner reads networking.k8s.io NetworkPolicy';
const ISTIO_ACCESS = 'the proxy allows or denies requests by it; the planner does not read it';
const ISTIO_ROUTING = 'it changes where or how proxies connect; the planner does not read it';
const ROUTING = 'a gateway connects to the Services that it names; the planner does not read it';
const OPERATOR = 'an operator makes workloads of it that are not among these manifests';
const SCRAPE_JOBS = 'the Prometheus operator makes scrape jobs of it that are not among these manifests';
const RENDERS = 'it renders manifests that are not here';
const PODS = 'a controller makes pods of it; the planner does not read it';

const NOT_ANALYSED: ReadonlyMap<string, string> = new Map([
  ...because(
    OTHER_POLICIES,
    'cilium.io',
    'CiliumNetworkPolicy CiliumClusterwideNetworkPolicy CiliumCIDRGroup CiliumEgressGatewayPolicy',
  ),
  ...['projectcalico.org', 'crd.projectcalico.org'].flatMap((group) =>
    because(
      OTHER_POLICIES,
      group,
      'NetworkPolicy GlobalNetworkPolicy StagedNetworkPolicy StagedGlobalNetworkPolicy NetworkSet GlobalNetworkSet Tier',
    ),
  ),
  ...because(
    OTHER_POLICIES,
    'policy.networking.k8s.io',
    'AdminNetworkPolicy BaselineAdminNetworkPolicy ClusterNetworkPolicy',
  ),
  ...because(OTHER_POLICIES, 'crd.antrea.io', 'NetworkPolicy ClusterNetworkPolicy'),
  ...because(OTHER_POLICIES, 'k8s.ovn.org', 'EgressFirewall'),
  ...because(
    'it redirects connections; the planner does not read it',
    'cilium.io',
    'CiliumLocalRedirectPolicy CiliumEnvoyConfig CiliumClusterwideEnvoyConfig',
  ),
  ...because(ISTIO_ACCESS, 'security.istio.io', 'AuthorizationPolicy RequestAuthentication'),
  ...because(
    ISTIO_ROUTING,
    'networking.istio.io',
    'VirtualService Gateway EnvoyFilter WorkloadEntry WorkloadGroup ProxyConfig',
  ),
  ...because(ISTIO_ROUTING, 'telemetry.istio.io', 'Telemetry'),
  ...because(ISTIO_ROUTING, 'extensions.istio.io', 'WasmPlugin'),
  ...because(OPERATOR, 'install.istio.io', 'IstioOperator'),
  ...because(
    ROUTING,
    'gateway.networking.k8s.io',
    'Gateway HTTPRoute GRPCRoute TCPRoute TLSRoute UDPRoute BackendTLSPolicy ListenerSet',
  ),
  ...because(ROUTING, 'networking.k8s.io', 'Ingress'),
  ...because(OPERATOR, 'opentelemetry.io', 'OpenTelemetryCollector Instrumentation OpAMPBridge TargetAllocator'),
  ...because(OPERATOR, 'monitoring.coreos.com', 'Prometheus PrometheusAgent Alertmanager ThanosRuler'),
  ...because(SCRAPE_JOBS, 'monitoring.coreos.com', 'ServiceMonitor PodMonitor ScrapeConfig Probe'),
  ...because(
    'the Prometheus operator makes Alertmanager receivers of it that are not among these manifests',
    'monitoring.coreos.com',
    'AlertmanagerConfig',
  ),
  ...because(RENDERS, 'helm.toolkit.fluxcd.io', 'HelmRelease'),
  ...because(RENDERS, 'kustomize.toolkit.fluxcd.io', 'Kustomization'),
  ...because(RENDERS, 'argoproj.io', 'Application ApplicationSet'),
  ...because(RENDERS, 'helm.cattle.io', 'HelmChart HelmChartConfig'),
  ...because(`${RENDERS}; run kustomize build first`, 'kustomize.config.k8s.io', 'Kustomization Component'),
  ...because(PODS, 'argoproj.io', 'Rollout Workflow WorkflowTemplate CronWorkflow'),
  ...because(PODS, '', 'PodTemplate'),
  ...because('the addresses behind its Service are not read', '', 'Endpoints'),
  ...because('the addresses behind its Service are not read', 'discovery.k8s.io', 'EndpointSlice'),
  ...because(
    'it can change pods when they are created; the planner does not read it',
    'admissionregistration.k8s.io',
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
  ),
]);

function because(reason: string, group: string, kinds: string): [string, string][] {
  return inGroup(group, kinds).map((name) => [name, reason]);
}

/** Nothing in these groups makes pods or decides about a connection. */
const QUIET_GROUPS: readonly string[] = [
  'acme.cert-manager.io',
  'autoscaling',
  'autoscaling.k8s.io',
  'cert-manager.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'snapshot.storage.k8s.io',
  'storage.k8s.io',
];

const QUIET: ReadonlySet<string> = new Set([
  ...inGroup('', 'ServiceAccount PersistentVolume PersistentVolumeClaim ResourceQuota LimitRange Event Node'),
  ...inGroup('apps', 'ControllerRevision'),
  ...inGroup('events.k8s.io', 'Event'),
  ...inGroup('networking.k8s.io', 'IngressClass IPAddress ServiceCIDR'),
  ...inGroup('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding'),
  ...inGroup('gateway.networking.k8s.io', 'GatewayClass ReferenceGrant'),
  ...inGroup('monitoring.coreos.com', 'PrometheusRule'),
  ...inGroup('argoproj.io', 'AppProject'),
]);
