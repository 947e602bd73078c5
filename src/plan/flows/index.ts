import type { Connection } from '../connection';
import type { Unread } from '../unread';
import type { World } from '../world';
import { collectorConnections } from './collector';
import type { FlowReader } from './connect';
import { dnsConnections } from './pods/dns';
import { istiodConnections } from './pods/mesh';
import { probeConnections } from './pods/probes';
import { urlConnections } from './pods/urls';
import type { Programs } from './programs';
import { readPrograms } from './programs/read';
import { prometheusConnections } from './prometheus';
import { webhookConnections } from './webhooks';

/** Who connects to whom, as far as manifests tell: by the programs' configurations, and by what Kubernetes and Istio do. */
export function connectionsOf(world: World, unread: Unread): { connections: Connection[]; programs: Programs } {
  const reader: FlowReader = { world, unread };
  const programs = readPrograms(world, unread);
  const { workloads } = world.inventory;
  const ofPrograms = [
    ...programs.collectors.flatMap((program) => collectorConnections(reader, program)),
    ...programs.prometheuses.flatMap((program) =>
      prometheusConnections(reader, program, programs.scrapeFiles.get(program)),
    ),
    ...programs.unknown.flatMap((running) => urlConnections(reader, running)),
    ...workloads.flatMap((workload) => istiodConnections(world, workload)),
  ];
  return {
    connections: [
      ...ofPrograms,
      ...dnsConnections(ofPrograms),
      ...workloads.flatMap((workload) => probeConnections(reader, workload)),
      ...webhookConnections(reader),
    ],
    programs: { collectors: programs.collectors, prometheuses: programs.prometheuses, rules: programs.rules },
  };
}
