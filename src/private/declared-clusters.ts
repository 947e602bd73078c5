import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { invalid } from './errors';
import type { ClusterFacts } from './cluster-facts';

const declared = new WeakMap<IConstruct, ClusterFacts>();

/** Remembers for which cluster a part renders its objects. */
export function declareCluster(part: IConstruct, facts: ClusterFacts): void {
  declared.set(part, facts);
}

/** The objects below a construct that go to one cluster. */
export interface ClusterObjects {
  readonly facts: ClusterFacts;
  readonly objects: readonly ApiObject[];
}

/**
 * The objects below a construct by cluster. An object belongs to the cluster of its part; without a part to the clusters
 * of its chart; and when the chart names none, to every cluster.
 */
export function objectsByCluster(scope: IConstruct): ClusterObjects[] {
  const nodes = scope.node.findAll();
  const clusters = clustersOf(nodes);
  const charts = new Map<Chart, Set<string>>();
  for (const node of nodes) {
    for (const { name } of declaration(node)) charts.set(Chart.of(node), namesOf(charts, Chart.of(node)).add(name));
  }
  const objects = nodes.filter((node) => ApiObject.isApiObject(node));
  return [...clusters.values()].map((facts) => ({
    facts,
    objects: objects.filter((object) => {
      const part = [...object.node.scopes].reverse().find((node) => declared.has(node));
      if (part) return declared.get(part)?.name === facts.name;
      const names = namesOf(charts, Chart.of(object));
      return names.size === 0 || names.has(facts.name);
    }),
  }));
}

/** The objects of the only cluster, or of the one with a name. */
export function chosenCluster(scope: IConstruct, name: string | undefined): ClusterObjects {
  const clusters = objectsByCluster(scope);
  const found = name === undefined ? clusters : clusters.filter(({ facts }) => facts.name === name);
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = clusters.map(({ facts }) => facts.name);
  throw invalid(scope.node.path || 'TrafficPlan.of', {
    input: 'cluster',
    ...(name !== undefined && { got: name }),
    allowed: names.length === 0 ? 'a scope with a construct of this library' : `one of ${names.join(', ')}`,
    fix: 'pass one chart, or the name of its Cluster',
  });
}

/** Two descriptions of one cluster would be planned by whichever came last. */
function clustersOf(nodes: readonly IConstruct[]): Map<string, ClusterFacts> {
  const clusters = new Map<string, ClusterFacts>();
  for (const node of nodes) {
    for (const facts of declaration(node)) {
      const other = clusters.get(facts.name) ?? facts;
      if (JSON.stringify(other) !== JSON.stringify(facts)) {
        throw invalid(node.node.path, {
          input: 'cluster',
          got: facts.name,
          allowed: 'the same facts as for the other constructs of the cluster',
          fix: 'share one Cluster object, or give different clusters different names',
        });
      }
      clusters.set(facts.name, facts);
    }
  }
  return clusters;
}

function declaration(node: IConstruct): ClusterFacts[] {
  const facts = declared.get(node);
  return facts ? [facts] : [];
}

function namesOf(charts: Map<Chart, Set<string>>, chart: Chart): Set<string> {
  return charts.get(chart) ?? new Set();
}
