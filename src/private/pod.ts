import type { Container, EnvVar, PodSecurityContext, Probe, SecurityContext } from 'kubernetes-types/core/v1';
import { createHash } from 'node:crypto';
import { containerResources, type Resources } from './resources';

/** Pod Security `restricted`, pod level. */
export function podSecurityContext(id: number): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** Pod Security `restricted`, container level, and a read-only root on top. */
const CONTAINER_SECURITY_CONTEXT: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

type ContainerSettings = Omit<Container, 'securityContext' | 'resources'>;

export function restrictedContainer(settings: ContainerSettings, resources: Resources, emptyDirsMi = 0): Container {
  const { env = [], ...rest } = settings;
  return {
    ...rest,
    env: [...env, { name: 'GOMEMLIMIT', value: resources.goMemoryLimit }],
    resources: containerResources(resources, emptyDirsMi),
    securityContext: CONTAINER_SECURITY_CONTEXT,
  };
}

export function fieldEnv(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

export function httpProbe(path: string, port: string, timing: Omit<Probe, 'httpGet'> = {}): Probe {
  return { httpGet: { path, port }, ...timing };
}

/** A changed config restarts the pods: neither the collector nor Prometheus is told to reload. */
export function checksumAnnotation(files: Record<string, string>): Record<string, string> {
  return { 'checksum/config': createHash('sha256').update(JSON.stringify(files)).digest('hex') };
}
