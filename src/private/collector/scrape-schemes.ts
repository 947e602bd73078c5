import { MtlsMode } from '../../istio-mesh-props';
import { needsCertificates, strictNamespaces } from '../agent/model';
import type { MeshFacts } from '../cluster-facts';
import { TLS_MODE } from '../istio-names';
import type { NamespaceSelection } from '../namespace-selection';
import { ALWAYS_PLAINTEXT_PORTS } from '../ports';
import { addressOn, annotation, NAMESPACE, POD, type Relabel, type SERVICE } from './relabel';

/**
 * Injected pods, by Istio's own mark that auto-mTLS reads too, where nothing but mutual TLS is accepted: by namespace, then
 * by port. What is plaintext all the same is said after it.
 */
export function httpsTowards(mesh: MeshFacts, scraped: NamespaceSelection): Relabel[] {
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
  ];
}

/** Annotated `https`, and not because Istio wants it: `__scheme__` is still plain. */
export function annotatedHttps(owner: typeof POD | typeof SERVICE): Relabel {
  return { source_labels: [annotation(owner, 'scheme'), '__scheme__'], regex: 'https;http' };
}

/**
 * A user who writes `http` knows better, for example of a port that the target excludes from its sidecar. Who writes `https`
 * means the application: the injector moves port and path to Istio's merged metrics, and leaves the scheme behind.
 */
export function annotatedHttp(owner: typeof POD | typeof SERVICE, mesh: MeshFacts): Relabel[] {
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

/** Labels and annotations in discovery: what Prometheus does not allow in a label name becomes an underscore. */
function metaName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** Label values may contain dots. */
function escapeRegex(text: string): string {
  return text.replaceAll('.', '\\.');
}
