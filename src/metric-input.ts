import { KubeletTls } from './kubelet-tls';
import {
  type IstioInputProps,
  type PrometheusInputProps,
  type RuntimeInputProps,
  RuntimeResource,
  type ScrapeJobProps,
} from './metric-input-props';
import { checkDnsLabel, checkPath, checkPodLabels, checkPort, refuseEmpty } from './private/checks';
import { invalid } from './private/errors';
import type { InputModel } from './private/input';
import { checkInterval, checkPorts, checkScraping } from './private/input-checks';
import { ALL_NAMESPACES } from './private/namespace-selection';

/** One kind of metrics the agent collects on its node. */
export class MetricInput {
  /**
   * Metrics of the kubelet for every node, and of the API server once per cluster.
   *
   * @param props interval, resources and TLS
   */
  public static runtime(props: RuntimeInputProps = {}): MetricInput {
    const where = 'MetricInput.runtime';
    const all = Object.values(RuntimeResource);
    const { resources = all, kubeletTls = KubeletTls.verify() } = props;
    refuseEmpty(where, 'resources', resources, 'all resources');
    return new MetricInput({
      kind: 'runtime',
      intervalSeconds: checkInterval(where, props.interval),
      namespaces: ALL_NAMESPACES,
      kubeletTls: kubeletTls._model,
      groups: all.filter((resource) => resources.includes(resource)),
      objectStates: props.objectStates,
    });
  }

  /**
   * Annotated Pods and Services. The scheme follows the mesh: Istio certificates towards STRICT sidecars, plain HTTP
   * otherwise.
   *
   * @param props what to scrape
   */
  public static prometheus(props: PrometheusInputProps = {}): MetricInput {
    const where = 'MetricInput.prometheus';
    return new MetricInput({
      kind: 'prometheus',
      ...checkScraping(where, props),
      ports: checkPorts(where, props.ports),
      tls: props.tls?._model,
    });
  }

  /**
   * Envoy's view of the mesh traffic.
   *
   * @param props what to scrape
   */
  public static istio(props: IstioInputProps = {}): MetricInput {
    const scraping = checkScraping('MetricInput.istio', props);
    return new MetricInput({ kind: 'istio', ...scraping, envoyMetrics: props.envoyMetrics ?? false });
  }

  /**
   * Pods selected by labels, on one port and path.
   *
   * @param props which pods, and where they serve metrics
   */
  public static scrapeJob(props: ScrapeJobProps): MetricInput {
    const where = 'MetricInput.scrapeJob';
    const { path = '/metrics' } = props;
    return new MetricInput({
      kind: 'scrape-job',
      ...checkScraping(where, props),
      name: checkDnsLabel(where, 'name', props.name),
      podLabels: checkPodLabels(where, 'podLabels', props.podLabels),
      port: checkPort(where, 'port', props.port),
      path: checkPath(where, 'path', path),
      scheme: props.https ? 'https' : 'http',
      tls: checkTls(where, props),
    });
  }

  /** @internal */
  public readonly _model: InputModel;

  private constructor(model: InputModel) {
    this._model = model;
  }
}

function checkTls(where: string, { https, tls }: ScrapeJobProps) {
  if (tls && https !== true) {
    throw invalid(where, {
      input: 'tls',
      allowed: 'only where the application serves TLS itself',
      fix: 'pass https: true as well, or leave out `tls`',
    });
  }
  return tls?._model;
}
