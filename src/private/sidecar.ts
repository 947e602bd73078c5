import { CERTIFICATE_VOLUME, OUTPUT_CERTIFICATES_PATH } from './certificates';
import type { Destination } from './destination';
import {
  EXCLUDE_INBOUND_PORTS,
  EXCLUDE_OUTBOUND_RANGES,
  INCLUDE_INBOUND_PORTS,
  INCLUDE_OUTBOUND_PORTS,
  INCLUDE_OUTBOUND_RANGES,
  MERGE_METRICS,
  NATIVE_SIDECAR,
  PROXY_CONFIG,
  PROXY_CPU,
  PROXY_CPU_LIMIT,
  PROXY_MEMORY,
  PROXY_MEMORY_LIMIT,
  USER_VOLUME_MOUNT,
} from './istio-names';
import { toYaml } from './yaml';

/** What the agent's sidecar does: the one source of labels, annotations, certificate volume and mounts. */
export interface SidecarModel {
  readonly revision: string | undefined;
  readonly native: boolean;
  readonly dualStack: boolean;
  /** Undefined: what the mesh gives every sidecar. */
  readonly resources: SidecarResourcesModel | undefined;
  readonly outbound: OutboundCapture;
  /** Ports that are reached without the sidecar, because Prometheus is outside the mesh (ADR 4). */
  readonly inboundExclusions: readonly number[];
  /** Whether Istio certificates are written for scrapes of STRICT targets. */
  readonly certificates: boolean;
}

/** All four: if one is annotated, Istio drops every default of the others. */
export interface SidecarResourcesModel {
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
}

/** Istio evaluates `excludeIpRanges` first, then `ports`, then `ipRanges` (istio-iptables, in this order). */
export interface OutboundCapture {
  readonly excludeIpRanges: readonly string[];
  readonly ports: readonly number[];
  readonly ipRanges: readonly string[];
}

/** Whether the sidecar takes over a destination that is dialled by its Service address or by a name outside. */
export function captures(outbound: OutboundCapture, { endpoint, placement }: Destination): boolean {
  const isService = placement.kind !== 'external' && !placement.headless;
  return outbound.ports.includes(endpoint.port) || (outbound.ipRanges.length > 0 && isService);
}

/** Envoy leaves after this time; the collector needs it until its queues are flushed. Less than the grace period. */
const PROXY_DRAIN_SECONDS = 20;

/** ADR 26: the annotations that make the sidecar intercept exactly what goes to backends. */
export function sidecarAnnotations(sidecar: SidecarModel): Record<string, string> {
  const { outbound } = sidecar;
  return {
    ...(outbound.ports.length > 0 && { [INCLUDE_OUTBOUND_PORTS]: outbound.ports.join(',') }),
    // Never left out: without it the mesh default `*` intercepts everything (istio/istio#32677).
    [INCLUDE_OUTBOUND_RANGES]: outbound.ipRanges.join(','),
    ...(outbound.excludeIpRanges.length > 0 && {
      [EXCLUDE_OUTBOUND_RANGES]: outbound.excludeIpRanges.join(','),
    }),
    // Prometheus is outside the mesh (ADR 4). Exclusions only count while everything else is included
    // (istio/istio#11660).
    [INCLUDE_INBOUND_PORTS]: '*',
    [EXCLUDE_INBOUND_PORTS]: sidecar.inboundExclusions.join(','),
    // Otherwise Istio announces port 15020 for this pod, and an annotation scraper would read Envoy through us.
    [MERGE_METRICS]: 'false',
    ...(sidecar.native && { [NATIVE_SIDECAR]: 'true' }),
    ...(sidecar.resources && {
      [PROXY_CPU]: sidecar.resources.cpuRequest,
      [PROXY_CPU_LIMIT]: sidecar.resources.cpuLimit,
      [PROXY_MEMORY]: sidecar.resources.memoryRequest,
      [PROXY_MEMORY_LIMIT]: sidecar.resources.memoryLimit,
    }),
    ...proxyConfig(sidecar),
    ...(sidecar.certificates && {
      [USER_VOLUME_MOUNT]: JSON.stringify([{ name: CERTIFICATE_VOLUME, mountPath: OUTPUT_CERTIFICATES_PATH }]),
    }),
  };
}

function proxyConfig(sidecar: SidecarModel): Record<string, string> {
  const proxyMetadata = {
    ...(sidecar.certificates && { OUTPUT_CERTS: OUTPUT_CERTIFICATES_PATH }),
    ...(sidecar.dualStack && { ISTIO_DUAL_STACK: 'true' }),
  };
  const config = {
    ...(Object.keys(proxyMetadata).length > 0 && { proxyMetadata }),
    // A native sidecar starts before and stops after the collector by itself, and Istio ignores these settings there.
    ...(!sidecar.native && {
      // The collector reads the certificate files at start and exits when they are missing.
      holdApplicationUntilProxyStarts: true,
      terminationDrainDuration: `${PROXY_DRAIN_SECONDS}s`,
    }),
  };
  return Object.keys(config).length === 0 ? {} : { [PROXY_CONFIG]: toYaml(config) };
}
