import type { DaemonSetSpec } from 'kubernetes-types/apps/v1';
import type { EnvVar, KeyToPath, Toleration, Volume, VolumeMount, VolumeProjection } from 'kubernetes-types/core/v1';
import { CERTIFICATE_VOLUME, CERTIFICATE_VOLUME_SIZE, SCRAPE_CERTIFICATES_PATH } from '../certificates';
import {
  CONFIG_FILE,
  KUBELET_CA_FILE,
  KUBELET_CA_PATH,
  NODE_IP_ENV,
  NODE_NAME_ENV,
  POD_IP_ENV,
} from '../collector/environment';
import { SCRAPE_CA_PATH, scrapeCaSources } from '../collector/scrape-tls';
import { emptyDirQueuesMi, queueVolumes } from '../collector/storage';
import { byKind } from '../input';
import { CREDENTIALS_PATH, credentialSources } from '../collector/credentials';
import {
  AMBIENT_LABELS,
  type Labels,
  OUTSIDE_MESH_LABELS,
  partLabels,
  selectorLabels,
  sidecarLabels,
  LINUX_NODES,
} from '../labels';
import { checksumAnnotation, fieldEnv, httpProbe, podSecurityContext, restrictedContainer } from '../pod';
import { AGENT_HEALTH_PORT } from '../ports';
import { sidecarAnnotations } from '../sidecar';
import type { AgentModel } from './model';
import { metricsPortName } from './service';

/** User and group of the collector image. Not 1337: Istio lets that user bypass the sidecar. */
const COLLECTOR_USER = 10001;
const CONFIG_VOLUME = 'config';
const CONFIG_PATH = '/etc/metric-agent';
const CREDENTIALS_VOLUME = 'backend-credentials';

/** Longer than the sidecar's drain, which is longer than the queues need to flush. */
const TERMINATION_GRACE_SECONDS = 30;

export function daemonSetSpec(agent: AgentModel, configFiles: Record<string, string>): DaemonSetSpec {
  const { instance, name, image, resources, sidecar, metricsPorts, priorityClassName } = agent;
  const volumes = agentVolumes(agent);
  return {
    selector: { matchLabels: selectorLabels('metric-agent', instance) },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    template: {
      metadata: {
        labels: { ...partLabels('metric-agent', instance), ...meshLabels(agent) },
        annotations: { ...checksumAnnotation(configFiles), ...(sidecar && sidecarAnnotations(sidecar)) },
      },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: true, // Discovery, enrichment and kubelet_stats use the API.
        enableServiceLinks: false,
        nodeSelector: LINUX_NODES,
        ...(priorityClassName !== undefined && { priorityClassName }),
        securityContext: podSecurityContext(COLLECTOR_USER),
        terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
        tolerations: tolerations(agent),
        containers: [
          restrictedContainer(
            {
              name: 'collector',
              image,
              args: [`--config=${CONFIG_PATH}/${CONFIG_FILE}`],
              env: environment(),
              ports: [
                ...metricsPorts.map((port) => ({ name: metricsPortName(port), containerPort: port, protocol: 'TCP' })),
                { name: 'http-health', containerPort: AGENT_HEALTH_PORT, protocol: 'TCP' },
              ],
              startupProbe: httpProbe('/', 'http-health', { periodSeconds: 5, failureThreshold: 24 }),
              livenessProbe: httpProbe('/', 'http-health', { periodSeconds: 15, timeoutSeconds: 3 }),
              readinessProbe: httpProbe('/', 'http-health', { periodSeconds: 10, timeoutSeconds: 3 }),
              volumeMounts: volumes.map(({ mount }) => mount),
            },
            resources,
            emptyDirQueuesMi(agent.backends),
          ),
        ],
        volumes: volumes.map(({ volume }) => volume),
      },
    },
  };
}

function meshLabels({ cluster, sidecar }: AgentModel): Labels {
  if (cluster.mesh.mode === 'ambient') return AMBIENT_LABELS;
  return sidecar ? sidecarLabels(sidecar.revision) : OUTSIDE_MESH_LABELS;
}

function environment(): EnvVar[] {
  return [
    fieldEnv(NODE_NAME_ENV, 'spec.nodeName'),
    fieldEnv(NODE_IP_ENV, 'status.hostIP'),
    fieldEnv(POD_IP_ENV, 'status.podIP'),
  ];
}

/**
 * An agent belongs on every node. With istio-cni it must not ignore the taint `cni.istio.io/not-ready`, or its sidecar
 * starts before there is a redirection and the pod fails (istio-validation exits with 126).
 */
function tolerations({ cluster, sidecar }: AgentModel): Toleration[] {
  const waitForCni = sidecar !== undefined && cluster.mesh.mode === 'sidecar' && cluster.mesh.istioCni;
  const everyTaint = (effect: string): Toleration => ({ operator: 'Exists', effect });
  return waitForCni
    ? [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }, everyTaint('NoExecute')]
    : [everyTaint('NoSchedule'), everyTaint('NoExecute')];
}

/** A volume and its mount always come together. */
interface MountedVolume {
  readonly volume: Volume;
  readonly mount: VolumeMount;
}

function agentVolumes(agent: AgentModel): MountedVolume[] {
  const { name, inputs, backends, sidecar } = agent;
  const credentials = credentialSources(backends);
  const scrapeCas = scrapeCaSources(inputs);
  return [
    mounted(CONFIG_VOLUME, CONFIG_PATH, { configMap: { name } }),
    ...byKind(inputs, 'runtime').flatMap(({ kubeletTls: { ca } }) =>
      ca
        ? [mounted('kubelet-ca', KUBELET_CA_PATH, { configMap: { name: ca.configMap, items: kubeletCaItem(ca.key) } })]
        : [],
    ),
    ...(scrapeCas.length > 0 ? [mounted('scrape-ca', SCRAPE_CA_PATH, projected(scrapeCas))] : []),
    ...(credentials.length > 0 ? [mounted(CREDENTIALS_VOLUME, CREDENTIALS_PATH, projected(credentials))] : []),
    ...(sidecar?.certificates
      ? [
          mounted(CERTIFICATE_VOLUME, SCRAPE_CERTIFICATES_PATH, {
            emptyDir: { medium: 'Memory', sizeLimit: CERTIFICATE_VOLUME_SIZE },
          }),
        ]
      : []),
    ...queueVolumes(agent).map(({ volume, mountPath }) => ({ volume, mount: { name: volume.name, mountPath } })),
  ];
}

function projected(sources: VolumeProjection[]): Omit<Volume, 'name'> {
  return { projected: { defaultMode: 0o440, sources } };
}

function kubeletCaItem(key: string): KeyToPath[] {
  return [{ key, path: KUBELET_CA_FILE.slice(KUBELET_CA_PATH.length + 1) }];
}

function mounted(name: string, mountPath: string, source: Omit<Volume, 'name'>): MountedVolume {
  return { volume: { name, ...source }, mount: { name, mountPath, readOnly: true } };
}
