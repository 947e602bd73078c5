import type { Cni } from '../../../../src/cluster-props';
import type { Connection, Destination } from '../../../../src/plan/connection';
import type { NetworkPolicy } from '../../../../src/plan/inventory';
import { policyVerdict } from '../../../../src/plan/verdicts/network-policy';
import type { PlanFacts, World } from '../../../../src/plan/world';
import { connection, named, policy, pods, worldWith } from './builders';

/** A client in `shop`, a server in `data`, and a cluster whose addresses are known. */
export const client = pods('shop/client', { app: 'client' });
export const server = pods(
  'data/server',
  { app: 'server', tier: 'db' },
  { ports: [{ name: 'web', port: 8080, protocol: 'TCP' }] },
);

export const FACTS: Partial<PlanFacts> = {
  podCidrs: ['10.244.0.0/16'],
  nodeCidrs: ['10.10.0.0/16'],
  serviceCidrs: ['10.96.0.0/16'],
  apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: ['10.10.0.4/32', '10.10.0.5/32'], ports: [6443] },
};

export function withPlugin(cni: Cni): Partial<PlanFacts> {
  return { ...FACTS, cni };
}

export function clusterWith(networkPolicies: NetworkPolicy[], facts: Partial<PlanFacts> = FACTS): World {
  const namespaces = new Map([['data', named('data', { team: 'store' })]]);
  return worldWith({ workloads: [client, server], networkPolicies, namespaces }, facts);
}

export function judge(world: World, asked: Connection, targetPort: number | null = asked.port) {
  return policyVerdict(world, asked, targetPort);
}

export function to(destination: Destination, options: Partial<Connection> = {}): Connection {
  return connection(client, destination, options);
}

export const toServer = to({ kind: 'workload', workload: server });

/** The only policy of the client's namespace. */
export function egress(...rules: NonNullable<NetworkPolicy['egress']>): NetworkPolicy {
  return policy('shop/out', { egress: rules });
}

/** The only policy of the server's namespace. */
export function ingress(...rules: NonNullable<NetworkPolicy['ingress']>): NetworkPolicy {
  return policy('data/in', { ingress: rules });
}
