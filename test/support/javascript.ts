import * as cdk8s from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { runInNewContext } from 'node:vm';
import * as library from '../../src';

const { BackendPlacement, Cluster, IstioMesh, MetricAgent, PipelineBackend, PrometheusNoMesh, TelemetryChart } =
  library;

/**
 * Runs what somebody writes who has no compiler. There are an `app`, a `chart`, a `mesh` and a `cluster`; `stack`, `agent`,
 * `prometheus` and `send` make one with valid props but those that are given.
 */
export function javascript(code: string): unknown {
  const app = new cdk8s.App();
  const chart = new cdk8s.Chart(app, 'chart', { namespace: 'ns' });
  const mesh = IstioMesh.sidecar();
  const cluster = Cluster.of({ mesh });
  const placement = BackendPlacement.inCluster();
  const helpers = {
    stack: (props: object) => new TelemetryChart(app, 'stack', { namespace: 'ns', cluster, ...props }),
    agent: (props: object) => new MetricAgent(chart, 'agent', { cluster, backends: [], ...props }),
    prometheus: (props: object) => new PrometheusNoMesh(chart, 'prometheus', { cluster, ...props }),
    send: (props: object) =>
      PipelineBackend.otlpHttp(chart, 'backend', { url: 'https://b.example', placement, ...props }),
  };
  return runInNewContext(code, {
    ...cdk8s,
    ...plus,
    ...library,
    ...helpers,
    URL,
    app,
    chart,
    mesh,
    cluster,
    placement,
  });
}

/** The message with which the code is refused. */
export function refusal(code: string): string {
  try {
    javascript(code);
  } catch (error) {
    return (error as Error).message;
  }
  return 'not refused';
}

/** Construct path or factory, prop, value, what is allowed, and the fix. */
export const WHOLE_REFUSAL = /^[\w./-]+: [\w.[\], -]+: (got .+|missing); allowed: .+; fix: .+$/s;
