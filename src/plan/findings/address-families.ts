import { isIpv6 } from '../../private/cidr';
import { INCLUDE_OUTBOUND_PORTS, INCLUDE_OUTBOUND_RANGES, PROXY_CONFIG } from '../../private/istio-names';
import type { Workload } from '../inventory';
import { interceptionOf } from '../verdicts/interception';
import type { World } from '../world';
import { type Found, found } from './finding';
import { annotationOf } from './place';

/** Facts about the cluster's network that let connections go past a sidecar. */
export function addressFamilies(world: World, workload: Workload): Found[] {
  return [...dualStack(world, workload), ...socketLoadBalancing(world, workload)];
}

/** Hazard 22 of docs/istio.md. */
function dualStack({ facts }: World, workload: Workload): Found[] {
  const families = new Set(facts.podCidrs.map((cidr) => (isIpv6(cidr) ? 'IPv6' : 'IPv4')));
  const [first] = facts.podCidrs;
  if (families.size < 2 || interceptionOf(workload).proxy.dualStack) return [];
  const lost = first?.includes(':') ? 'IPv4' : 'IPv6';
  return [
    found('CT116', annotationOf(workload, PROXY_CONFIG), {
      message: `Pods of this cluster have addresses of both families, and ISTIO_DUAL_STACK is not set: the sidecar does not see connections over ${lost}.`,
      fix: `Set ISTIO_DUAL_STACK: "true" in the proxyMetadata of ${PROXY_CONFIG}, unless the mesh does so for every pod.`,
    }),
  ];
}

const FIXES: Readonly<Record<string, string>> = {
  cilium: 'Make sure that Cilium runs with bpf-lb-sock off, or with bpf-lb-sock-hostns-only: "true".',
  calico:
    'Make sure that Calico does not run with its eBPF data plane, or that connect-time load balancing is disabled there.',
};

/** Hazard 6. */
function socketLoadBalancing({ facts }: World, workload: Workload): Found[] {
  const plugin = facts.cni?.split('-')[0] ?? '';
  const fix = Object.hasOwn(FIXES, plugin) ? FIXES[plugin] : undefined;
  const { includeOutboundPorts, includeOutboundRanges } = interceptionOf(workload);
  const byPort = includeOutboundPorts.ports.length > 0;
  if (fix === undefined || includeOutboundRanges.everything || !(byPort || includeOutboundRanges.cidrs.length > 0))
    return [];
  return [
    found('CT117', annotationOf(workload, byPort ? INCLUDE_OUTBOUND_PORTS : INCLUDE_OUTBOUND_RANGES), {
      message: `With socket load balancing ${plugin === 'cilium' ? 'Cilium' : 'Calico'} replaces Service addresses before the sidecar sees them: ${byPort ? 'the list of Service ports' : 'the range of Services'} would then miss backends.`,
      fix,
    }),
  ];
}
