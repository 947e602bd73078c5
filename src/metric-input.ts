import type { Duration } from 'cdk8s';
import { checkDnsLabel, checkPort } from './private/checks';
import { invalid } from './private/errors';
import type { InputModel } from './private/input';

/** How the agent checks the certificate of the kubelet. */
export enum KubeletTls {
  /** Against the cluster CA. Needs serving certificates signed by it (`serverTLSBootstrap`). */
  VERIFY = 'verify',
  /** Not at all: anybody on the node's network path can pose as the kubelet. Many distributions need it. */
  SKIP_VERIFY = 'skip-verify',
}

/** Options every input has. */
export interface MetricInputProps {
  /**
   * Time between two collections.
   *
   * Fails below one second.
   *
   * @default Duration.seconds(30)
   */
  readonly interval?: Duration;
}

/** Node, pod and container metrics of the kubelet, object states of the API server. */
export interface RuntimeInputProps extends MetricInputProps {
  /**
   * How the kubelet's certificate is checked.
   *
   * @default KubeletTls.VERIFY
   */
  readonly kubeletTls?: KubeletTls;
}

/** Pods annotated with `prometheus.io/scrape: "true"` (and `/port`, `/path`, `/scheme`). */
export interface PrometheusInputProps extends MetricInputProps {
  /**
   * Namespaces whose pods are scraped. Others are not even discovered, and no egress to them is allowed.
   *
   * @default - all namespaces
   */
  readonly namespaces?: string[];

  /**
   * Ports that may be scraped: targets on other ports are dropped and the egress rule names these only.
   *
   * @default - every TCP port
   */
  readonly ports?: number[];
}

/** Metrics of the Istio sidecars (`istio_*`), read from Envoy's own port 15090. */
export interface IstioInputProps extends MetricInputProps {
  /**
   * Namespaces whose sidecars are scraped.
   *
   * @default - all namespaces
   */
  readonly namespaces?: string[];
}

/** One kind of metrics the agent collects on its node. */
export class MetricInput {
  /**
   * Metrics of the kubelet for every node, and of the API server once per cluster.
   *
   * @param props interval and TLS
   */
  public static runtime(props: RuntimeInputProps = {}): MetricInput {
    const where = 'MetricInput.runtime';
    return new MetricInput({
      kind: 'runtime',
      intervalSeconds: checkInterval(where, props.interval),
      skipKubeletVerification: props.kubeletTls === KubeletTls.SKIP_VERIFY,
    });
  }

  /**
   * Annotated pods. The scheme follows the mesh: Istio certificates towards STRICT sidecars, plain HTTP otherwise.
   *
   * @param props what to scrape
   */
  public static prometheus(props: PrometheusInputProps = {}): MetricInput {
    const where = 'MetricInput.prometheus';
    return new MetricInput({
      kind: 'prometheus',
      intervalSeconds: checkInterval(where, props.interval),
      namespaces: checkNamespaces(where, props.namespaces),
      ports: checkPorts(where, props.ports),
    });
  }

  /**
   * Envoy's view of the mesh traffic.
   *
   * @param props what to scrape
   */
  public static istio(props: IstioInputProps = {}): MetricInput {
    const where = 'MetricInput.istio';
    return new MetricInput({
      kind: 'istio',
      intervalSeconds: checkInterval(where, props.interval),
      namespaces: checkNamespaces(where, props.namespaces),
    });
  }

  /** @internal */
  public readonly _model: InputModel;

  private constructor(model: InputModel) {
    this._model = model;
  }
}

const DEFAULT_INTERVAL_SECONDS = 30;

function checkInterval(where: string, interval: Duration | undefined): number {
  const seconds = interval?.toSeconds({ integral: false }) ?? DEFAULT_INTERVAL_SECONDS;
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw invalid(where, {
      input: 'interval',
      got: `${seconds} s`,
      allowed: 'whole seconds, at least one',
      fix: 'pass for example Duration.seconds(30)',
    });
  }
  return seconds;
}

function checkNamespaces(where: string, namespaces: string[] | undefined): string[] | undefined {
  refuseEmpty(where, 'namespaces', namespaces, 'all namespaces');
  return namespaces && [...new Set(namespaces.map((name) => checkDnsLabel(where, 'namespaces', name)))].sort();
}

function checkPorts(where: string, ports: number[] | undefined): number[] | undefined {
  refuseEmpty(where, 'ports', ports, 'every port');
  return ports && [...new Set(ports.map((port) => checkPort(where, 'ports', port)))].sort((a, b) => a - b);
}

function refuseEmpty(where: string, input: string, list: unknown[] | undefined, all: string): void {
  if (list?.length === 0) {
    throw invalid(where, { input, got: [], allowed: 'at least one entry', fix: `leave \`${input}\` out for ${all}` });
  }
}
