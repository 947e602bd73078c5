import type { ClusterProps } from './cluster-props';
import { checkFacts } from './private/cluster-checks';
import { parseClusterFile } from './private/cluster-file';
import type { ClusterFacts } from './private/cluster-facts';

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
