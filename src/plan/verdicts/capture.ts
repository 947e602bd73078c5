import { DNS_PORT, HBONE_PORT, ISTIO_MERGED_METRICS_PORT } from '../../private/ports';
import type { Connection } from '../connection';
import type { Workload } from '../inventory';
import { and, not, or, type Truth, truthOf } from '../pods/truth';
import type { World } from '../world';
import { addressSet, within } from './addresses';
import { type Dial, dialOf, inRanges, isPort } from './dial';
import { contains, type Interception, interceptionOf, NO_PORTS, type PortList } from './interception';
import { shortened } from './traffic-annotations';

/** What the rules in a pod with a sidecar do with a connection. */
export type CaptureResult = 'direct' | 'envoy-outbound' | 'envoy-inbound' | 'agent-dns';

export interface Capture {
  readonly result: CaptureResult | 'conditional';
  /** One, or for `conditional` those among which the condition decides. */
  readonly possible: readonly CaptureResult[];
  /** The rule that decides, or the condition; words without a full stop. */
  readonly why: string;
}

/** A rule that may match: the first that does decides. */
interface Rule {
  readonly matches: Truth;
  readonly result: CaptureResult;
  /** Its condition, in words. */
  readonly because: string;
}

/**
 * What happens to a connection of a pod with a sidecar: istio `tools/istio-iptables/pkg/capture/run.go`. Where the facts do
 * not say whether istio-init or istio-cni writes the rules, it is only certain when they agree.
 */
export function captureOf(world: World, client: Workload, connection: Connection): Capture {
  const pod = interceptionOf(client);
  const dial = dialOf(world, client, pod, connection);
  const { mesh } = world.facts;
  if (mesh?.mode === 'sidecar') return firstMatch(rulesOf(mesh.istioCni ? 'istio-cni' : 'istio-init', pod, dial));
  return firstMatch(eitherOf(rulesOf('istio-init', pod, dial), rulesOf('istio-cni', pod, dial)));
}

type Installer = 'istio-init' | 'istio-cni';

/** Both have the same rules in the same order, only some conditions differ. */
function eitherOf(init: readonly Rule[], cni: readonly Rule[]): Rule[] {
  return init.map((ofInit, i) => {
    const ofCni = cni[i]!;
    if (ofInit.matches === ofCni.matches) return ofInit;
    if (ofInit.matches === 'no') return { ...ofCni, matches: 'unknown', because: `${ofCni.because} with istio-cni` };
    if (ofCni.matches === 'no') return { ...ofInit, matches: 'unknown', because: `${ofInit.because} with istio-init` };
    return { ...ofInit, matches: 'unknown' };
  });
}

/** In the order in which the kernel asks them. */
function rulesOf(installer: Installer, pod: Interception, dial: Dial): Rule[] {
  const cni = installer === 'istio-cni';
  const { proxy, includeOutboundPorts: included, includeOutboundRanges: ranges } = pod;
  const excluded = pod.excludeOutboundPorts ?? (cni ? CNI_EXCLUDED_PORTS : NO_PORTS);
  const [tcp, dnsCapture] = [truthOf(dial.tcp), truthOf(proxy.dnsCapture)];
  const dns = isPort(dial, DNS_PORT);
  const captureDns = and(dnsCapture, dns);
  const asksCaptured = or(truthOf(cni || proxy.captureAllDns), dial.nameserver);
  return [
    direct(truthOf(pod.mode === 'NONE'), 'interceptionMode is NONE'),
    direct(truthOf(cni && proxy.disableEnvoy), 'DISABLE_ENVOY is set, which means no rules'),
    direct(pod.excludeInterfaces ? 'unknown' : 'no', 'it leaves through an interface of excludeInterfaces'),
    direct(dial.unruledIpv6, 'it goes by IPv6, for which the pod has no rules without ISTIO_DUAL_STACK'),
    direct(contains(excluded, dial.port), portWords(excluded, dial, 'excludeOutboundPorts')),
    {
      matches: and(dial.byProxy, dial.local, tcp, not(dial.loopback), not(or(isPort(dial, HBONE_PORT), captureDns))),
      result: 'envoy-inbound',
      because: 'the sidecar dials its own pod',
    },
    direct(
      and(not(dial.byProxy), dial.local, not(includesLoopback(pod)), not(and(dnsCapture, or(not(tcp), dns)))),
      'the destination is the pod itself',
    ),
    direct(dial.byProxy, "connections of the sidecar's own user and group are not captured"),
    direct(
      !cni && proxy.ownerGroups ? 'unknown' : 'no',
      'ISTIO_OUTBOUND_OWNER_GROUPS exempts the group of the process',
    ),
    {
      matches: and(captureDns, asksCaptured),
      result: 'agent-dns',
      because: dnsWords(dns, asksCaptured),
    },
    direct(dial.loopback, 'the destination is the pod itself'),
    direct(inRanges(pod.excludeOutboundRanges, dial), 'the destination lies in excludeOutboundIPRanges'),
    direct(not(tcp), 'Envoy takes TCP only'),
    outbound(contains(included, dial.port), portWords(included, dial, 'includeOutboundPorts')),
    outbound(inRanges(ranges, dial), ranges.everything ? 'includeOutboundIPRanges is "*"' : IN_INCLUDED_RANGES),
    direct('yes', 'neither its port nor its destination is included'),
  ];
}

