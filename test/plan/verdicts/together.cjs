const { readdirSync } = require('node:fs');

/** What tests with random input find differs from run to run, and one of speed notices no verdict. */
const apart = /-properties|policy-addresses|refinement|speed/;

/** The tests of the verdicts as one: to load the planner once for each mutant takes a tenth of the time. */
for (const file of readdirSync(__dirname)) {
  if (file.endsWith('.test.ts') && !apart.test(file)) require(`./${file}`);
}
