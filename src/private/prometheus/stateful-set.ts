import type { StatefulSetSpec } from 'kubernetes-types/apps/v1';
import type { PersistentVolumeClaim, Probe, ServiceSpec, Volume } from 'kubernetes-types/core/v1';
import { OUTSIDE_MESH_LABELS, partLabels, selectorLabels, LINUX_NODES } from '../labels';
import { checksumAnnotation, httpProbe, podSecurityContext, restrictedContainer } from '../pod';
import { PROMETHEUS_PORT } from '../ports';
import { PROBE_CONFIG_FILE, PROMETHEUS_CONFIG_FILE, PROMETHEUS_CONFIG_PATH, WEB_CONFIG_FILE } from './config';
import { emptyDirMi, type PrometheusModel, type StorageModel } from './model';
import { tlsVolumes } from './tls';
import type { PrometheusTlsModel } from './tls-model';

/** User and group `nobody` of the Prometheus image. */
const PROMETHEUS_USER = 65534;
const PORT_NAME = 'http-web';
const CONFIG_VOLUME = 'config';
const DATA_VOLUME = 'data';
const DATA_PATH = '/prometheus';

/** Prometheus reserves a whole chunk file (512 MiB) while it writes a block, beyond what retention allows. */
const KEPT_FREE_MI = 600;
const RETENTION_SHARE = 0.8;

export function statefulSetSpec(prometheus: PrometheusModel, configFiles: Record<string, string>): StatefulSetSpec {
  const { instance, name, image, resources, agents, storage, tls, priorityClassName } = prometheus;
  const certificates = tls && tlsVolumes(tls);
  return {
    serviceName: name,
    replicas: 1,
    selector: { matchLabels: selectorLabels('prometheus', instance) },
    template: {
      metadata: {
        labels: { ...partLabels('prometheus', instance), ...OUTSIDE_MESH_LABELS },
        annotations: checksumAnnotation(configFiles),
      },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: agents.length > 0, // Only discovery uses the API.
        enableServiceLinks: false,
        nodeSelector: LINUX_NODES,
        ...(priorityClassName !== undefined && { priorityClassName }),
        securityContext: podSecurityContext(PROMETHEUS_USER),
        terminationGracePeriodSeconds: 120, // The head block is written out at shutdown.
        containers: [
          restrictedContainer(
            {
              name: 'prometheus',
              image,
              args: commandLine(prometheus),
              ports: [{ name: PORT_NAME, containerPort: PROMETHEUS_PORT, protocol: 'TCP' }],
              // Replaying the write-ahead log can take minutes; only then do liveness and readiness count.
              startupProbe: probe(tls, 'ready', { periodSeconds: 5, failureThreshold: 120 }),
              livenessProbe: probe(tls, 'healthy', { periodSeconds: 15, timeoutSeconds: 5 }),
              readinessProbe: probe(tls, 'ready', { periodSeconds: 10, timeoutSeconds: 5 }),
              volumeMounts: [
                { name: CONFIG_VOLUME, mountPath: PROMETHEUS_CONFIG_PATH, readOnly: true },
                { name: DATA_VOLUME, mountPath: DATA_PATH },
                ...(certificates?.mounts ?? []),
              ],
            },
            resources,
            emptyDirMi(storage),
          ),
        ],
        volumes: [
          { name: CONFIG_VOLUME, configMap: { name } },
          ...ephemeralVolume(storage),
          ...(certificates?.volumes ?? []),
        ],
      },
    },
    ...(storage.kind === 'persistent' && { volumeClaimTemplates: [volumeClaim(storage)] }),
  };
}

/** The kubelet has no client certificate, so with TLS promtool asks from inside the container. */
function probe(tls: PrometheusTlsModel | undefined, state: 'ready' | 'healthy', timing: Probe): Probe {
  if (!tls) return httpProbe(`/-/${state}`, PORT_NAME, timing);
  const options = [`--url=https://localhost:${PROMETHEUS_PORT}`, `--http.config.file=${configPath(PROBE_CONFIG_FILE)}`];
  // It is a new process each time, which takes longer than a request.
  return { ...timing, exec: { command: ['promtool', 'check', state, ...options] }, timeoutSeconds: 10 };
}

function configPath(file: string): string {
  return `${PROMETHEUS_CONFIG_PATH}/${file}`;
}

function commandLine({ retentionHours, storage, tls }: PrometheusModel): string[] {
  return [
    `--config.file=${configPath(PROMETHEUS_CONFIG_FILE)}`,
    `--storage.tsdb.path=${DATA_PATH}`,
    `--storage.tsdb.retention.time=${retentionHours}h`,
    `--storage.tsdb.retention.size=${retentionMi(storage)}MB`,
    `--web.listen-address=:${PROMETHEUS_PORT}`,
    '--log.format=json',
    ...(tls ? [`--web.config.file=${configPath(WEB_CONFIG_FILE)}`] : []),
  ];
}

function retentionMi({ sizeMi }: StorageModel): number {
  return Math.floor(Math.min(sizeMi * RETENTION_SHARE, sizeMi - KEPT_FREE_MI));
}

function ephemeralVolume(storage: StorageModel): Volume[] {
  return storage.kind === 'ephemeral' ? [{ name: DATA_VOLUME, emptyDir: { sizeLimit: `${storage.sizeMi}Mi` } }] : [];
}

function volumeClaim({ sizeMi, storageClassName }: StorageModel): PersistentVolumeClaim {
  return {
    metadata: { name: DATA_VOLUME },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClassName !== undefined && { storageClassName }),
      resources: { requests: { storage: `${sizeMi}Mi` } },
    },
  };
}

export function prometheusServiceSpec({ instance }: PrometheusModel): ServiceSpec {
  return {
    selector: selectorLabels('prometheus', instance),
    ports: [{ name: PORT_NAME, port: PROMETHEUS_PORT, targetPort: PORT_NAME, protocol: 'TCP' }],
  };
}