const CNI_EXCLUDED_PORTS: PortList = { ...NO_PORTS, ports: [ISTIO_MERGED_METRICS_PORT] };
const IN_INCLUDED_RANGES = 'the destination lies in includeOutboundIPRanges';

function direct(matches: Truth, because: string): Rule {
  return { matches, result: 'direct', because };
}

function outbound(matches: Truth, because: string): Rule {
  return { matches, result: 'envoy-outbound', because };
}

function firstMatch(rules: readonly Rule[]): Capture {
  const reached = rules.slice(0, rules.findIndex(({ matches }) => matches === 'yes') + 1);
  const certain = reached.at(-1)!;
  const maybe = reached.filter(({ matches }) => matches === 'unknown');
  // What may match just before the certain rule and does the same decides nothing.
  while (maybe.at(-1)?.result === certain.result) maybe.pop();
  if (maybe.length === 0) return { result: certain.result, possible: [certain.result], why: certain.because };
  const conditions = maybe.map(({ result, because }) => `${PHRASES[result]} if ${because}`);
  const possible = [...new Set([...maybe, certain].map(({ result }) => result))];
  return { result: 'conditional', possible, why: `${conditions.join(', ')}, otherwise ${PHRASES[certain.result]}` };
}

const PHRASES: Record<CaptureResult, string> = {
  direct: 'it bypasses the sidecar',
  'envoy-outbound': 'the sidecar takes it',
  'envoy-inbound': 'the inbound side of the sidecar takes it',
  'agent-dns': 'the DNS proxy of the sidecar answers',
};

function dnsWords(port: Truth, server: Truth): string {
  const open = [
    ...(port === 'unknown' ? [`its port is ${DNS_PORT}`] : []),
    ...(server === 'unknown' ? ['its server is one of /etc/resolv.conf'] : []),
  ];
  return ['DNS capture (ISTIO_META_DNS_CAPTURE) is on', ...open].join(' and ');
}

function portWords({ ports, unreadable }: PortList, { port }: Dial, annotation: string): string {
  if (port === null) {
    const all = [...ports, ...unreadable];
    return `its port is ${all.length > 1 ? 'one of ' : ''}${shown(all)} (${annotation})`;
  }
  if (ports.includes(port)) return `port ${port} is in ${annotation}`;
  return `Istio takes "${shown(unreadable)}" in ${annotation} for port ${port}`;
}

const SHOWN_PORTS = 10;

function shown(items: readonly (string | number)[]): string {
  const texts = items.slice(0, SHOWN_PORTS).map((item) => shortened(String(item)));
  return items.length > SHOWN_PORTS ? `${texts.join(', ')} and others` : texts.join(', ');
}

function includesLoopback({ includeOutboundRanges: { cidrs } }: Interception): Truth {
  return truthOf(cidrs.some((cidr) => within(addressSet([cidr]), ['127.0.0.0/8', '::1/128']) === 'yes'));
}
