import { App } from 'cdk8s';
import { minimal } from './app';

const app = new App();
minimal(app);
app.synth();
