import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { render, scenarios } from './scenarios';

const goldens = join(__dirname, 'goldens');

describe('each scenario renders its golden', () => {
  test.each(Object.entries(scenarios))('%s', (name, scenario) => {
    expect(render(scenario)).toMatchFile(join(goldens, `${name}.yaml`));
  });
});

test('every golden belongs to a scenario', () => {
  const files = readdirSync(goldens).map((file) => file.replace(/\.yaml$/, ''));
  expect(files.sort()).toEqual(Object.keys(scenarios).sort());
});
