import { App } from 'cdk8s';
import { TrafficPlan } from 'cdk8s-telemetry';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from '../examples';

/** Draws the platform example into the README as its plan does; test/docs.test.ts holds it current. */
const file = join(__dirname, '../README.md');
const app = new App();
examples.platform?.(app);
const diagram = `\`\`\`mermaid\n${TrafficPlan.of(app).toMermaid()}\`\`\``;
writeFileSync(
  file,
  readFileSync(file, 'utf8').replace(/```mermaid\n[\s\S]*?```/, () => diagram),
);
