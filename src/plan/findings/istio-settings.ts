import {
  INTERCEPTION_MODE,
  NATIVE_SIDECAR,
  PROXY_CONFIG,
  PROXY_CPU,
  PROXY_CPU_LIMIT,
  PROXY_MEMORY,
  PROXY_MEMORY_LIMIT,
  USER_VOLUME_MOUNT,
} from '../../private/istio-names';
import type { Workload } from '../inventory';

/** If one is set, Istio takes its defaults for none (istio `injection-template.yaml`). */
export const PROXY_RESOURCES = [PROXY_CPU, PROXY_CPU_LIMIT, PROXY_MEMORY, PROXY_MEMORY_LIMIT] as const;

const TRAFFIC = 'traffic.sidecar.istio.io/';
const OF_SIDECAR: readonly string[] = [
  PROXY_CONFIG,
  USER_VOLUME_MOUNT,
  INTERCEPTION_MODE,
  NATIVE_SIDECAR,
  ...PROXY_RESOURCES,
];

/** Annotations of a pod that mean nothing without a sidecar, in their order. */
export function sidecarAnnotations({ annotations }: Pick<Workload, 'annotations'>): string[] {
  return Object.keys(annotations)
    .filter((key) => key.startsWith(TRAFFIC) || OF_SIDECAR.includes(key))
    .sort();
}
