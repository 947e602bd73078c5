import type { DeploymentSpec } from 'kubernetes-types/apps/v1';
import type { EnvVar, TopologySpreadConstraint, Volume } from 'kubernetes-types/core/v1';
import { OUTSIDE_MESH_LABELS, partLabels, selectorLabels, LINUX_NODES } from '../labels';
import { httpProbe, podSecurityContext, restrictedContainer } from '../pod';
import { type ManagerModel, type PrometheusAddress, usesApi } from './model';
import { ADMISSION_PORT_NAME, WEBHOOK_PORT_NAME } from './services';

/** The user of distroless images, which managers are usually built on. */
const MANAGER_USER = 65532;
const HEALTH_PORT_NAME = 'http-health';
const CLIENT_TLS_PATH = '/etc/prometheus-client-tls';

export function deploymentSpec(manager: ManagerModel): DeploymentSpec {
  const {
    instance,
    name,
    image,
    args,
    resources,
    webhookPort,
    healthPort,
    prometheus,
    priorityClassName,
    replicas,
    admissionPort,
  } = manager;
  const volume = clientCertificateVolume(prometheus);
  return {
    replicas,
    selector: { matchLabels: selectorLabels('telemetry-manager', instance) },
    template: {
      metadata: { labels: { ...partLabels('telemetry-manager', instance), ...OUTSIDE_MESH_LABELS } },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: usesApi(manager),
        enableServiceLinks: false,
        nodeSelector: LINUX_NODES,
        ...(priorityClassName !== undefined && { priorityClassName }),
        securityContext: podSecurityContext(MANAGER_USER),
        ...(replicas > 1 && { topologySpreadConstraints: spread(instance) }),
        containers: [
          restrictedContainer(
            {
              name: 'manager',
              image,
              ...(args.length > 0 && { args: [...args] }),
              env: environment(prometheus),
              ...(volume && { volumeMounts: [{ name: volume.name, mountPath: CLIENT_TLS_PATH, readOnly: true }] }),
              ports: [
                { name: WEBHOOK_PORT_NAME, containerPort: webhookPort, protocol: 'TCP' },
                { name: HEALTH_PORT_NAME, containerPort: healthPort, protocol: 'TCP' },
                ...(admissionPort === undefined
                  ? []
                  : [{ name: ADMISSION_PORT_NAME, containerPort: admissionPort, protocol: 'TCP' }]),
              ],
              livenessProbe: httpProbe('/healthz', HEALTH_PORT_NAME, { initialDelaySeconds: 15, periodSeconds: 20 }),
              readinessProbe: httpProbe('/readyz', HEALTH_PORT_NAME, { periodSeconds: 10 }),
            },
            resources,
          ),
        ],
        ...(volume && { volumes: [volume] }),
      },
    },
  };
}

/** The contract with the manager program; documented at TelemetryManagerOptions. */
function environment({ url, clientSecret }: PrometheusAddress): EnvVar[] {
  const files = { PROMETHEUS_CA_FILE: 'ca.crt', PROMETHEUS_CERT_FILE: 'tls.crt', PROMETHEUS_KEY_FILE: 'tls.key' };
  const tls = Object.entries(files).map(([name, file]) => ({ name, value: `${CLIENT_TLS_PATH}/${file}` }));
  return [{ name: 'PROMETHEUS_URL', value: url }, ...(clientSecret === undefined ? [] : tls)];
}

function clientCertificateVolume({ clientSecret }: PrometheusAddress): Volume | undefined {
  return clientSecret === undefined
    ? undefined
    : { name: 'prometheus-client-tls', secret: { secretName: clientSecret, defaultMode: 0o440 } };
}

function spread(instance: string): TopologySpreadConstraint[] {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels('telemetry-manager', instance) },
  }));
}
