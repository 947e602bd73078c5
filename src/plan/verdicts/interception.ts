import * as names from '../../private/istio-names';
import { ENVOY_METRICS_PORT, HBONE_PORT, ISTIO_MERGED_METRICS_PORT, PROXY_READINESS_PORT } from '../../private/ports';
import type { Workload } from '../inventory';
import { not, type Truth } from '../pods/truth';
import { once } from '../remembered';
import { type ProxySettings, proxySettings } from './proxy-config';
import {
  ALL_PORTS,
  type AnnotationProblem,
  NO_PORTS,
  type PortList,
  type RangeList,
  TrafficAnnotations,
} from './traffic-annotations';

export { type AnnotationProblem, NO_PORTS, type PortList, type RangeList } from './traffic-annotations';

/** What a pod's annotations tell istio-init or istio-cni to intercept; where one is missing, Istio's default. */
export interface Interception {
  readonly mode: 'REDIRECT' | 'TPROXY' | 'NONE';
  readonly includeOutboundPorts: PortList;
  /** Undefined when it is not annotated: istio-cni then excludes 15020. */
  readonly excludeOutboundPorts?: PortList;
  readonly includeOutboundRanges: RangeList;
  readonly excludeOutboundRanges: RangeList;
  readonly includeInboundPorts: PortList;
  readonly excludeInboundPorts: PortList;
  /** Where the sidecar's agent answers rewritten probes. */
  readonly statusPort: number;
  /** Network interfaces that no rule looks at. */
  readonly excludeInterfaces: boolean;
  readonly proxy: ProxySettings;
  /** User and group of the sidecar, which the rules let pass. */
  readonly proxyUser: number;
  readonly proxyGroup: number;
  readonly problems: readonly AnnotationProblem[];
}

export const interceptionOf = once(read);

const DEFAULT_PROXY_ID = 1337;

/** istio-cni takes root for a mistake. */
function proxyId(declared: number | undefined): number {
  return declared === undefined || declared === 0 ? DEFAULT_PROXY_ID : declared;
}

function read({ annotations: all, pod }: Workload): Interception {
  const annotations = new TrafficAnnotations(all);
  const proxy = pod.containers.find(({ name }) => name === names.PROXY_CONTAINER);
  const excludeOutboundPorts = annotations.ports(names.EXCLUDE_OUTBOUND_PORTS);
  const interception = {
    mode: modeOf(annotations),
    includeOutboundPorts: annotations.ports(names.INCLUDE_OUTBOUND_PORTS) ?? NO_PORTS,
    ...(excludeOutboundPorts && { excludeOutboundPorts }),
    includeOutboundRanges: annotations.rangesOrAll(names.INCLUDE_OUTBOUND_RANGES),
    excludeOutboundRanges: annotations.ranges(names.EXCLUDE_OUTBOUND_RANGES),
    includeInboundPorts: annotations.portsOrAll(names.INCLUDE_INBOUND_PORTS, ALL_PORTS),
    excludeInboundPorts: annotations.ports(names.EXCLUDE_INBOUND_PORTS) ?? NO_PORTS,
    statusPort: statusPortOf(annotations),
    excludeInterfaces: (annotations.text(names.EXCLUDE_INTERFACES) ?? '') !== '',
    proxy: proxySettings(annotations),
    proxyUser: proxyId(proxy?.runAsUser),
    proxyGroup: proxyId(proxy?.runAsGroup),
  };
  return { ...interception, problems: annotations.problems };
}

function modeOf(annotations: TrafficAnnotations): Interception['mode'] {
  const mode = annotations.text(names.INTERCEPTION_MODE) ?? 'REDIRECT';
  if (mode === 'REDIRECT' || mode === 'TPROXY' || mode === 'NONE') return mode;
  annotations.report(names.INTERCEPTION_MODE, mode, 'not REDIRECT, TPROXY or NONE');
  return 'REDIRECT';
}

/** A status port other than 15020 is excluded from capture as well. */
function statusPortOf(annotations: TrafficAnnotations): number {
  const port = annotations.text(names.STATUS_PORT);
  if (port === undefined || /^\d{1,5}$/.test(port)) return Number(port ?? ISTIO_MERGED_METRICS_PORT);
  annotations.report(names.STATUS_PORT, port, 'not a port from 0 to 65535');
  return ISTIO_MERGED_METRICS_PORT;
}

/** Answered by the sidecar itself, in plaintext, and never captured by `*`. */
export const PROXY_PORTS: readonly number[] = [ISTIO_MERGED_METRICS_PORT, PROXY_READINESS_PORT, ENVOY_METRICS_PORT];

/** Whether the sidecar takes what arrives on a port of its pod; null is any port. */
export function inboundCaptured(pod: Interception, port: number | null): Truth {
  if (pod.mode === 'NONE' || port === HBONE_PORT) return 'no';
  // An exclusion only counts while everything else is included.
  if (!pod.includeInboundPorts.everything) return contains(pod.includeInboundPorts, port);
  if (port === pod.statusPort || (port !== null && PROXY_PORTS.includes(port))) return 'no';
  return not(contains(pod.excludeInboundPorts, port));
}

/** Whether a list names a port; null is any port, and a value that cannot be read may mean it. */
export function contains(list: PortList, port: number | null): Truth {
  const named = port !== null && list.ports.includes(port);
  if (list.everything || named) return 'yes';
  const open = list.unreadable.length > 0 || (port === null && list.ports.length > 0);
  return open ? 'unknown' : 'no';
}
