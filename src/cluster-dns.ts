import { checkIp } from './private/checks';
import { hostCidr } from './private/cidr';
import type { DnsServers } from './private/cluster-facts';
import { KUBE_DNS_LABELS, KUBE_DNS_SERVICE } from './private/kubernetes-names';
import { addresses, everyPodOf, podsOf } from './private/network-peer';
import { DNS_PORT } from './private/ports';

const KUBE_DNS = podsOf(KUBE_DNS_SERVICE.namespace, KUBE_DNS_LABELS);
/** Default address of node-local DNS (Kubernetes "Using NodeLocal DNSCache"). */
const NODE_LOCAL_DNS = '169.254.20.10/32';

/**
 * Where the pods of the cluster resolve names, as NetworkPolicy sees it: after the Service address was translated to a
 * pod. An address range does not match pods, so pods are always selected by labels.
 */
export class ClusterDns {
  /** CoreDNS or kube-dns in `kube-system` (pods labelled `k8s-app: kube-dns`), port 53. Right for kubeadm, EKS, AKS, kind. */
  public static coreDns(): ClusterDns {
    return new ClusterDns([{ peer: KUBE_DNS, port: DNS_PORT }]);
  }

  /**
   * CoreDNS behind node-local DNS at 169.254.20.10.
   *
   * @param serviceIp cluster IP of the DNS Service. With kube-proxy in iptables mode node-local DNS answers on it without
   * translation, so a policy sees this address (kubernetes/kubernetes#70555)
   */
  public static nodeLocal(serviceIp?: string): ClusterDns {
    return new ClusterDns([{ peer: KUBE_DNS, port: DNS_PORT }, ...at([NODE_LOCAL_DNS, ...range(serviceIp)], DNS_PORT)]);
  }

  /**
   * GKE: kube-dns, node-local DNS, and Cloud DNS at 169.254.169.254.
   *
   * @param serviceIp cluster IP of the DNS Service, with NodeLocal DNSCache
   */
  public static gke(serviceIp?: string): ClusterDns {
    const addressesOfNode = [NODE_LOCAL_DNS, '169.254.169.254/32', ...range(serviceIp)];
    return new ClusterDns([{ peer: KUBE_DNS, port: DNS_PORT }, ...at(addressesOfNode, DNS_PORT)]);
  }

  /** OpenShift: `openshift-dns`, whose pods listen on 5353. */
  public static openShift(): ClusterDns {
    return new ClusterDns([{ peer: everyPodOf('openshift-dns'), port: 5353 }]);
  }

  /**
   * Gardener: CoreDNS pods listen on 8053, node-local DNS on 53.
   *
   * @param serviceIp cluster IP of the DNS Service, with node-local DNS
   */
  public static gardener(serviceIp?: string): ClusterDns {
    return new ClusterDns([{ peer: KUBE_DNS, port: 8053 }, ...at([NODE_LOCAL_DNS, ...range(serviceIp)], DNS_PORT)]);
  }

  /** @internal */
  public readonly _servers: readonly DnsServers[];

  private constructor(servers: readonly DnsServers[]) {
    this._servers = servers;
  }
}

function at(cidrs: string[], port: number): DnsServers[] {
  return addresses(cidrs).map((peer) => ({ peer, port }));
}

function range(serviceIp: string | undefined): string[] {
  return serviceIp === undefined ? [] : [hostCidr(checkIp('ClusterDns', 'serviceIp', serviceIp))];
}
