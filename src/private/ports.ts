/** Ports our own parts listen on. */
export const AGENT_METRICS_PORT = 8888;
export const AGENT_SCRAPE_HEALTH_PORT = 8889;
export const AGENT_HEALTH_PORT = 13133;
export const PROMETHEUS_PORT = 9090;
export const MANAGER_HEALTH_PORT = 8081;
export const MANAGER_WEBHOOK_PORT = 8080;

/** Ports of the platform our parts connect to. */
export const DNS_PORT = 53;
/** Of the Service `kubernetes`, which every client in a pod dials. */
export const API_SERVER_PORT = 443;
/** Where API servers themselves usually listen. */
export const USUAL_API_SERVER_PORTS: readonly number[] = [443, 6443];
export const KUBELET_PORT = 10250;
/** TLS xDS and CA of istiod: no certificate and no ready proxy without it (Istio "Application requirements"). */
export const ISTIOD_PORT = 15012;
/** HBONE: every connection between ambient workloads arrives here. */
export const HBONE_PORT = 15008;
export const ISTIO_MERGED_METRICS_PORT = 15020;
export const ENVOY_METRICS_PORT = 15090;
export const ISTIOD_METRICS_PORT = 15014;
/** Plaintext, whatever PeerAuthentication says. */
export const ALWAYS_PLAINTEXT_PORTS: readonly number[] = [
  ISTIOD_METRICS_PORT,
  ISTIO_MERGED_METRICS_PORT,
  ENVOY_METRICS_PORT,
];

/** Where Envoy answers its own readiness probe. */
export const PROXY_READINESS_PORT = 15021;

/** Ports the sidecar keeps for itself: Envoy answers there, or Istio drops the listener (istio/istio#31301). */
export const ISTIO_RESERVED_PORTS: readonly number[] = [
  15000,
  15001,
  15004,
  15006,
  HBONE_PORT,
  ISTIO_MERGED_METRICS_PORT,
  PROXY_READINESS_PORT,
  15053,
  ENVOY_METRICS_PORT,
];

/** What a URL without a port means. */
export const SCHEME_PORT = { http: 80, https: 443 };

export const LAST_PORT = 65_535;
