import type { INetworkPolicyPeer } from 'cdk8s-plus-28';
import { checkDnsLabel, checkPodLabels } from './private/checks';
import { type Keys, mapOf, objectOf, required, text, textOf } from './private/given';
import { type NetworkPeer, podsOf } from './private/network-peer';
import { peerFromCdk8sPlus } from './private/cdk8s-plus-peer';

/** Pods, by namespace and labels together, so that no other namespace can join by labelling its pods. */
export interface PodReaderProps {
  /** Namespace of the pods. */
  readonly namespace: string;

  /** Labels of the pods; at least one. */
  readonly podLabels: Record<string, string>;
}

const PODS: Keys<PodReaderProps> = {
  namespace: required(textOf('the namespace of the pods', 'name it')),
  podLabels: required(mapOf(text)),
};

/** Somebody who may connect to one of our parts, besides those that have to. */
export class Reader {
  /**
   * Pods of one namespace.
   *
   * @param props namespace and labels
   */
  public static pods(props: PodReaderProps): Reader {
    return new Reader((where) => {
      const { namespace, podLabels } = objectOf(PODS)(where, 'reader', props);
      return podsOf(
        checkDnsLabel(where, 'reader.namespace', namespace),
        checkPodLabels(where, 'reader.podLabels', podLabels),
      );
    });
  }

  /**
   * A peer of cdk8s-plus: pods, namespaces or an address range.
   *
   * @param peer fails when it selects every pod, as cdk8s-plus renders a selector with an empty label value
   */
  public static fromPeer(peer: INetworkPolicyPeer): Reader {
    return new Reader((where) => peerFromCdk8sPlus(where, peer));
  }

  /** @internal */
  public readonly _resolve: (where: string) => NetworkPeer;

  private constructor(resolve: (where: string) => NetworkPeer) {
    this._resolve = resolve;
  }
}
