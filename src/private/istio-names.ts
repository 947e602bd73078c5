/** Labels and annotations by which pods and namespaces talk to Istio. */
export const INJECT = 'sidecar.istio.io/inject';
export const REVISION = 'istio.io/rev';
export const NAMESPACE_INJECTION = 'istio-injection';
export const DATAPLANE_MODE = 'istio.io/dataplane-mode';
export const INJECTION_TEMPLATES = 'inject.istio.io/templates';
/** The injector leaves it on every pod that it changed. */
export const SIDECAR_STATUS = 'sidecar.istio.io/status';

export const PROXY_CONFIG = 'proxy.istio.io/config';
export const INTERCEPTION_MODE = 'sidecar.istio.io/interceptionMode';
export const INCLUDE_OUTBOUND_PORTS = 'traffic.sidecar.istio.io/includeOutboundPorts';
export const EXCLUDE_OUTBOUND_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';
export const INCLUDE_OUTBOUND_RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
export const EXCLUDE_OUTBOUND_RANGES = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
export const INCLUDE_INBOUND_PORTS = 'traffic.sidecar.istio.io/includeInboundPorts';
export const EXCLUDE_INBOUND_PORTS = 'traffic.sidecar.istio.io/excludeInboundPorts';
export const EXCLUDE_INTERFACES = 'traffic.sidecar.istio.io/excludeInterfaces';
export const STATUS_PORT = 'status.sidecar.istio.io/port';
export const REWRITE_PROBES = 'sidecar.istio.io/rewriteAppHTTPProbers';
export const MERGE_METRICS = 'prometheus.istio.io/merge-metrics';
export const NATIVE_SIDECAR = 'sidecar.istio.io/nativeSidecar';
/** The volumes of the pod that the sidecar mounts, and where. */
export const USER_VOLUME_MOUNT = 'sidecar.istio.io/userVolumeMount';
export const PROXY_CPU = 'sidecar.istio.io/proxyCPU';
export const PROXY_CPU_LIMIT = 'sidecar.istio.io/proxyCPULimit';
export const PROXY_MEMORY = 'sidecar.istio.io/proxyMemory';
export const PROXY_MEMORY_LIMIT = 'sidecar.istio.io/proxyMemoryLimit';
export const AMBIENT_DNS_CAPTURE = 'ambient.istio.io/dns-capture';
export const BYPASS_INBOUND_CAPTURE = 'ambient.istio.io/bypass-inbound-capture';

/** What auto mTLS looks at: `istio` on every injected pod, unless its owner says otherwise. */
export const TLS_MODE = 'security.istio.io/tlsMode';
/** The injector adds it where the pod does not carry it. */
export const CANONICAL_NAME = 'service.istio.io/canonical-name';
/** `http` on pods that HBONE reaches. */
export const TUNNEL = 'networking.istio.io/tunnel';

/** Name of the container that the injector adds. */
export const PROXY_CONTAINER = 'istio-proxy';
/** The revision of a control plane that was installed without one. */
export const DEFAULT_REVISION = 'default';
/** Where Istio's own charts install istiod. */
export const DEFAULT_ISTIOD_NAMESPACE = 'istio-system';
/** Name of istiod's Service; with a revision `istiod-<revision>`. */
export const ISTIOD_SERVICE = 'istiod';
/** Labels of its pods in every way of installing Istio. */
export const ISTIOD_LABELS = { app: 'istiod' };
/** Istio never injects there, whatever the pod's labels say (istio `pkg/kube/inject/initializer.go`). */
export const IGNORED_NAMESPACES: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
];
/** What istio-cni makes the source of kubelet probes to ambient pods. */
export const AMBIENT_PROBE_SOURCE = { ipv4: '169.254.7.127', ipv6: 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff' };
