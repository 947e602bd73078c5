import { App } from 'cdk8s';
import type { PlanFacts } from '../../../src/plan/world';
import { objectsByCluster } from '../../../src/private/declared-clusters';
import { scenarios } from '../../scenarios';

/** A manifest, or a mapping inside one. */
export type Tree = Record<string, unknown>;

/** What one cluster gets from a scenario, and what is declared about that cluster. */
export interface Stack {
  readonly name: string;
  readonly facts: PlanFacts;
  /** Fresh copies. */
  readonly manifests: () => Tree[];
}

export function stacksOf(name: string, scenario: (app: App) => void): Stack[] {
  const app = new App();
  scenario(app);
  const clusters = objectsByCluster(app);
  return clusters.map(({ facts, objects }) => {
    const rendered = JSON.stringify(objects.map((object) => object.toJson() as unknown));
    return {
      name: clusters.length > 1 ? `${name} (${facts.name})` : name,
      facts,
      manifests: () => JSON.parse(rendered) as Tree[],
    };
  });
}

export function everyStack(): Stack[] {
  return Object.entries(scenarios).flatMap(([name, scenario]) => stacksOf(name, scenario));
}
