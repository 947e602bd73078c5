import { hostCidr } from '../../private/cidr';
import { EXCLUDE_OUTBOUND_RANGES, INCLUDE_OUTBOUND_PORTS, INCLUDE_OUTBOUND_RANGES } from '../../private/istio-names';
import { groupsBy } from '../group-by';
import type { Interception } from '../verdicts/interception';
import type { Judged } from '../verdicts/judged';
import { distinct, listed, portList, quoted, someOf } from '../words';
import type { World } from '../world';
import { exceptionsAmong } from './exceptions';
import { type Found, found, onlyIf } from './finding';
import { clientOf, connectionWords, fails, sourceOf, targetWords } from './flow-words';
import { annotationOf } from './place';

/** Connections that a sidecar takes and should not (hazards 2 and 3 of docs/istio.md). */
export function capturedConnections(world: World, judged: readonly Judged[]): Found[] {
  const captured = judged.filter(isCaptured);
  const unknown = judged.filter((one) => isTaken(one) && isUnknownToMesh(one));
  const scrapes = captured.filter((one) => isScrapeOfPods(one) && !isUnknownToMesh(one));
  const platform = captured.filter(isNeededByItself);
  return [
    ...groupsBy(unknown.filter(isScrapeOfPods), ({ flow }) => flow.from).flatMap((same) =>
      scraped(world, 'CT121', same, exceptionsAmong(judged, isUnknownToMesh)),
    ),
    ...groupsBy(scrapes, ({ flow }) => flow.from).flatMap((same) =>
      scraped(world, 'CT105', same, exceptionsAmong(judged, isCaptured)),
    ),
    ...groupsBy(platform, ({ flow, connection: { to, port } }) => `${flow.from} ${to.kind} ${port ?? ''}`).flatMap(
      (same) => platformThroughSidecar(world, same),
    ),
    ...unknown.filter((one) => !isScrapeOfPods(one)).map(unknownHost),
  ];
}

/** Because somebody asked for it: that a mesh intercepts everything by default is no mistake of theirs. */
function isCaptured({ flow, capture, interception, connection: { port } }: Judged): boolean {
  if (flow.path !== 'sidecar' || capture?.result !== 'envoy-outbound' || !interception) return false;
  const { includeOutboundPorts, includeOutboundRanges } = interception;
  return !includeOutboundRanges.everything || (port !== null && includeOutboundPorts.ports.includes(port));
}

function isTaken({ flow, capture }: Judged): boolean {
  return flow.path === 'sidecar' && capture?.result === 'envoy-outbound';
}

function isScrapeOfPods({ connection: { purpose, to } }: Judged): boolean {
  return purpose === 'scrape' && (to.kind === 'pods' || to.kind === 'workload');
}

/** REGISTRY_ONLY. */
function isUnknownToMesh(one: Judged): boolean {
  return fails(one) && one.causes.every((cause) => cause === 'unknown-host-refused');
}

function scraped(
  { facts }: World,
  code: 'CT105' | 'CT121',
  same: readonly Judged[],
  exception: (one: Judged) => string | undefined,
): Found[] {
  const [first] = same;
  const workload = first && clientOf(first);
  const { interception } = first ?? {};
  if (!first || !workload || !interception) return [];
  const targets = distinct(same.map(({ connection: { to } }) => targetWords(to)));
  const { field, ports, because } = reasonOf(same, interception);
  const refused = code === 'CT121' ? ' and are refused there (REGISTRY_ONLY)' : '';
  const ranges = [...facts.podCidrs, ...facts.nodeCidrs];
  const finding = found(
    code,
    annotationOf(workload, field),
    {
      message: `Scrapes of ${someOf(targets)} on ${ports} go through the sidecar of ${workload.id}${refused}, because ${because}.`,
      fix: `Set ${EXCLUDE_OUTBOUND_RANGES} to ${ranges.length > 0 ? quoted(ranges.join(',')) : 'the ranges of pods and nodes, such as "10.244.0.0/16,10.10.0.0/16"'}.`,
    },
    same,
  );
  const conditions = same.map(exception);
  return [conditions.every((condition) => condition !== undefined) ? onlyIf(conditions[0] ?? '', finding) : finding];
}

/** Because of a list of ports, or else of the ranges. */
function reasonOf(same: readonly Judged[], { includeOutboundPorts, includeOutboundRanges }: Interception) {
  const dialled = distinct(same.flatMap(({ connection: { port } }) => port ?? []));
  const ports = dialled.length === 0 ? 'any port' : `port${dialled.length > 1 ? 's' : ''} ${listed(dialled)}`;
  if (dialled.some((port) => includeOutboundPorts.ports.includes(port))) {
    const because = `includeOutboundPorts is ${portList(includeOutboundPorts.ports)}`;
    return { field: INCLUDE_OUTBOUND_PORTS, ports, because };
  }
  const because = includeOutboundRanges.everything
    ? 'includeOutboundIPRanges is "*" or not set'
    : `includeOutboundIPRanges is ${quoted(includeOutboundRanges.cidrs.join(','))}`;
  return { field: INCLUDE_OUTBOUND_RANGES, ports, because };
}

const PLATFORM: readonly string[] = ['kubernetes-api', 'kubelet', 'istiod'];

/** DNS only where somebody lists its port: a range of Services contains it by nature, and UDP never goes through. */
function isNeededByItself({ connection: { to, port }, interception }: Judged): boolean {
  if (to.kind === 'dns') return port !== null && interception?.includeOutboundPorts.ports.includes(port) === true;
  return PLATFORM.includes(to.kind);
}

function platformThroughSidecar(world: World, same: readonly Judged[]): Found[] {
  const [first] = same;
  const workload = first && clientOf(first);
  const { interception } = first ?? {};
  if (!first || !workload || !interception) return [];
  const { field, ports, because } = reasonOf(same, interception);
  return [
    found(
      'CT106',
      annotationOf(workload, field),
      {
        message: `Connections of ${workload.id} to ${targetWords(first.connection.to)} on ${ports} go through its sidecar, because ${because}.`,
        fix: `Add ${platformRange(world, first)} to ${EXCLUDE_OUTBOUND_RANGES}.`,
      },
      same,
    ),
  ];
}

function platformRange({ facts }: World, { connection: { to } }: Judged): string {
  if (to.kind === 'kubernetes-api') {
    const ips = facts.apiServer.serviceIps.map(hostCidr);
    return ips.length > 0
      ? listed(ips.map(quoted))
      : 'the cluster IP of Service default/kubernetes, such as "10.96.0.1/32",';
  }
  if (to.kind !== 'kubelet') return `the address of ${targetWords(to)}`;
  return facts.nodeCidrs.length > 0
    ? listed(facts.nodeCidrs.map(quoted))
    : 'the range of the nodes, such as "10.10.0.0/16",';
}

function unknownHost(judged: Judged): Found {
  const { to, port } = judged.connection;
  const target = targetWords(to);
  const fix =
    to.kind === 'external'
      ? `Add a ServiceEntry with host ${to.host} and port ${port ?? ''}, or take port ${port ?? ''} out of ${INCLUDE_OUTBOUND_PORTS}.`
      : `Exclude ${target} from interception with ${EXCLUDE_OUTBOUND_RANGES}.`;
  return found(
    'CT120',
    sourceOf(judged),
    {
      message: `${connectionWords(judged)} goes through the sidecar, and the mesh refuses what no Service and no ServiceEntry describes (REGISTRY_ONLY).`,
      fix,
    },
    [judged],
  );
}
