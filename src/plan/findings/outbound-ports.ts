import { EXCLUDE_OUTBOUND_PORTS, INCLUDE_OUTBOUND_PORTS, INCLUDE_OUTBOUND_RANGES } from '../../private/istio-names';
import { ISTIO_RESERVED_PORTS, LAST_PORT } from '../../private/ports';
import type { Workload } from '../inventory';
import { type Interception, interceptionOf } from '../verdicts/interception';
import { listed, portList, quoted } from '../words';
import { type Found, found } from './finding';
import { annotationOf } from './place';

/** The list of intercepted ports in itself, of a pod with a sidecar. */
export function outboundPorts(workload: Workload): Found[] {
  if (workload.annotations[INCLUDE_OUTBOUND_PORTS] === undefined) return [];
  const interception = interceptionOf(workload);
  return [
    ...invalid(workload, interception),
    ...reserved(workload, interception),
    ...excludedToo(workload, interception),
    ...everythingIncluded(workload, interception),
  ];
}

/** Hazard 1 of docs/istio.md. */
function invalid(workload: Workload, { problems, includeOutboundPorts: { ports } }: Interception): Found[] {
  const wrong = problems.filter(({ annotation }) => annotation === INCLUDE_OUTBOUND_PORTS);
  if (wrong.length === 0) return [];
  const { repaired, open } = repair(wrong.map(({ value }) => value));
  const meant = open.length > 0 ? `, with the port that ${listed(open.map(quoted))} stands for` : '';
  return [
    found('CT101', annotationOf(workload, INCLUDE_OUTBOUND_PORTS), {
      message: `${wrong.map(({ value, problem }) => `${quoted(value)} in includeOutboundPorts: ${problem}`).join('; ')}.`,
      fix: `Set it to ${portList([...ports, ...repaired])}${meant}.`,
    }),
  ];
}

/** What the items certainly mean, and those that somebody has to look at. Nothing is meant by an empty item or port 0. */
function repair(items: readonly string[]): { readonly repaired: number[]; readonly open: string[] } {
  const repaired = items.filter((item) => /^0+[1-9]\d{0,4}$/.test(item)).map(Number);
  const open = items.filter((item) => !/^\d{0,6}$/.test(item) || Number(item) > LAST_PORT);
  return { repaired, open };
}

function reserved(workload: Workload, { includeOutboundPorts: { ports } }: Interception): Found[] {
  const taken = ports.filter((port) => ISTIO_RESERVED_PORTS.includes(port));
  if (taken.length === 0) return [];
  const rest = ports.filter((port) => !taken.includes(port));
  return [
    found('CT101', annotationOf(workload, INCLUDE_OUTBOUND_PORTS), {
      message: `includeOutboundPorts lists ${listed(taken)}, which Istio reserves for the sidecar: the sidecar answers there itself.`,
      fix: `Give the backend another port than ${listed(taken)}, and set includeOutboundPorts to ${portList(rest)}.`,
    }),
  ];
}

/** Hazard 4: exclusions are looked at first. */
function excludedToo(workload: Workload, { includeOutboundPorts, excludeOutboundPorts }: Interception): Found[] {
  const excluded = excludeOutboundPorts?.ports ?? [];
  const both = includeOutboundPorts.ports.filter((port) => excluded.includes(port));
  if (both.length === 0) return [];
  const rest = excluded.filter((port) => !both.includes(port));
  return [
    found('CT103', annotationOf(workload, EXCLUDE_OUTBOUND_PORTS), {
      message: `Port ${listed(both)} is in includeOutboundPorts and in excludeOutboundPorts: it is not intercepted.`,
      fix:
        rest.length === 0
          ? 'Remove excludeOutboundPorts if the backend is in the mesh, else remove the port from includeOutboundPorts.'
          : `Set excludeOutboundPorts to ${portList(rest)} if the backend is in the mesh, else remove the port from includeOutboundPorts.`,
    }),
  ];
}

/** Hazard 5. */
function everythingIncluded(workload: Workload, interception: Interception): Found[] {
  const { includeOutboundPorts, includeOutboundRanges } = interception;
  if (!includeOutboundRanges.everything || includeOutboundPorts.ports.length === 0) return [];
  const annotated = workload.annotations[INCLUDE_OUTBOUND_RANGES] !== undefined;
  const because = annotated ? 'is "*"' : 'is not set, and the default of a mesh is "*"';
  return [
    found('CT104', annotationOf(workload, annotated ? INCLUDE_OUTBOUND_RANGES : INCLUDE_OUTBOUND_PORTS), {
      message: `includeOutboundPorts is ${portList(includeOutboundPorts.ports)}, but includeOutboundIPRanges ${because}: every connection is intercepted, whatever its port.`,
      fix: `Set the annotation ${INCLUDE_OUTBOUND_RANGES} to "".`,
    }),
  ];
}
