import type { CatalogueEntry } from './entry';

/** CT112–CT121: what the sidecar takes, or does not, because of pods, modes and the mesh. */
export const INTERCEPTION = {
  CT112: {
    severity: 'error',
    title: 'Client in the mesh sends mutual TLS to a port that is not captured',
    why: 'A sidecar encrypts because the pod behind the Service has one; it does not know of excludeInboundPorts or includeInboundPorts. The program on the port gets TLS and does not understand it.',
    fix: 'Add a DestinationRule with tls mode DISABLE for that port, or a PeerAuthentication with portLevelMtls DISABLE.',
    sources: ['istio/istio#30311'],
    example: {
      before: 'traffic.sidecar.istio.io/excludeInboundPorts: "8888"',
      after:
        'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nspec:\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: metric-agent\n  portLevelMtls:\n    8888:\n      mode: DISABLE',
    },
  },
  CT113: {
    severity: 'error',
    title: 'Port captured under STRICT while its client is outside the mesh',
    why: 'A STRICT sidecar takes mutual TLS only. A Prometheus outside the mesh speaks plaintext and is refused: nothing is scraped, and nothing says why.',
    fix: 'Add the port to excludeInboundPorts of the server, or allow PERMISSIVE for this port with a PeerAuthentication.',
    sources: ['open-telemetry/opentelemetry-collector#11704'],
    example: {
      before: 'traffic.sidecar.istio.io/includeInboundPorts: "*"',
      after: 'traffic.sidecar.istio.io/includeInboundPorts: "*"\ntraffic.sidecar.istio.io/excludeInboundPorts: "8888"',
    },
  },
  CT114: {
    severity: 'error',
    title: "Program runs as the sidecar's user",
    why: 'Whatever runs as user or primary group 1337 is taken for the sidecar: none of its connections is intercepted, and the mesh is bypassed without a word.',
    fix: 'Run the program as another user and group.',
    sources: ['istio/istio:tools/istio-iptables/pkg/capture/run.go'],
    example: { before: 'securityContext:\n  runAsUser: 1337', after: 'securityContext:\n  runAsUser: 10001' },
  },
  CT115: {
    severity: 'error',
    title: "Pod on the node's network asks for a sidecar",
    why: 'Istio never injects a pod with hostNetwork: nothing is intercepted and no certificate is written.',
    fix: 'Remove hostNetwork, or remove what asks for the sidecar.',
    sources: ['istio/istio:pkg/kube/inject/inject.go'],
  },
  CT116: {
    severity: 'info',
    title: 'IPv6 of a dual-stack pod is not captured',
    why: "Istio sets up redirection for the family of the pod's first address. Without ISTIO_DUAL_STACK connections over the other family go past the sidecar.",
    fix: 'Set ISTIO_DUAL_STACK: "true" in the proxyMetadata of proxy.istio.io/config.',
    sources: ['istio/istio:tools/common/config/config.go'],
    example: {
      before: 'proxy.istio.io/config: |\n  holdApplicationUntilProxyStarts: true',
      after:
        'proxy.istio.io/config: |\n  holdApplicationUntilProxyStarts: true\n  proxyMetadata:\n    ISTIO_DUAL_STACK: "true"',
    },
  },
  CT117: {
    severity: 'info',
    title: 'Socket load balancing would hide Service ports from the sidecar',
    why: 'Cilium and Calico can replace the address of a Service when the socket connects, before the redirection sees it. A list of Service ports then misses backends whose target port is another one, and ranges of Services match nothing.',
    fix: 'With Cilium set bpf-lb-sock-hostns-only; with the eBPF data plane of Calico turn connect-time load balancing off.',
    sources: ['istio/istio#27619'],
  },
  CT118: {
    severity: 'warning',
    title: 'Sidecar annotations on a pod without a sidecar',
    why: 'Annotations such as traffic.sidecar.istio.io/* and proxy.istio.io/config are read by the sidecar only. In ambient mode, and outside the mesh, they do nothing.',
    fix: 'Remove them, or ask for the sidecar.',
  },
  CT119: {
    severity: 'warning',
    title: 'Interception is off, other traffic annotations have no effect',
    why: 'With interceptionMode NONE no redirection is set up at all.',
    fix: 'Remove sidecar.istio.io/interceptionMode, or the other traffic annotations.',
  },
  CT120: {
    severity: 'error',
    title: 'Intercepted connection to a destination that the mesh does not know',
    why: 'With outboundTrafficPolicy REGISTRY_ONLY the sidecar sends everything to nowhere that no Service and no ServiceEntry describes.',
    fix: 'Add a ServiceEntry for host and port, or keep the connection away from the sidecar.',
    sources: ['istio/istio:pilot/pkg/networking/core/listener.go'],
    example: {
      before: 'traffic.sidecar.istio.io/includeOutboundPorts: "443"',
      after:
        'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nspec:\n  hosts: [otlp.vendor.example]\n  location: MESH_EXTERNAL\n  resolution: DNS\n  ports:\n    - { name: tls, number: 443, protocol: TLS }',
    },
  },
  CT121: {
    severity: 'error',
    title: "Scrape goes through the client's sidecar and is refused",
    why: 'As CT105, in a mesh with outboundTrafficPolicy REGISTRY_ONLY: the sidecar knows Services, not the addresses of pods, and sends the scrape to nowhere.',
    fix: 'Exclude the addresses of pods and nodes with excludeOutboundIPRanges.',
    sources: ['istio/istio#32677'],
  },
} as const satisfies Record<string, CatalogueEntry>;
