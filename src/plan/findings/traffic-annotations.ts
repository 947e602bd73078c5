import {
  EXCLUDE_INBOUND_PORTS,
  INCLUDE_INBOUND_PORTS,
  INCLUDE_OUTBOUND_PORTS,
  INTERCEPTION_MODE,
  PROXY_CONFIG,
} from '../../private/istio-names';
import type { Workload } from '../inventory';
import { type AnnotationProblem, interceptionOf } from '../verdicts/interception';
import { listed, portList, quoted } from '../words';
import { type Found, found } from './finding';
import { sidecarAnnotations } from './istio-settings';
import { annotationOf } from './place';

/** The other traffic annotations of a pod with a sidecar. */
export function trafficAnnotations(workload: Workload): Found[] {
  return [...refused(workload), ...inboundExclusions(workload), ...interceptionOff(workload)];
}

/** Hazards 1 and 22 of docs/istio.md: what the injector, istio-init or istio-cni refuses. */
function refused(workload: Workload): Found[] {
  const problems = interceptionOf(workload).problems.filter(isRefused);
  return problems.map(({ annotation, value, problem }) =>
    found('CT102', annotationOf(workload, annotation), {
      message: `${quoted(value)} in ${annotation}: ${problem}.`,
      fix: fixOf(annotation, value),
    }),
  );
}

/** includeOutboundPorts has a code of its own, and port 0 in an exclusion does no harm. */
function isRefused({ annotation, value }: AnnotationProblem): boolean {
  return ![INCLUDE_OUTBOUND_PORTS, PROXY_CONFIG].includes(annotation) && value !== '0';
}

function fixOf(annotation: string, value: string): string {
  const bare = value.trim();
  if (annotation === INTERCEPTION_MODE) return 'Write "REDIRECT" or remove the annotation.';
  if (bare === '') return 'Remove the empty item.';
  if (/^0+\d+$/.test(bare)) return `Write "${Number(bare)}" instead of "${bare}".`;
  if (/^[\d.]+$/.test(bare) && bare.includes('.')) return `Write "${bare}/32" for this address.`;
  if (/^[\da-f:]+$/i.test(bare) && bare.includes(':')) return `Write "${bare}/128" for this address.`;
  if (bare !== value) return `Write "${bare}" without spaces.`;
  const form = /ranges$/i.test(annotation) ? 'ranges such as "10.0.0.0/8"' : 'decimal ports such as "8888"';
  return `Replace "${bare}" by ${form}, separated by commas.`;
}

/** Hazard 9: exclusions count only while everything is included (istio/istio#11660). */
function inboundExclusions(workload: Workload): Found[] {
  const { includeInboundPorts, excludeInboundPorts } = interceptionOf(workload);
  const open = includeInboundPorts.everything || includeInboundPorts.unreadable.length > 0;
  if (excludeInboundPorts.ports.length === 0 || open) return [];
  const captured = excludeInboundPorts.ports.filter((port) => includeInboundPorts.ports.includes(port));
  const place = annotationOf(workload, EXCLUDE_INBOUND_PORTS);
  if (captured.length === 0) {
    const because = includeInboundPorts.ports.length === 0 ? 'captures nothing' : 'does not list them';
    return [
      found('CT111', place, {
        message: `excludeInboundPorts ${portList(excludeInboundPorts.ports)} has no effect, because includeInboundPorts ${because}.`,
        fix: `Remove excludeInboundPorts, or set ${INCLUDE_INBOUND_PORTS} to "*".`,
      }),
    ];
  }
  const rest = includeInboundPorts.ports.filter((port) => !captured.includes(port));
  return [
    found('CT110', place, {
      message: `Port ${listed(captured)} is captured although excludeInboundPorts lists it, because includeInboundPorts lists it as well.`,
      fix: `Set ${INCLUDE_INBOUND_PORTS} to "*", or to ${portList(rest)} without ${listed(captured)}.`,
    }),
  ];
}

function interceptionOff(workload: Workload): Found[] {
  const others = sidecarAnnotations(workload).filter((annotation) => annotation.startsWith('traffic.'));
  if (interceptionOf(workload).mode !== 'NONE' || others.length === 0) return [];
  return [
    found('CT119', annotationOf(workload, INTERCEPTION_MODE), {
      message: `interceptionMode is NONE, so that ${listed(others)} ${others.length === 1 ? 'has' : 'have'} no effect.`,
      fix: `Remove ${INTERCEPTION_MODE} to intercept again, or remove the other traffic annotations.`,
    }),
  ];
}
