import { MERGE_METRICS, PROXY_CONTAINER, SIDECAR_STATUS, TLS_MODE } from '../../../../private/istio-names';
import { ENVOY_METRICS_PORT, ISTIO_MERGED_METRICS_PORT } from '../../../../private/ports';
import type { Labels } from '../../../inventory';
import { parseBool } from '../../../parse-bool';
import { sanitized } from './meta-labels';
import type { RunningContainer, RunningPod } from './pod';

/** Annotations by which pods announce their metrics. */
export const SCRAPE = 'prometheus.io/scrape';
export const SCRAPE_PORT = 'prometheus.io/port';
/** Name of the port of Istio's container. */
export const ENVOY_PORT_NAME = 'http-envoy-prom';
/** Path of the merged metrics and of Envoy's own. */
export const ISTIO_METRICS_PATH = '/stats/prometheus';

/** What the injector makes of a pod (istio `pkg/kube/inject`). */
export function withSidecar(pod: RunningPod, native: boolean): RunningPod {
  if (pod.annotations[SIDECAR_STATUS] !== undefined) return pod;
  const proxy: RunningContainer = {
    name: PROXY_CONTAINER,
    image: 'istio/proxyv2',
    init: native,
    ports: [{ name: ENVOY_PORT_NAME, port: ENVOY_METRICS_PORT, protocol: 'TCP' }],
  };
  const isOwn = ({ name }: RunningContainer) => name === PROXY_CONTAINER;
  const regular = pod.containers.filter((container) => !container.init && !isOwn(container));
  const init = pod.containers.filter((container) => container.init && !isOwn(container));
  return {
    ...pod,
    labels: { [TLS_MODE]: 'istio', ...pod.labels },
    annotations: { ...merged(pod.annotations), [SIDECAR_STATUS]: '{}' },
    containers: [...regular, proxy, ...init],
  };
}

const REWRITTEN: readonly string[] = ['prometheus_io_scrape', 'prometheus_io_port', 'prometheus_io_path'];

/** Metrics merge: the injector clears what the pod says about its metrics and announces its own port instead. */
function merged(annotations: Labels): Labels {
  const entries = Object.entries(annotations);
  const scrape = entries.find(([key]) => sanitized(key) === 'prometheus_io_scrape')?.[1];
  if (parseBool(scrape) === false || parseBool(annotations[MERGE_METRICS]) === false) return annotations;
  return {
    ...Object.fromEntries(entries.filter(([key]) => !REWRITTEN.includes(sanitized(key)))),
    [SCRAPE]: 'true',
    [SCRAPE_PORT]: String(ISTIO_MERGED_METRICS_PORT),
    'prometheus.io/path': ISTIO_METRICS_PATH,
  };
}
