import type { Workload } from '../inventory';
import { INTERCEPTION_MODE, PROXY_CONFIG } from '../verdicts/istio-names';
import { USER_VOLUME_MOUNT } from './sidecar-mounts';

/** Annotations that only the findings look at; the others stand in verdicts/istio-names.ts. */
export const NATIVE_SIDECAR = 'sidecar.istio.io/nativeSidecar';
export const MERGE_METRICS = 'prometheus.istio.io/merge-metrics';
export const SCRAPE = 'prometheus.io/scrape';
export const SCRAPE_PORT = 'prometheus.io/port';

/** If one is set, Istio takes its defaults for none (facts/istio.md §2.2). */
export const PROXY_RESOURCES = [
  'sidecar.istio.io/proxyCPU',
  'sidecar.istio.io/proxyCPULimit',
  'sidecar.istio.io/proxyMemory',
  'sidecar.istio.io/proxyMemoryLimit',
] as const;

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
