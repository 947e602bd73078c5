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
const NAMESPACE = '__meta_kubernetes_namespace';
const annotation = (name: string): string => `${POD}_annotation_prometheus_io_${name}`;

/** A scrape that is larger than this is an accident; without a limit it takes the agent's memory. */
const LIMITS = { sample_limit: 50_000, body_size_limit: '20MB' };

/** A target that names no content type is read as text, as Prometheus 2 did. */
const FALLBACK = { fallback_scrape_protocol: 'PrometheusText0.0.4' };

/** Annotated `https`, and not because Istio wants it: `__scheme__` is still plain. */
const OWN_TLS = { source_labels: [annotation('scheme'), '__scheme__'], regex: 'https;http' };

/**
 * Annotated pods in two jobs, each target in exactly one: `pods` over plain HTTP, or with Istio certificates towards STRICT
 * sidecars; `pods-https` for applications with TLS of their own, which is verified. They share one discovery.
 */
export function prometheusJobs(input: PrometheusInput, mesh: MeshFacts, certificates: boolean): Job[] {
  const strict = certificates && mesh.mode === 'sidecar' ? strictNamespaces(mesh, input) : 'none';
  const job = (name: string, settings: Job, select: Relabel[]): Job => ({
    job_name: name,
    scrape_interval: `${input.intervalSeconds}s`,
    ...LIMITS,
    ...FALLBACK,
    ...settings,
    kubernetes_sd_configs: [podsOnThisNode(input.namespaces)],
    relabel_configs: [...annotatedTargets(input, mesh), ...httpsTowards(strict), ...select].map(escaped),
  });
  return [
    job('pods', strict === 'none' ? {} : { tls_config: SCRAPE_TLS_CONFIG }, [{ ...OWN_TLS, action: 'drop' }]),
    job('pods-https', {}, [
      { ...OWN_TLS, action: 'keep' },
      { target_label: '__scheme__', replacement: 'https' },
    ]),
  ];
}

/** Envoy's own port, which is never behind mutual TLS. */
export function istioJobs(input: IstioInput): Job[] {
  const relabel: Relabel[] = [
    { source_labels: [`${POD}_phase`], regex: NOT_RUNNING, action: 'drop' },
    { source_labels: [`${POD}_container_name`], regex: 'istio-proxy', action: 'keep' },
    { source_labels: [`${POD}_container_port_number`], regex: String(ENVOY_METRICS_PORT), action: 'keep' },
  ];
  return [
    {
      job_name: 'istio-proxy',
      metrics_path: '/stats/prometheus',
      scrape_interval: `${input.intervalSeconds}s`,
      ...LIMITS,
      ...FALLBACK,
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

const NOT_RUNNING = 'Pending|Succeeded|Failed';

function annotatedTargets({ ports }: PrometheusInput, mesh: MeshFacts): Relabel[] {
  // Istio rewrites the annotations of injected pods to its merged metrics, which must pass too.
  const wanted = ports && [...ports, ...(mesh.mode === 'sidecar' ? [ISTIO_MERGED_METRICS_PORT] : [])];
  const portAndIp = { source_labels: [annotation('port'), `${POD}_ip`], target_label: '__address__' };
  return [
    { source_labels: [annotation('scrape')], regex: 'true', action: 'keep' },
    // Envoy's ports belong to the istio input. Native sidecars are init containers, so those are not dropped as such.
    {
      source_labels: [`${POD}_phase`, `${POD}_container_name`],
      regex: `(${NOT_RUNNING});.*|.*;istio-proxy`,
      action: 'drop',
    },
    { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
    { ...portAndIp, regex: '(\\d+);([0-9.]+)', replacement: '$2:$1' },
    { ...portAndIp, regex: '(\\d+);(.+:.+)', replacement: '[$2]:$1' },
    ...(wanted ? [{ source_labels: ['__address__'], regex: addressOn(wanted), action: 'keep' } as const] : []),
  ];
}

/** Ports on which every sidecar answers in plaintext, whatever PeerAuthentication says. */
const ALWAYS_PLAINTEXT = [ISTIOD_METRICS_PORT, ISTIO_MERGED_METRICS_PORT, ENVOY_METRICS_PORT];

/** Injected pods, by Istio's own mark that auto-mTLS reads too, in namespaces that accept nothing but mutual TLS. */
function httpsTowards(strict: StrictNamespaces): Relabel[] {
  if (strict === 'none') return [];
  const scheme = (value: 'http' | 'https', source_labels: string[], regex: string): Relabel => ({
    source_labels,
    regex,
    target_label: '__scheme__',
    replacement: value,
  });
  const namespaces = 'only' in strict ? strict.only.join('|') : '.+';
  return [
    scheme('https', [`${POD}_label_security_istio_io_tlsMode`, NAMESPACE], `istio;(${namespaces})`),
    ...('allExcept' in strict && strict.allExcept.length > 0
      ? [scheme('http', [NAMESPACE], strict.allExcept.join('|'))]
      : []),
    scheme('http', ['__address__'], addressOn(ALWAYS_PLAINTEXT)),
  ];
}

function addressOn(ports: readonly number[]): string {
  return `.+:(${ports.join('|')})`;
}

/** `$1` in a replacement belongs to Prometheus, so it has to get past the collector's expansion. */
function escaped(relabel: Relabel): Relabel {
  return relabel.replacement === undefined ? relabel : { ...relabel, replacement: literal(relabel.replacement) };
}
