import type { Programs } from '../flows/programs';
import type { ProgramConfig, Workload } from '../inventory';
import { dataPlaneOf } from '../pods/data-plane';
import type { World } from '../world';
import { addressFamilies } from './address-families';
import { certificateUse } from './certificate-use';
import { certificateVolume } from './certificate-volume';
import type { Found } from './finding';
import { injection, onWorkloadInsteadOfPod } from './injection';
import { sidecarAnnotations } from './istio-settings';
import { outboundPorts } from './outbound-ports';
import { podAdmission, podSecurity } from './pod-admission';
import { policyMissing } from './policy-missing';
import { programsByWorkload } from './programs-by-workload';
import { proxyConfig } from './proxy-config';
import { proxyResources } from './proxy-resources';
import { scrapeAnnotations } from './scrape-annotations';
import { trafficAnnotations } from './traffic-annotations';

/** Labels, annotations, volumes and pods. */
export function workloadFindings(world: World, programs: Programs): Found[] {
  const byWorkload = programsByWorkload(programs);
  return [
    ...world.inventory.workloads.flatMap((workload) => [
      ...onWorkloadInsteadOfPod(workload),
      ...injection(world, workload),
      ...ofSidecar(world, workload),
      ...ofProgram(world, workload, byWorkload.get(workload) ?? []),
    ]),
    ...podSecurity(world),
  ];
}

function ofSidecar(world: World, workload: Workload): Found[] {
  const dataPlane = dataPlaneOf(world, workload);
  const injected = dataPlane === 'sidecar';
  const maybe = dataPlane === 'unknown' && sidecarAnnotations(workload).length > 0;
  return [
    ...(injected || maybe
      ? [
          ...outboundPorts(workload),
          ...trafficAnnotations(workload),
          ...proxyConfig(workload),
          ...proxyResources(workload),
          ...certificateVolume(workload),
        ]
      : []),
    ...(injected ? [...addressFamilies(world, workload), ...podAdmission(world, workload)] : []),
  ];
}

function ofProgram(world: World, workload: Workload, programs: readonly ProgramConfig[]): Found[] {
  if (programs.length === 0) return [];
  return [
    ...certificateUse(world, workload, programs),
    ...(dataPlaneOf(world, workload) === 'sidecar' ? scrapeAnnotations(world, workload) : []),
    ...policyMissing(world, workload),
  ];
}
