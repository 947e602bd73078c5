// Three bundles of what jsii compiled: the library, which loads the planner only when a plan is asked for; the planner; and the
// command, which loads neither cdk8s nor constructs. jsii writes ES modules (tsconfig.json): esbuild joins them in one scope, which
// loads in two thirds of the time of CommonJS modules, and names the exports for apps that are ES modules.
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'inline',
  // Node shows the line of an error: with whole files on one line a refusal would be lost below them.
  lineLimit: 160,
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
};

await build({
  ...common,
  entryPoints: ['lib/src/index.js'],
  external: ['cdk8s', 'constructs', './plan'],
  outfile: 'lib/index.js',
});
await build({ ...common, entryPoints: ['lib/src/plan/index.js'], outfile: 'lib/plan.js' });
await build({ ...common, entryPoints: ['lib/src/cli/main.js'], outfile: 'lib/cli.js' });
