const { readdirSync } = require('node:fs');
const { join } = require('node:path');

/** What tests with random input find differs from run to run, and one of speed notices no verdict. */
const apart = /properties|policy-addresses|refinement|speed/;

/** The tests of pods and verdicts as one: to load the planner once for each mutant takes a tenth of the time. */
for (const folder of [join(__dirname, '../pods'), __dirname, join(__dirname, 'network-policy')]) {
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.test.ts') && !apart.test(file)) require(join(folder, file));
  }
}
