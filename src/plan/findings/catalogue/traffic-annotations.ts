import type { CatalogueEntry } from './entry';

/** CT101–CT111: the annotations that tell the sidecar which connections to take. */
export const TRAFFIC_ANNOTATIONS = {
  CT101: {
    severity: 'error',
    title: 'Invalid or reserved port in includeOutboundPorts',
    why: 'Istio does not check this annotation when the pod is created. A value that is no port lets istio-init crash or istio-cni refuse the pod; a leading zero or a range works with some versions and not with others. On a port that the sidecar itself uses (15000, 15001, 15004, 15006, 15008, 15020, 15021, 15053, 15090) the sidecar answers itself instead of the backend.',
    fix: 'Write plain decimal ports from 1 to 65535, separated by commas, and none of those that Istio uses.',
    sources: ['istio/istio:pkg/kube/inject/validate.go', 'istio/istio#31301'],
    example: {
      before: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317,09090,http"',
      after: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317,9090"',
    },
  },
  CT102: {
    severity: 'error',
    title: 'Traffic annotation that Istio refuses',
    why: 'The injector checks these annotations, and denies the creation of the pod when it cannot read one. With a DaemonSet that shows only as FailedCreate events.',
    fix: 'Write ports in decimal, ranges with their mask and without spaces, and REDIRECT, TPROXY or NONE as interception mode.',
    sources: ['istio/istio:pkg/kube/inject/validate.go'],
    example: {
      before: 'traffic.sidecar.istio.io/excludeOutboundIPRanges: "10.96.0.1, 10.10.0.0/16"',
      after: 'traffic.sidecar.istio.io/excludeOutboundIPRanges: "10.96.0.1/32,10.10.0.0/16"',
    },
  },
  CT103: {
    severity: 'error',
    title: 'Port both included in and excluded from interception',
    why: 'Exclusions are looked at first, so the port is not intercepted: whoever included it expects mutual TLS and gets none.',
    fix: 'Remove the port from one of the two annotations.',
    sources: ['istio/istio:tools/istio-iptables/pkg/capture/run.go'],
    example: {
      before:
        'traffic.sidecar.istio.io/includeOutboundPorts: "4317,9090"\ntraffic.sidecar.istio.io/excludeOutboundPorts: "9090"',
      after: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317,9090"',
    },
  },
  CT104: {
    severity: 'warning',
    title: 'Port list without effect: everything is intercepted',
    why: 'includeOutboundPorts adds ports to the intercepted addresses. While includeOutboundIPRanges is "*", or not set and the mesh has its default, every connection is intercepted already, scrapes and the Kubernetes API included.',
    fix: 'Set includeOutboundIPRanges to "" next to the port list.',
    sources: ['istio/istio#32677'],
    example: {
      before: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317"',
      after:
        'traffic.sidecar.istio.io/includeOutboundPorts: "4317"\ntraffic.sidecar.istio.io/includeOutboundIPRanges: ""',
    },
  },
  CT105: {
    severity: 'warning',
    title: "Scrape goes through the client's sidecar",
    why: 'A port list matches at every address, so a scrape of a pod on the port of a backend is intercepted too. It is passed through as long as the mesh allows any destination; it fails with REGISTRY_ONLY (CT121), behind some headless Services, and while the sidecar is not ready.',
    fix: 'Exclude the addresses of pods and nodes with excludeOutboundIPRanges: exclusions win over the port list.',
    sources: ['istio/istio#32677', 'istio/istio#38720'],
    example: {
      before:
        'traffic.sidecar.istio.io/includeOutboundPorts: "9090"\ntraffic.sidecar.istio.io/includeOutboundIPRanges: ""',
      after:
        'traffic.sidecar.istio.io/includeOutboundPorts: "9090"\ntraffic.sidecar.istio.io/includeOutboundIPRanges: ""\ntraffic.sidecar.istio.io/excludeOutboundIPRanges: "10.244.0.0/16,10.10.0.0/16"',
    },
  },
  CT106: {
    severity: 'warning',
    title: 'Kubernetes API, kubelet, istiod or DNS is reached through the sidecar',
    why: 'These connections gain nothing from the sidecar and now depend on it: discovery fails while Envoy starts or stops. It happens when a backend uses the same port, most often 443.',
    fix: 'Exclude the address with excludeOutboundIPRanges, or leave the port of a backend outside the mesh out of the list.',
    sources: ['istio/istio#12187', 'istio/istio#8696'],
    example: {
      before: 'traffic.sidecar.istio.io/includeOutboundPorts: "443,4317"',
      after:
        'traffic.sidecar.istio.io/includeOutboundPorts: "443,4317"\ntraffic.sidecar.istio.io/excludeOutboundIPRanges: "10.96.0.1/32"',
    },
  },
  CT107: {
    severity: 'warning',
    title: 'Backend in the mesh is excluded from interception',
    why: 'The address of the backend lies in excludeOutboundIPRanges, or its port in excludeOutboundPorts. The sidecar is bypassed silently: no mutual TLS, and a STRICT backend refuses. A headless Service resolves to pod addresses, so an exclusion of the pod range always covers it.',
    fix: 'Take the backend out of the exclusion, or send to a Service with a cluster IP.',
    sources: ['istio/istio:tools/istio-iptables/pkg/capture/run.go'],
  },
  CT108: {
    severity: 'warning',
    title: 'Target port in includeOutboundPorts instead of the Service port',
    why: 'The redirection sees what the program dials: the port of the Service. The target port is only used behind the pod, so listing it intercepts nothing.',
    fix: 'List the port of the Service; only for a headless Service list the target port.',
    sources: ['istio/istio#32677'],
    example: {
      before: '# Service: port 4317, targetPort 14317\ntraffic.sidecar.istio.io/includeOutboundPorts: "14317"',
      after: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317"',
    },
  },
  CT109: {
    severity: 'warning',
    title: 'Backend in the mesh is not intercepted',
    why: 'The pod has a sidecar and the backend too, but the connection goes past the sidecar: it is sent in plaintext, and refused as soon as the backend is STRICT.',
    fix: 'Add the port of the Service to includeOutboundPorts.',
    example: {
      before: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317"',
      after: 'traffic.sidecar.istio.io/includeOutboundPorts: "4317,9090"',
    },
  },
  CT110: {
    severity: 'error',
    title: 'Excluded inbound port is captured nevertheless',
    why: 'excludeInboundPorts counts only while includeInboundPorts is "*". With a list of ports the exclusion is ignored, and a listed port is captured.',
    fix: 'Set includeInboundPorts to "*", or remove the port from it.',
    sources: ['istio/istio#11660'],
    example: {
      before:
        'traffic.sidecar.istio.io/includeInboundPorts: "8080,8888"\ntraffic.sidecar.istio.io/excludeInboundPorts: "8888"',
      after: 'traffic.sidecar.istio.io/includeInboundPorts: "*"\ntraffic.sidecar.istio.io/excludeInboundPorts: "8888"',
    },
  },
  CT111: {
    severity: 'warning',
    title: 'excludeInboundPorts without effect',
    why: 'With includeInboundPorts "" nothing is captured, and with a list only its ports are: the exclusion does nothing. Whoever changes includeInboundPorts later relies on a protection that was never tried.',
    fix: 'Remove excludeInboundPorts, or set includeInboundPorts to "*".',
    sources: ['istio/istio#11660'],
  },
} as const satisfies Record<string, CatalogueEntry>;
