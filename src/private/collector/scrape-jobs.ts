import { MtlsMode } from '../../istio-mesh-props';
import { needsCertificates, strictNamespaces } from '../agent/model';
import { SCRAPE_TLS_CONFIG } from '../certificates';
import type { MeshFacts } from '../facts';
import { type IstioInput, inputId, type PrometheusInput, type ScrapeJobInput } from '../input';
import { PROXY_CONTAINER, TLS_MODE } from '../istio-names';
import type { NamespaceSelection } from '../namespace-selection';
import { ALWAYS_PLAINTEXT_PORTS, ENVOY_METRICS_PORT, ISTIO_MERGED_METRICS_PORT } from '../ports';
import { fromEnv, NODE_NAME_ENV } from './environment';
import {
  addressFrom,
  addressOn,
  annotation,
  escaped,
  namespaceSelection,
  NAMESPACE,
  POD,
  podsOnThisNode,
  type Relabel,
  RUNNING_APPLICATION,
  SERVICE,
  WITH_PORT,
} from './relabel';

type Job = Record<string, unknown>;
type ScrapingInput = PrometheusInput | IstioInput | ScrapeJobInput;

function job(name: string, input: ScrapingInput, settings: Job, relabel: readonly Relabel[]): Job {
  return {
    job_name: name,
    scrape_interval: `${input.intervalSeconds}s`,
    sample_limit: input.sampleLimit,
    body_size_limit: `${input.bodySizeLimitMi}MB`,
    // A target that names no content type is read as text, as Prometheus 2 did.
    fallback_scrape_protocol: 'PrometheusText0.0.4',
    ...settings,
    relabel_configs: relabel.map(escaped),
  };
}

/** Applications: one job over plain HTTP and with Istio certificates, one with TLS of the application. Same discovery. */
function applicationJobs(
  name: string,
  input: PrometheusInput | ScrapeJobInput,
  mesh: MeshFacts,
  discovery: Job,
  targets: readonly Relabel[],
  ownTls: Relabel,
  explicitPlaintext: readonly Relabel[] = [],
): Job[] {
  const certificates = mesh.mode === 'sidecar' && needsCertificates(mesh, input.namespaces);
  const settings = { kubernetes_sd_configs: [discovery], ...withoutEnvoySeries(mesh) };
  const relabel = [
    ...targets,
    ...namespaceSelection(input.namespaces).drop,
    ...httpsTowards(mesh, input.namespaces),
    ...explicitPlaintext,
  ];
  return [
    job(name, input, { ...(certificates && { tls_config: SCRAPE_TLS_CONFIG }), ...settings }, [
      ...relabel,
      { ...ownTls, action: 'drop' },
    ]),
    job(`${name}-https`, input, settings, [
      ...relabel,
      { ...ownTls, action: 'keep' },
      { target_label: '__scheme__', replacement: 'https' },
    ]),
  ];
}

/**
 * Annotated Pods and Services of the agent's own node, each (pod, port, path) once: a pod's own annotations win, and the
 * target that a Service names a second time is dropped.
 */
export function prometheusJobs(input: PrometheusInput, mesh: MeshFacts): Job[] {
  const wanted = wantedPorts(input, mesh);
  const services = {
    role: 'endpointslice',
    ...namespaceSelection(input.namespaces).sd,
    // Pods of other nodes are not watched, so their endpoints have no pod labels and are dropped.
    selectors: [{ role: 'pod', field: `spec.nodeName=${fromEnv(NODE_NAME_ENV)}` }],
  };
  return [
    ...applicationJobs(
      'pods',
      input,
      mesh,
      podsOnThisNode(input.namespaces),
      [...annotated(POD), ...RUNNING_APPLICATION, WITHOUT_INIT_PORTS, WITH_PORT, ...wanted],
      annotatedHttps(POD),
      annotatedHttp(POD, mesh),
    ),
    ...applicationJobs(
      'services',
      input,
      mesh,
      services,
      [...annotated(SERVICE), onThisNode(), ...RUNNING_APPLICATION, WITH_PORT, ...withoutPodsOwn(), ...wanted],
      annotatedHttps(SERVICE),
      annotatedHttp(SERVICE, mesh),
    ),
  ];
}

