import { App } from 'cdk8s';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TrafficPlan } from '../src';
import { objectsByCluster } from '../src/private/declared-clusters';
import { render, scenarios } from './scenarios';

const goldens = join(__dirname, 'goldens');

describe('each scenario renders its golden', () => {
  test.each(Object.entries(scenarios))('%s', (name, scenario) => {
    expect(render(scenario)).toMatchFile(join(goldens, `${name}.yaml`));
  });
});

/** One plan for each cluster of a scenario. */
function plans(name: string): { file: string; plan: TrafficPlan }[] {
  const app = new App();
  scenarios[name]?.(app);
  const clusters = objectsByCluster(app).map(({ facts }) => facts.name);
  return clusters.map((cluster) => ({
    file: clusters.length === 1 ? name : `${name}.${cluster}`,
    plan: TrafficPlan.of(app, { cluster }),
  }));
}

describe('each scenario has its traffic plan', () => {
  test.each(Object.keys(scenarios))('%s', (name) => {
    for (const { file, plan } of plans(name)) {
      expect(plan.toMarkdown()).toMatchFile(join(goldens, `${file}.traffic.md`));
      expect(plan.toJson()).toMatchFile(join(goldens, `${file}.traffic.json`));
    }
  });
});

test('every golden belongs to a scenario', () => {
  const files = readdirSync(goldens);
  const expected = Object.keys(scenarios).flatMap((name) => [
    `${name}.yaml`,
    ...plans(name).flatMap(({ file }) => [`${file}.traffic.md`, `${file}.traffic.json`]),
  ]);
  expect(files.sort()).toEqual(expected.sort());
});
