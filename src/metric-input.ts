import { KubeletTls } from './kubelet-tls';
import {
  type IstioInputProps,
  type MetricInputProps,
  type PrometheusInputProps,
  RuntimeResource,
  type RuntimeInputProps,
  type ScrapeJobProps,
  type ScrapingInputProps,
} from './metric-input-props';
import { checkDnsLabel, checkPath, checkPodLabels, checkPort, refuseEmpty } from './private/checks';
import { invalid } from './private/errors';
import {
  durationSuchAs,
  flag,
  givenProps,
  instanceOf,
  type Keys,
  listOf,
  mapOf,
  memberOf,
  number,
  required,
  text,
  textOf,
} from './private/given';
import type { InputModel, ScrapeTlsModel } from './private/input';
import { checkInterval, checkPorts, checkScraping } from './private/input-checks';
import { ALL_NAMESPACES } from './private/namespace-selection';
import { ScrapeTls } from './scrape-tls';

const INPUT: Keys<MetricInputProps> = { interval: durationSuchAs('Duration.seconds(30)') };

const RUNTIME: Keys<RuntimeInputProps> = {
  ...INPUT,
  resources: listOf(memberOf('RuntimeResource', RuntimeResource)),
  kubeletTls: instanceOf(
    KubeletTls,
    ['KubeletTls.verify()', 'KubeletTls.verifyWith(configMapName, key)', 'KubeletTls.skipVerify()'],
    'say how the certificate of the kubelet is checked',
  ),
  objectStates: flag,
};

const SCRAPING: Keys<ScrapingInputProps> = {
  ...INPUT,
  namespaces: listOf(text),
  excludeNamespaces: listOf(text),
  sampleLimit: number,
  bodySizeLimitMebibytes: number,
  diagnosticMetrics: flag,
};

const SCRAPE_TLS = instanceOf(
  ScrapeTls,
  ['ScrapeTls.verifyWith(configMapName, key)', 'ScrapeTls.verifyWithSecret(ca)', 'ScrapeTls.skipVerify()'],
  'say how the certificates of the pods are checked',
);

const PROMETHEUS: Keys<PrometheusInputProps> = { ...SCRAPING, ports: listOf(number), tls: SCRAPE_TLS };

const ISTIO: Keys<IstioInputProps> = { ...SCRAPING, envoyMetrics: flag };

const SCRAPE_JOB: Keys<ScrapeJobProps> = {
  ...SCRAPING,
  name: required(textOf('a DNS label', 'name the job')),
  podLabels: required(mapOf(text)),
  port: required(number),
  path: text,
  https: flag,
  tls: SCRAPE_TLS,
};

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
    const {
      resources = all,
      kubeletTls = KubeletTls.verify(),
      interval,
      objectStates,
    } = givenProps(where, RUNTIME, props);
    refuseEmpty(where, 'resources', resources, 'all resources');
    return new MetricInput({
      kind: 'runtime',
      intervalSeconds: checkInterval(where, interval),
      namespaces: ALL_NAMESPACES,
      kubeletTls: kubeletTls._model,
      groups: all.filter((resource) => resources.includes(resource)),
      objectStates,
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
    const { ports, tls, ...scraping } = givenProps(where, PROMETHEUS, props);
    return new MetricInput({
      kind: 'prometheus',
      ...checkScraping(where, scraping),
      ports: checkPorts(where, ports),
      tls: tls?._model,
    });
  }

  /**
   * Envoy's view of the mesh traffic.
   *
   * @param props what to scrape
   */
  public static istio(props: IstioInputProps = {}): MetricInput {
    const where = 'MetricInput.istio';
    const { envoyMetrics = false, ...scraping } = givenProps(where, ISTIO, props);
    return new MetricInput({ kind: 'istio', ...checkScraping(where, scraping), envoyMetrics });
  }

  /**
   * Pods selected by labels, on one port and path.
   *
   * @param props which pods, and where they serve metrics
   */
  public static scrapeJob(props: ScrapeJobProps): MetricInput {
    const where = 'MetricInput.scrapeJob';
    const {
      name,
      podLabels,
      port,
      path = '/metrics',
      https = false,
      tls,
      ...scraping
    } = givenProps(where, SCRAPE_JOB, props);
    return new MetricInput({
      kind: 'scrape-job',
      ...checkScraping(where, scraping),
      name: checkDnsLabel(where, 'name', name),
      podLabels: checkPodLabels(where, 'podLabels', podLabels),
      port: checkPort(where, 'port', port),
      path: checkPath(where, 'path', path),
      scheme: https ? 'https' : 'http',
      tls: checkTls(where, https, tls),
    });
  }

  /** @internal */
  public readonly _model: InputModel;

  private constructor(model: InputModel) {
    this._model = model;
  }
}

function checkTls(where: string, https: boolean, tls: ScrapeTls | undefined): ScrapeTlsModel | undefined {
  if (tls && !https) {
    throw invalid(where, {
      input: 'tls',
      got: 'tls without https',
      allowed: 'only where the application serves TLS itself',
      fix: 'pass https: true as well, or leave out `tls`',
    });
  }
  return tls?._model;
}