function annotated(owner: typeof POD | typeof SERVICE): Relabel[] {
  return [
    { source_labels: [annotation(owner, 'scrape')], regex: 'true', action: 'keep' },
    {
      source_labels: [annotation(owner, 'path')],
      regex: '/?(.+)',
      target_label: '__metrics_path__',
      replacement: '/$1',
    },
    { action: 'labelmap', regex: `${annotation(owner, 'param_')}(.+)`, replacement: '__param_$1' },
    ...addressFrom(annotation(owner, 'port')),
  ];
}

/** Annotated `https`, and not because Istio wants it: `__scheme__` is still plain. */
function annotatedHttps(owner: typeof POD | typeof SERVICE): Relabel {
  return { source_labels: [annotation(owner, 'scheme'), '__scheme__'], regex: 'https;http' };
}

/**
 * A user who writes `http` knows better, for example of a port that the target excludes from its sidecar. Who writes `https`
 * means the application: the injector moves port and path to Istio's merged metrics, and leaves the scheme behind.
 */
function annotatedHttp(owner: typeof POD | typeof SERVICE, mesh: MeshFacts): Relabel[] {
  if (mesh.mode !== 'sidecar') return [];
  const scheme = annotation(owner, 'scheme');
  return [
    {
      source_labels: ['__address__'],
      regex: addressOn(ALWAYS_PLAINTEXT_PORTS),
      target_label: scheme,
      replacement: 'http',
    },
    { source_labels: [scheme], regex: 'http', target_label: '__scheme__', replacement: 'http' },
  ];
}

function onThisNode(): Relabel {
  return { source_labels: [`${POD}_node_name`], regex: fromEnv(NODE_NAME_ENV), action: 'keep' };
}

/** Ports of init containers count only when an annotation names them, as those of a native sidecar. */
const WITHOUT_INIT_PORTS: Relabel = {
  source_labels: [`${POD}_container_init`, annotation(POD, 'port')],
  regex: 'true;\\D*',
  action: 'drop',
};

const POD_TARGET = '__tmp_pod_target';

/** Drops what the pod's own annotations name: `<address>;<path>` of both are compared. */
function withoutPodsOwn(): Relabel[] {
  const scraped = annotation(POD, 'scrape');
  const named = [scraped, annotation(POD, 'port'), `${POD}_ip`];
  const declared = [scraped, annotation(POD, 'port'), `${POD}_container_port_number`, '__address__'];
  const target = { target_label: POD_TARGET };
  return [
    { ...target, source_labels: named, regex: 'true;(\\d+);([0-9.]+)', replacement: '$2:$1;/metrics' },
    { ...target, source_labels: named, regex: 'true;(\\d+);(.+:.+)', replacement: '[$2]:$1;/metrics' },
    // Without a port annotation, or with one that is no number, every declared port of the pod is a target.
    { ...target, source_labels: declared, regex: 'true;\\D*;\\d+;(.+)', replacement: '$1;/metrics' },
    {
      ...target,
      source_labels: [POD_TARGET, annotation(POD, 'path')],
      separator: '|',
      regex: '(.+);/metrics\\|/?(.+)',
      replacement: '$1;/$2',
    },
    { ...target, source_labels: ['__address__', '__metrics_path__'], action: 'dropequal' },
  ];
}

function wantedPorts({ ports }: PrometheusInput, mesh: MeshFacts): Relabel[] {
  if (!ports) return [];
  // Istio rewrites the annotations of injected pods to its merged metrics, which must pass too.
  const wanted = [...ports, ...(mesh.mode === 'sidecar' ? [ISTIO_MERGED_METRICS_PORT] : [])];
  return [{ source_labels: ['__address__'], regex: addressOn(wanted), action: 'keep' }];
}

