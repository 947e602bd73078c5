import { needsCertificates } from '../agent/model';
import { SCRAPE_TLS_CONFIG } from '../certificates';
import type { MeshFacts } from '../cluster-facts';
import { type IstioInput, inputId, type PrometheusInput, type ScrapeJobInput, type ScrapingInput } from '../input';
import { PROXY_CONTAINER } from '../istio-names';
import { ENVOY_METRICS_PORT, ISTIO_MERGED_METRICS_PORT } from '../ports';
import { fromEnv, NODE_NAME_ENV } from './environment';
import {
  addressFrom,
  addressOn,
  annotation,
  escaped,
  namespaceSelection,
  POD,
  podsOnThisNode,
  type Relabel,
  RUNNING_APPLICATION,
  SERVICE,
  WITH_PORT,
} from './relabel';
import { annotatedHttp, annotatedHttps, httpsTowards } from './scrape-schemes';

type Job = Record<string, unknown>;

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
