import { isIpv6 } from '../../private/cidr';
import { PROXY_CONTAINER } from '../../private/istio-names';
import type { Connection } from '../connection';
import type { Workload } from '../inventory';
import { type Truth, truthOf } from '../pods/truth';
import type { World } from '../world';
import { writtenRanges } from './address-set';
import { type AddressSet, dialledAddresses, within } from './addresses';
import type { Interception, RangeList } from './interception';

/** A connection as the rules in the client's pod see it. */
export interface Dial {
  readonly tcp: boolean;
  /** Null: it may be any. */
  readonly port: number | null;
  readonly to: AddressSet;
  /** An address of the pod itself, or 127.0.0.1. */
  readonly local: Truth;
  /** 127.0.0.1 or ::1. */
  readonly loopback: Truth;
  /** One of the servers in /etc/resolv.conf. */
  readonly nameserver: Truth;
  /** Sent by the user or group of the sidecar. */
  readonly byProxy: Truth;
  /** By IPv6, for which Istio wrote no rules. */
  readonly unruledIpv6: Truth;
}

export function dialOf(world: World, client: Workload, pod: Interception, connection: Connection): Dial {
  const { to, protocol, port, dialler } = connection;
  const addresses = dialledAddresses(world, to);
  const loopback = to.kind === 'loopback';
  return {
    tcp: protocol === 'TCP',
    port,
    to: addresses,
    local: loopback ? 'yes' : reachesItself(world, client, connection),
    // Flows call the pod's own address loopback, too; only the sidecar's own connections are told apart by that.
    loopback: loopback ? (dialler === 'proxy' ? 'unknown' : 'yes') : 'no',
    nameserver: to.kind === 'dns' ? 'yes' : 'unknown',
    byProxy: dialler === 'proxy' ? 'yes' : runsAsProxy(client, pod),
    unruledIpv6: pod.proxy.dualStack ? 'no' : unruledIpv6(world, addresses),
  };
}

/** By pod address a workload can meet itself: another of its pods, or the same one. */
function reachesItself(world: World, client: Workload, { to }: Connection): Truth {
  if (to.kind === 'workload') return to.workload === client ? 'unknown' : 'no';
  if (to.kind !== 'service' || !to.service?.headless) return 'no';
  return world.workloadsBehind(to.service).includes(client) ? 'unknown' : 'no';
}

/** Which container dials is not known: all of those that keep running, or some. A missing user is that of the image. */
function runsAsProxy({ pod }: Workload, { proxyUser, proxyGroup }: Interception): Truth {
  const applications = pod.containers.filter(
    ({ name, init, restartable }) => (!init || restartable) && name !== PROXY_CONTAINER,
  );
  const asProxy = applications.filter(
    ({ runAsUser, runAsGroup }) =>
      (runAsUser ?? pod.runAsUser) === proxyUser || (runAsGroup ?? pod.runAsGroup) === proxyGroup,
  );
  if (asProxy.length === 0) return 'no';
  return asProxy.length === applications.length ? 'yes' : 'unknown';
}

/**
 * Istio writes rules for IPv6 when it is the family of the pod's first address, or when it is told to. Otherwise iptables
 * captures none of it, while nftables applies all rules but those with IPv6 ranges.
 */
function unruledIpv6({ facts }: World, to: AddressSet): Truth {
  const { ipv6, podCidrs } = facts;
  const maybeDualStack = !ipv6 && (podCidrs.length === 0 || podCidrs.some(isIpv6));
  return maybeDualStack && within(to, ALL_IPV6) !== 'no' ? 'unknown' : 'no';
}

const ALL_IPV6 = writtenRanges(['::/0']);

/** Whether the destination lies in annotated ranges. */
export function inRanges({ everything, cidrs, unreadable }: RangeList, { to, unruledIpv6: unruled }: Dial): Truth {
  if (everything) return 'yes';
  const applied = unruled === 'no' ? cidrs : cidrs.filter((cidr) => !isIpv6(cidr));
  const certain = applied.length > 0 ? within(to, applied) : 'no';
  if (certain !== 'no' || (unreadable.length === 0 && applied.length === cidrs.length)) return certain;
  return unreadable.length > 0 || within(to, cidrs) !== 'no' ? 'unknown' : 'no';
}

export function isPort(dial: Dial, port: number): Truth {
  return dial.port === null ? 'unknown' : truthOf(dial.port === port);
}
