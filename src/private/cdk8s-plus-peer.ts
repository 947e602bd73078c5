import type { INetworkPolicyPeer, LabelSelector } from 'cdk8s-plus-28';
import { invalid } from './errors';
import { hasMethod } from './given';
import { NAMESPACE_NAME } from './labels';
import type { LabelSelection, NetworkPeer } from './network-peer';

/** What a cdk8s-plus peer renders, taken over only if it names somebody. */
export function peerFromCdk8sPlus(where: string, peer: INetworkPolicyPeer): NetworkPeer {
  if (!hasMethod(peer, 'toNetworkPolicyPeerConfig')) {
    throw invalid(where, {
      input: 'reader',
      got: peer,
      allowed: 'a peer of cdk8s-plus, such as Pods.select(...)',
      fix: 'name pods without cdk8s-plus by Reader.pods({ namespace, podLabels })',
    });
  }
  const { ipBlock, podSelector } = peer.toNetworkPolicyPeerConfig();
  if (ipBlock) return { kind: 'cidr', cidr: ipBlock.cidr, ...(ipBlock.except && { except: ipBlock.except }) };
  const { names, labelSelector } = podSelector?.namespaces ?? {};
  const pods = selection(podSelector?.labelSelector);
  const namespaces = names?.length
    ? { matchExpressions: [{ key: NAMESPACE_NAME, operator: 'In', values: [...names].sort() }] }
    : selection(labelSelector);
  if (!pods && !namespaces) {
    throw invalid(where, {
      input: 'reader',
      got: peer.node.path,
      allowed: 'a peer that selects some pods or namespaces',
      fix: 'select by labels with values: an empty value makes cdk8s-plus select every pod',
    });
  }
  return { kind: 'selectors', pods, namespaces };
}

/** Undefined for a selector that selects everything. */
function selection(selector: LabelSelector | undefined): LabelSelection | undefined {
  const { matchLabels, matchExpressions } = selector?._toKube() ?? {};
  const hasLabels = matchLabels !== undefined && Object.keys(matchLabels).length > 0;
  const hasExpressions = matchExpressions !== undefined && matchExpressions.length > 0;
  if (!hasLabels && !hasExpressions) return undefined;
  return {
    ...(hasLabels && { matchLabels }),
    ...(hasExpressions && {
      matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        ...(values && { values }),
      })),
    }),
  };
}
