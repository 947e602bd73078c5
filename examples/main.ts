import { App } from 'cdk8s';
import { TrafficPlan } from 'cdk8s-telemetry';
import { examples } from '.';

/** `npm run example -- <name>` renders an example and its plan into dist/. */
const [name = ''] = process.argv.slice(2);
const example = examples[name];
if (!example) throw new Error(`no example "${name}"; there are ${Object.keys(examples).join(', ')}`);

const app = new App();
example(app);
TrafficPlan.enforce(app);
app.synth();
