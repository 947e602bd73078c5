import { App } from 'cdk8s';
import { TrafficPlan } from 'cdk8s-telemetry';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from '../examples';

/** Pages with a diagram of an example; test/docs.test.ts holds them current. */
export const diagrams = { 'README.md': 'minimal', 'examples/platform/README.md': 'platform' };

/** As the plan of the example draws it. */
export function diagramOf(example: string): string {
  const app = new App();
  examples[example]?.(app);
  return `\`\`\`mermaid\n${TrafficPlan.of(app).toMermaid()}\`\`\``;
}

if (require.main === module) {
  for (const [page, example] of Object.entries(diagrams)) {
    const file = join(__dirname, '..', page);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(/```mermaid\n[\s\S]*?```/, () => diagramOf(example)),
    );
  }
}
