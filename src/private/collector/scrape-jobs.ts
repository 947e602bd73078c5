import { type StrictNamespaces, strictNamespaces } from '../agent/model';
import { SCRAPE_TLS_CONFIG } from '../certificates';
import type { MeshFacts } from '../facts';
import type { IstioInput, PrometheusInput } from '../input';
import { ENVOY_METRICS_PORT, ISTIO_MERGED_METRICS_PORT, ISTIOD_METRICS_PORT } from '../ports';
import { fromEnv, literal, NODE_NAME_ENV } from './environment';

type Job = Record<string, unknown>;

/** One step of Prometheus relabelling. */
interface Relabel {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: 'keep' | 'drop';
  readonly target_label?: string;
  readonly replacement?: string;
}

const POD = '__meta_kubernetes_pod';
const annotation = (name: string): string => `${POD}_annotation_prometheus_io_${name}`;

/** Set on targets that only accept mutual TLS; dropped before the scrape like every label that starts with `__`. */
const MTLS = '__tmp_istio_mtls';

/** A scrape that is larger than this is an accident; without a limit it takes the agent's memory. */
const LIMITS = { sample_limit: 50_000, body_size_limit: '20MB' };

/**
 * Annotated pods in three jobs, each target in exactly one: plain HTTP, HTTPS by annotation (verified), and HTTPS with Istio
 * certificates towards STRICT sidecars. They share one discovery.
 */
export function prometheusJobs(input: PrometheusInput, mesh: MeshFacts, certificates: boolean): Job[] {
  const strict = certificates && mesh.mode === 'sidecar' ? strictNamespaces(mesh, input) : 'none';
  const job = (name: string, scheme: 'http' | 'https', select: Relabel[], settings: Job = {}): Job => ({
    job_name: name,
    scheme,
    scrape_interval: `${input.intervalSeconds}s`,
    ...LIMITS,
    // A target that names no content type is read as text, as Prometheus 2 did.
    fallback_scrape_protocol: 'PrometheusText0.0.4',
    ...settings,
    kubernetes_sd_configs: [podsOnThisNode(input.namespaces)],
    relabel_configs: [...annotatedTargets(input, mesh), ...markMtls(strict), ...select].map(escaped),
  });
  const byAnnotation = { source_labels: [annotation('scheme')], regex: 'https' };
  const byMtls = { source_labels: [MTLS], regex: 'true' };
  return [
    job('pods', 'http', [
      { ...byAnnotation, action: 'drop' },
      { ...byMtls, action: 'drop' },
    ]),
    job('pods-https', 'https', [
      { ...byAnnotation, action: 'keep' },
      { ...byMtls, action: 'drop' },
    ]),
    ...(strict === 'none'
      ? []
      : [job('pods-istio-mtls', 'https', [{ ...byMtls, action: 'keep' }], { tls_config: SCRAPE_TLS_CONFIG })]),
  ];
}

/** Envoy's own port, which is never behind mutual TLS. */
export function istioJobs(input: IstioInput): Job[] {
  const relabel: Relabel[] = [
    ...runningPods(),
    { source_labels: [`${POD}_container_name`], regex: 'istio-proxy', action: 'keep' },
    { source_labels: [`${POD}_container_port_number`], regex: String(ENVOY_METRICS_PORT), action: 'keep' },
  ];
  return [
    {
      job_name: 'istio-proxy',
      metrics_path: '/stats/prometheus',
      scrape_interval: `${input.intervalSeconds}s`,
      ...LIMITS,
      fallback_scrape_protocol: 'PrometheusText0.0.4',
      kubernetes_sd_configs: [podsOnThisNode(input.namespaces)],
      relabel_configs: relabel.map(escaped),
      metric_relabel_configs: [{ source_labels: ['__name__'], regex: 'istio_.*', action: 'keep' }],
    },
  ];
}

/** Selection happens in discovery: what nobody wants is neither watched nor scraped. */
function podsOnThisNode(namespaces: readonly string[] | undefined): Job {
  return {
    role: 'pod',
    ...(namespaces && { namespaces: { names: [...namespaces] } }),
    selectors: [{ role: 'pod', field: `spec.nodeName=${fromEnv(NODE_NAME_ENV)}` }],
  };
}

function runningPods(): Relabel[] {
  return [{ source_labels: [`${POD}_phase`], regex: 'Pending|Succeeded|Failed', action: 'drop' }];
}

function annotatedTargets({ ports }: PrometheusInput, mesh: MeshFacts): Relabel[] {
  // Istio rewrites the annotations of injected pods to its merged metrics, which must pass too.
  const wanted = ports && [...ports, ...(mesh.mode === 'sidecar' ? [ISTIO_MERGED_METRICS_PORT] : [])];
  return [
    { source_labels: [annotation('scrape')], regex: 'true', action: 'keep' },
    ...runningPods(),
    // An annotated port that the container does not declare arrives without container port: it must pass.
    { source_labels: [`${POD}_container_init`], regex: 'true', action: 'drop' },
    { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
    {
      source_labels: [annotation('port'), `${POD}_ip`],
      regex: '(\\d+);([0-9.]+)',
      target_label: '__address__',
      replacement: '$2:$1',
    },
    {
      source_labels: [annotation('port'), `${POD}_ip`],
      regex: '(\\d+);([0-9A-Fa-f]*:[0-9A-Fa-f:]+)',
      target_label: '__address__',
      replacement: '[$2]:$1',
    },
    ...(wanted ? [{ source_labels: ['__address__'], regex: addressOn(wanted), action: 'keep' } as const] : []),
  ];
}

/** Ports on which every sidecar answers in plaintext, whatever PeerAuthentication says. */
const ALWAYS_PLAINTEXT = [ISTIOD_METRICS_PORT, ISTIO_MERGED_METRICS_PORT, ENVOY_METRICS_PORT];

function markMtls(strict: StrictNamespaces): Relabel[] {
  if (strict === 'none') return [];
  const mark = (source: string, regex: string, replacement: string): Relabel => ({
    source_labels: [source],
    regex,
    target_label: MTLS,
    replacement,
  });
  const namespace = `__meta_kubernetes_namespace`;
  return [
    // The label is Istio's own mark on injected pods; auto-mTLS reads the same one.
    mark(`${POD}_label_security_istio_io_tlsMode`, 'istio', 'true'),
    ...('only' in strict
      ? [
          {
            source_labels: [MTLS, namespace],
            regex: `true;(${strict.only.join('|')})`,
            target_label: '__tmp_istio_strict',
            replacement: 'true',
          },
          mark('__tmp_istio_strict', '', 'false'),
        ]
      : strict.allExcept.length > 0
        ? [mark(namespace, strict.allExcept.join('|'), 'false')]
        : []),
    mark('__address__', addressOn(ALWAYS_PLAINTEXT), 'false'),
  ];
}

function addressOn(ports: readonly number[]): string {
  return `.+:(${ports.join('|')})`;
}

/** `$1` in a replacement belongs to Prometheus, so it has to get past the collector's expansion. */
function escaped(relabel: Relabel): Relabel {
  return relabel.replacement === undefined ? relabel : { ...relabel, replacement: literal(relabel.replacement) };
}