/** Istio's merged metrics hold Envoy's series too; those come by the istio input, if at all. */
function withoutEnvoySeries(mesh: MeshFacts): Job {
  if (mesh.mode !== 'sidecar') return {};
  return { metric_relabel_configs: [{ source_labels: ['__name__'], regex: '(envoy|istio)_.*', action: 'drop' }] };
}

/**
 * Injected pods, by Istio's own mark that auto-mTLS reads too, where nothing but mutual TLS is accepted: by namespace, then
 * by port; never on ports that are always plaintext.
 */
function httpsTowards(mesh: MeshFacts, scraped: NamespaceSelection): Relabel[] {
  if (mesh.mode !== 'sidecar' || !needsCertificates(mesh, scraped)) return [];
  const scheme = (value: 'http' | 'https', source_labels: string[], regex: string): Relabel => ({
    source_labels,
    regex,
    target_label: '__scheme__',
    replacement: value,
  });
  const strict = strictNamespaces(mesh, scraped);
  const injected = `${POD}_label_${metaName(TLS_MODE)}`;
  const namespaces = strict === 'none' ? [] : 'only' in strict ? [strict.only.join('|')] : ['.+'];
  return [
    ...namespaces.map((names) => scheme('https', [injected, NAMESPACE], `istio;(${names})`)),
    ...(strict !== 'none' && 'allExcept' in strict && strict.allExcept.length > 0
      ? [scheme('http', [NAMESPACE], strict.allExcept.join('|'))]
      : []),
    ...mesh.portMtls.map(({ namespace, podLabels, port, mode }) =>
      scheme(
        mode === MtlsMode.STRICT ? 'https' : 'http',
        [injected, NAMESPACE, '__address__', ...Object.keys(podLabels).map((key) => `${POD}_label_${metaName(key)}`)],
        ['istio', namespace, addressOn([port]), ...Object.values(podLabels).map(escapeRegex)].join(';'),
      ),
    ),
    scheme('http', ['__address__'], addressOn(ALWAYS_PLAINTEXT_PORTS)),
  ];
}

/** Labels and annotations in discovery: what Prometheus does not allow in a label name becomes an underscore. */
function metaName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** Label values may contain dots. */
function escapeRegex(text: string): string {
  return text.replaceAll('.', '\\.');
}

/** Pods by labels instead of annotations. */
export function explicitJobs(input: ScrapeJobInput, mesh: MeshFacts): Job[] {
  const { podLabels, port, path, scheme } = input;
  const selector = Object.entries(podLabels).map(([key, value]) => `${key}=${value}`);
  const targets: Relabel[] = [
    ...RUNNING_APPLICATION,
    { target_label: '__tmp_port', replacement: String(port) },
    ...addressFrom('__tmp_port'),
    { target_label: '__metrics_path__', replacement: path },
    { target_label: '__tmp_scheme', replacement: scheme },
  ];
  const ownTls = { source_labels: ['__tmp_scheme', '__scheme__'], regex: 'https;http' };
  const discovery = podsOnThisNode(input.namespaces, selector.join(','));
  const jobs = applicationJobs(inputId(input), input, mesh, discovery, targets, ownTls);
  return scheme === 'https' ? jobs : jobs.slice(0, 1);
}

/** Envoy's own port, which is never behind mutual TLS. */
export function istioJobs(input: IstioInput): Job[] {
  return [
    job(
      'istio-proxy',
      input,
      {
        metrics_path: '/stats/prometheus',
        kubernetes_sd_configs: [podsOnThisNode(input.namespaces)],
        metric_relabel_configs: [
          { source_labels: ['__name__'], regex: input.envoyMetrics ? '(envoy|istio)_.*' : 'istio_.*', action: 'keep' },
        ],
      },
      [
        { source_labels: [`${POD}_phase`], regex: 'Pending|Succeeded|Failed', action: 'drop' },
        { source_labels: [`${POD}_container_name`], regex: PROXY_CONTAINER, action: 'keep' },
        { source_labels: [`${POD}_container_port_number`], regex: String(ENVOY_METRICS_PORT), action: 'keep' },
        ...namespaceSelection(input.namespaces).drop,
      ],
    ),
  ];
}
