import type { DestinationRule, DestinationTls, Workload } from '../inventory';
import { once } from '../remembered';
import { byNamespace, selects, type World } from '../world';
import { HostIndex } from './host-index';
import { hostMatches, hostnameOf, isExportedTo } from './host-match';
import { rootNamespace } from './peer-authentication';

/** A host of the mesh's registry, as a DestinationRule addresses it. */
export interface RuledHost {
  readonly hostname: string;
  readonly namespace: string;
  /** Port of the Service. */
  readonly port: number;
}

/**
 * TLS that a DestinationRule demands of the client's sidecar; undefined leaves it to auto mTLS. Looked up in the client's
 * namespace, then the host's, then the root namespace: the first with a rule for the host decides, even if that rule says
 * nothing about TLS (istio `PushContext.destinationRule`).
 */
export function destinationTls(world: World, client: Workload, host: RuledHost): DestinationTls | undefined {
  const root = rootNamespace(world);
  const own = client.namespace === root ? [] : [client.namespace];
  for (const namespace of [...own, host.namespace, root]) {
    const rules = rulesFor(world, client, namespace, host);
    if (rules.length > 0) return rules.map((rule) => tlsOf(rule, host)).find((tls) => tls !== undefined);
  }
  return undefined;
}

const rulesByHost = once(({ inventory }: World) => {
  const namespaces = [...byNamespace(inventory.destinationRules)];
  return new Map(namespaces.map(([namespace, rules]) => [namespace, new HostIndex(rules, (rule) => [fullHost(rule)])]));
});

/** Those with the most specific host that a namespace has for it. */
function rulesFor(
  world: World,
  client: Workload,
  namespace: string,
  { hostname }: RuledHost,
): readonly DestinationRule[] {
  const matching = (rulesByHost(world).get(namespace)?.candidates(hostname) ?? [])
    .filter((rule) => hostMatches(fullHost(rule), hostname) && appliesTo(rule, client))
    .sort((a, b) => precedence(b) - precedence(a));
  const [first] = matching;
  return first ? matching.filter((rule) => fullHost(rule) === fullHost(first)) : [];
}

/** A short name is one of the rule's own namespace. */
function fullHost({ host, namespace }: DestinationRule): string {
  return host.includes('.') || host.startsWith('*') ? host : hostnameOf({ name: host, namespace });
}

/** Rules for certain workloads stay in their namespace. */
function appliesTo(rule: DestinationRule, client: Workload): boolean {
  if (!rule.workloadSelector) return isExportedTo(rule, client.namespace);
  return rule.namespace === client.namespace && selects(rule.workloadSelector, client.labels);
}

/** Names before wildcards, long wildcards before short ones, rules for certain workloads before others. */
function precedence(rule: DestinationRule): number {
  const host = fullHost(rule);
  const specific = host.startsWith('*') ? host.length : Number.MAX_SAFE_INTEGER / 4;
  return 2 * specific + (rule.workloadSelector ? 1 : 0);
}

function tlsOf({ tls, ports }: DestinationRule, { port }: RuledHost): DestinationTls | undefined {
  return ports.get(port) ?? tls;
}
