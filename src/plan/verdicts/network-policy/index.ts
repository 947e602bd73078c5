import { hostCidr } from '../../../private/cidr';
import { AMBIENT_PROBE_SOURCE } from '../../../private/istio-names';
import type { Connection } from '../../connection';
import type { Workload } from '../../inventory';
import { dataPlaneOf } from '../../pods/data-plane';
import type { PolicyVerdict } from '../../result';
import type { World } from '../../world';
import { addressSet } from '../address-set';
import { type End, networkPlugin, type Route, workloadEnds } from './ends';
import { routesOf } from './routes';
import { type Ruling, rulingOf } from './ruling';
import { portWords, whyAllowed, whyDenied, whyUnknown } from './words';

export interface PolicyJudgement {
  /** Allowed when both directions are. */
  readonly verdict: PolicyVerdict;
  readonly egress: PolicyVerdict;
  readonly ingress: PolicyVerdict;
  /** In words without a full stop. */
  readonly why: string;
}

/**
 * Whether the NetworkPolicies of both ends allow a connection. They see real pods and ports, behind the addresses of
 * Services and whatever Istio redirects. Policies are those of the manifests and no others.
 *
 * @param targetPort what the pod listens on, as far as the caller knows; null when unknown
 */
export function policyVerdict(world: World, connection: Connection, targetPort: number | null): PolicyJudgement {
  const { client, to } = connection;
  if (to.kind === 'loopback') return allowed('a pod always reaches itself');
  if (client.kind === 'kubelet' && to.kind === 'workload')
    return fromOwnNode(world, to.workload, connection, targetPort);
  return judgementOf(world, routesOf(world, connection, targetPort));
}

function allowed(why: string): PolicyJudgement {
  return { verdict: 'allowed', egress: 'allowed', ingress: 'allowed', why };
}

interface JudgedRoute {
  readonly route: Route;
  readonly rulings: readonly [egress: Ruling, ingress: Ruling];
  readonly verdict: PolicyVerdict;
}

function judgementOf(world: World, routes: readonly Route[]): PolicyJudgement {
  const judged = routes.map((route): JudgedRoute => {
    const rulings = [rulingOf(world, 'egress', route), rulingOf(world, 'ingress', route)] as const;
    return { route, rulings, verdict: ofBothEnds(rulings.map(({ verdict }) => verdict)) };
  });
  const verdict = ofAllWays(judged.map((way) => way.verdict));
  return {
    verdict,
    egress: ofAllWays(judged.map(({ rulings: [egress] }) => egress.verdict)),
    ingress: ofAllWays(judged.map(({ rulings: [, ingress] }) => ingress.verdict)),
    why: whyOf(world, judged, verdict),
  };
}

function ofBothEnds(verdicts: readonly PolicyVerdict[]): PolicyVerdict {
  if (verdicts.includes('denied')) return 'denied';
  return verdicts.includes('unknown') ? 'unknown' : 'allowed';
}

/** Nobody knows which way a connection takes, so the verdict holds only if it is the same for all. */
function ofAllWays(verdicts: readonly PolicyVerdict[]): PolicyVerdict {
  const [first = 'unknown', ...others] = verdicts;
  return others.every((other) => other === first) ? first : 'unknown';
}

function whyOf(world: World, judged: readonly JudgedRoute[], verdict: PolicyVerdict): string {
  const alike = judged.filter((way) => way.verdict === verdict);
  if (verdict === 'allowed') return whyAllowed(alike.flatMap(({ rulings }) => rulings));
  if (alike.length > 0) return whyOfRoute(world, alike[0]!);
  const examples = (['allowed', 'denied'] as const).flatMap((each) => judged.find((way) => way.verdict === each) ?? []);
  const oneClient = new Set(judged.map(({ route }) => route.from.name)).size === 1;
  const ways = examples.map((way) => {
    const { from, to } = way.route;
    const ends = oneClient ? `to ${to.name}` : `from ${from.name} to ${to.name}`;
    return `${portWords(way.route)} ${ends} is ${way.verdict} (${whyOfRoute(world, way)})`;
  });
  const reason = judged.some(({ route }) => isOnNodeNetwork(route))
    ? "network plugins differ on pods that use their node's network"
    : 'it is not the same for all that it can be';
  return ways.length > 0 ? `${reason}: ${ways.join(', ')}` : 'nobody is known to answer';
}

function isOnNodeNetwork({ from, to }: Route): boolean {
  return [from, to].some(({ workload }) => workload?.pod.hostNetwork === true);
}

function whyOfRoute(world: World, { rulings, verdict }: JudgedRoute): string {
  if (verdict === 'allowed') return whyAllowed(rulings);
  return rulings
    .filter((ruling) => ruling.verdict === verdict)
    .map((ruling) => (verdict === 'denied' ? whyDenied(world, ruling) : whyUnknown(world, ruling)))
    .join('; ');
}

const OWN_NODE = 'a pod is always open to its own node';

function fromOwnNode(
  world: World,
  workload: Workload,
  connection: Connection,
  targetPort: number | null,
): PolicyJudgement {
  const isCilium = networkPlugin(world)?.startsWith('cilium') ?? false;
  if (!isCilium || dataPlaneOf(world, workload) !== 'ambient') return allowed(OWN_NODE);
  const address = AMBIENT_PROBE_SOURCE[world.facts.ipv6 ? 'ipv6' : 'ipv4'];
  const from: End = { kind: 'addresses', name: address, addresses: addressSet([hostCidr(address)]), place: 'outside' };
  const port = targetPort ?? connection.port;
  const probes = workloadEnds(world, workload).map((to): Route => ({ from, to, protocol: connection.protocol, port }));
  const judged = judgementOf(world, probes);
  if (judged.verdict === 'allowed') return judged;
  const why = `${judged.why}; probes of ambient pods come from ${address}, and Cilium may not count that as the node: allow ${hostCidr(address)}`;
  return { ...judged, verdict: 'unknown', ingress: 'unknown', why };
}
