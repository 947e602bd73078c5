import { ClusterDns } from './cluster-dns';
import type { IstioMesh } from './istio-mesh';
import { checkCidr, checkIp, checkPort, isDnsName } from './private/checks';
import { overlap } from './private/cidr';
import { parseClusterFile } from './private/cluster-file';
import { invalid } from './private/errors';
import type { ApiServerFacts, ClusterFacts, MeshFacts } from './private/facts';

/** Addresses of the Kubernetes API server. */
export interface ApiServerProps {
  /**
   * Cluster IPs of the Service `default/kubernetes`.
   *
   * Excluded from interception, so that a backend on 443 does not capture calls to the API server.
   *
   * @default - unknown
   */
  readonly serviceIps?: string[];

  /**
   * Addresses of the API server itself as ranges: `kubectl get endpointslices -n default kubernetes`.
   *
   * NetworkPolicy sees these, not the Service IP.
   *
   * @default - unknown: the API server's ports are allowed at every address outside the pod network
   */
  readonly endpointCidrs?: string[];

  /**
   * Port of those endpoints.
   *
   * @default - both usual ones: 443 and 6443
   */
  readonly port?: number;
}

/** Facts about a cluster that synthesis cannot see. */
export interface ClusterProps {
  /**
   * Name of the cluster: resource attribute `k8s.cluster.name` of every metric, and the identity by which charts for
   * different clusters may render objects of the same name in one App.
   *
   * @default - no cluster name
   */
  readonly name?: string;

  /** Whether and how the cluster has an Istio mesh. Always said, never detected. */
  readonly mesh: IstioMesh;

  /**
   * Ranges of pod addresses. Scrapes go to these addresses, so they are excluded from interception (ADR 26).
   *
   * @default - unknown: a scrape of a port that is also a backend port goes through the sidecar
   */
  readonly podCidrs?: string[];

  /**
   * Ranges of node addresses: the kubelet is called there.
   *
   * @default - unknown: the kubelet port is allowed at every address outside the pod network
   */
  readonly nodeCidrs?: string[];

  /**
   * Ranges of Service addresses.
   *
   * @default - unknown
   */
  readonly serviceCidrs?: string[];

  /**
   * The API server.
   *
   * @default - addresses unknown
   */
  readonly apiServer?: ApiServerProps;

  /**
   * Where pods resolve names.
   *
   * @default ClusterDns.coreDns()
   */
  readonly dns?: ClusterDns;
}

/**
 * What is known about a cluster, declared once for constructs, plan and command line. A fact that is left out stays
 * unknown: rules become as wide as they have to be, never a guess.
 */
export class Cluster {
  /**
   * Facts in code.
   *
   * @param props the facts; fails on malformed addresses, ranges, ports and names
   */
  public static of(props: ClusterProps): Cluster {
    return new Cluster(checkFacts('Cluster', props));
  }

  /**
   * Facts from a YAML (or JSON) file with the keys of `ClusterProps`; `mesh` has a `mode` (none, sidecar or ambient) and
   * the keys of `SidecarMeshProps`, `dns` is the name of a preset such as `coreDns` and `dnsServiceIp` its argument.
   *
   * @param path path of the file; fails on unknown keys and wrong types, naming file and key
   */
  public static fromFile(path: string): Cluster {
    return new Cluster(checkFacts(path, parseClusterFile(path)));
  }

  /** @internal */
  public readonly _facts: ClusterFacts;

  private constructor(facts: ClusterFacts) {
    this._facts = facts;
  }
}

function checkFacts(where: string, props: ClusterProps): ClusterFacts {
  const cidrs = (input: string, values: string[] = []): string[] =>
    values.map((value, i) => checkClusterCidr(where, `${input}[${i}]`, value));
  const podCidrs = cidrs('podCidrs', props.podCidrs);
  const nodeCidrs = cidrs('nodeCidrs', props.nodeCidrs);
  const serviceCidrs = cidrs('serviceCidrs', props.serviceCidrs);
  checkApart(where, { podCidrs, nodeCidrs }, serviceCidrs);
  return {
    name: checkName(where, props.name),
    mesh: checkMesh(where, props.mesh),
    podCidrs,
    nodeCidrs,
    serviceCidrs,
    apiServer: checkApiServer(where, props.apiServer ?? {}),
    dns: (props.dns ?? ClusterDns.coreDns())._servers,
    ipv6: podCidrs[0]?.includes(':') ?? false,
  };
}

function checkClusterCidr(where: string, input: string, value: string): string {
  if (checkCidr(where, input, value).endsWith('/0')) {
    throw invalid(where, {
      input,
      got: value,
      allowed: 'a range of the cluster, not every address',
      fix: 'leave the fact out if the range is unknown',
    });
  }
  return value;
}

/** Pods and nodes are excluded from interception; a Service address among them would bypass the sidecar. */
function checkApart(where: string, excluded: Record<string, string[]>, serviceCidrs: string[]): void {
  for (const [input, ranges] of Object.entries(excluded)) {
    const range = ranges.find((candidate) => serviceCidrs.some((services) => overlap(candidate, services)));
    if (range !== undefined) {
      throw invalid(where, {
        input,
        got: range,
        allowed: `ranges apart from serviceCidrs (${serviceCidrs.join(', ')})`,
        fix: 'declare the exact ranges; a Service address inside would bypass the sidecar and lose mutual TLS',
      });
    }
  }
}

/** Plain JavaScript can leave it out, and then nothing would be injected. */
function checkMesh(where: string, mesh: Partial<IstioMesh> | undefined): MeshFacts {
  if (mesh?._facts) return mesh._facts;
  throw invalid(where, {
    input: 'mesh',
    allowed: 'IstioMesh.none(), IstioMesh.sidecar() or IstioMesh.ambient()',
    fix: 'say how the cluster is meshed; a mesh is never assumed',
  });
}

function checkName(where: string, name: string | undefined): string {
  if (name !== undefined && !isDnsName(name)) {
    throw invalid(where, {
      input: 'name',
      got: name,
      allowed: 'lower-case letters, digits, hyphens and dots, such as prod-eu-1',
      fix: 'choose such a name, or leave it out',
    });
  }
  return name ?? '';
}

function checkApiServer(where: string, props: ApiServerProps): ApiServerFacts {
  const { serviceIps = [], endpointCidrs = [], port } = props;
  return {
    serviceIps: serviceIps.map((ip, i) => checkIp(where, `apiServer.serviceIps[${i}]`, ip)),
    endpointCidrs: endpointCidrs.map((cidr, i) => checkCidr(where, `apiServer.endpointCidrs[${i}]`, cidr)),
    ports: port === undefined ? [443, 6443] : [checkPort(where, 'apiServer.port', port)],
  };
}
