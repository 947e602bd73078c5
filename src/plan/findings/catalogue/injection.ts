import type { CatalogueEntry } from './entry';

/** CT3xx: whether there is a sidecar, how it is set up, and when it starts. */
export const INJECTION = {
  CT301: {
    severity: 'error',
    title: 'Value of sidecar.istio.io/inject is neither "true" nor "false"',
    why: 'Istio ignores any other value and does what it does by default, which is not what was asked for.',
    fix: 'Write "true" or "false", in quotes.',
    sources: ['istio/istio:pkg/kube/inject/inject.go'],
    example: { before: 'sidecar.istio.io/inject: "yes"', after: 'sidecar.istio.io/inject: "true"' },
  },
  CT302: {
    severity: 'error',
    title: 'Mesh setting on the workload instead of its pod template',
    why: 'Istio sees pods. Labels and annotations of a DaemonSet, Deployment or StatefulSet itself do nothing.',
    fix: 'Move it to spec.template.metadata.',
    example: {
      before: 'kind: DaemonSet\nmetadata:\n  labels:\n    sidecar.istio.io/inject: "true"',
      after:
        'kind: DaemonSet\nspec:\n  template:\n    metadata:\n      labels:\n        sidecar.istio.io/inject: "true"',
    },
  },
  CT303: {
    severity: 'error',
    title: 'Sidecar asked for by annotation only',
    why: "The API server calls Istio's webhook by labels of pod and namespace. In a namespace without an injection label the annotation is never seen.",
    fix: 'Set the label sidecar.istio.io/inject: "true" on the pod template.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml'],
    example: {
      before: 'annotations:\n  sidecar.istio.io/inject: "true"',
      after: 'labels:\n  sidecar.istio.io/inject: "true"',
    },
  },
  CT304: {
    severity: 'error',
    title: 'Pod is set up for a sidecar and gets none',
    why: 'The pod carries settings for a sidecar, such as a port list or OUTPUT_CERTS, but nothing asks for one: no mutual TLS, no certificates.',
    fix: 'Set the label sidecar.istio.io/inject: "true" on the pod template.',
    example: { before: 'labels:\n  app: agent', after: 'labels:\n  app: agent\n  sidecar.istio.io/inject: "true"' },
  },
  CT305: {
    severity: 'info',
    title: 'Injection is set by annotation',
    why: 'The annotation sidecar.istio.io/inject is deprecated; the label wins over it.',
    fix: 'Use the label of the same name.',
    sources: ['istio/api:annotation/annotations.yaml'],
  },
  CT306: {
    severity: 'warning',
    title: 'Revision of the control plane is not named',
    why: 'sidecar.istio.io/inject: "true" alone calls the default revision. Where the mesh was installed with a revision and without a default tag, nobody answers, and the pod stays without a sidecar.',
    fix: 'Set the label istio.io/rev on the pod template or on the namespace.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml'],
  },
  CT307: {
    severity: 'error',
    title: 'Sidecar asked for in a namespace that Istio never injects',
    why: 'Istio leaves out kube-system, kube-public, kube-node-lease and local-path-storage, whatever the labels say.',
    fix: 'Move the workload to another namespace.',
    sources: ['istio/istio:pkg/kube/inject/initializer.go'],
  },
  CT308: {
    severity: 'error',
    title: 'Namespace switches injection off',
    why: 'With istio-injection=disabled on the namespace no webhook is called, even if the pod asks for a sidecar.',
    fix: 'Remove the label istio-injection from the namespace.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml'],
  },
  CT309: {
    severity: 'error',
    title: 'proxy.istio.io/config cannot be read',
    why: 'It has to be a YAML mapping, and values of proxyMetadata have to be strings: an unquoted true or number lets Istio deny the pod.',
    fix: 'Write a mapping, and quote the values of proxyMetadata.',
    sources: ['istio/istio:pkg/util/protomarshal/protomarshal.go'],
    example: {
      before: 'proxy.istio.io/config: |\n  proxyMetadata:\n    ISTIO_DUAL_STACK: true',
      after: 'proxy.istio.io/config: |\n  proxyMetadata:\n    ISTIO_DUAL_STACK: "true"',
    },
  },
  CT310: {
    severity: 'error',
    title: 'Unknown setting in proxy.istio.io/config',
    why: 'Istio ignores settings that it does not know, so a misspelt one is silently not in force.',
    fix: 'Correct the name.',
    sources: ['istio/istio:pkg/util/protomarshal/protomarshal.go', 'istio/api:mesh/v1alpha1/proxy.proto'],
    example: {
      before: 'proxy.istio.io/config: |\n  holdApplicationUntilProxyStart: true',
      after: 'proxy.istio.io/config: |\n  holdApplicationUntilProxyStarts: true',
    },
  },
  CT311: {
    severity: 'warning',
    title: 'Sidecar without Envoy',
    why: 'With DISABLE_ENVOY the sidecar writes certificates and nothing else: connections to backends get no mutual TLS. With istio-init they are still redirected to a port where nobody listens, and the readiness probe of the sidecar never succeeds.',
    fix: 'Remove DISABLE_ENVOY from proxyMetadata.',
  },
  CT312: {
    severity: 'warning',
    title: 'Only some of the four resource annotations of the sidecar',
    why: 'As soon as one of proxyCPU, proxyCPULimit, proxyMemory and proxyMemoryLimit is set, Istio drops its defaults for all of them.',
    fix: 'Set all four, or none.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/files/injection-template.yaml'],
    example: {
      before: 'sidecar.istio.io/proxyCPU: 50m',
      after:
        'sidecar.istio.io/proxyCPU: 50m\nsidecar.istio.io/proxyCPULimit: "1"\nsidecar.istio.io/proxyMemory: 64Mi\nsidecar.istio.io/proxyMemoryLimit: 256Mi',
    },
  },
  CT313: {
    severity: 'error',
    title: 'Resource annotation of the sidecar is no quantity',
    why: 'Istio denies the pod.',
    fix: 'Write a Kubernetes quantity such as 50m or 64Mi.',
    sources: ['istio/istio:pkg/kube/inject/validate.go'],
  },
  CT314: {
    severity: 'warning',
    title: 'Scrape annotations that Istio rewrites',
    why: 'Istio replaces prometheus.io/port of injected pods with 15020 and its own path. A scraper then reads the merged metrics of the sidecar instead of the program, and TLS fails there.',
    fix: 'Set the annotation prometheus.istio.io/merge-metrics: "false".',
    sources: ['istio/istio:pkg/kube/inject/webhook.go'],
    example: {
      before: 'prometheus.io/scrape: "true"\nprometheus.io/port: "8888"',
      after: 'prometheus.io/scrape: "true"\nprometheus.io/port: "8888"\nprometheus.istio.io/merge-metrics: "false"',
    },
  },
  CT315: {
    severity: 'error',
    title: 'Scrape annotation names a port that Istio reserves',
    why: 'From Istio 1.31 on a pod is denied whose prometheus.io/port is one of the ports of the sidecar.',
    fix: 'Name the port of the program.',
    sources: ['istio/istio:pkg/kube/inject/webhook.go'],
  },
  CT316: {
    severity: 'warning',
    title: 'Pod does not wait for istio-cni',
    why: 'istio-cni taints a new node with cni.istio.io/not-ready until it can set up redirections. A pod that tolerates every taint starts before: istio-validation exits with 126 and the pod fails until it is replaced.',
    fix: 'Tolerate only the taints that are meant, such as node-role.kubernetes.io/control-plane.',
    sources: ['istio/istio:manifests/charts/istio-cni/values.yaml'],
    example: {
      before: 'tolerations:\n  - operator: Exists',
      after: 'tolerations:\n  - key: node-role.kubernetes.io/control-plane\n    operator: Exists',
    },
  },
  CT317: {
    severity: 'error',
    title: 'Pod Security refuses the injected pod',
    why: 'istio-init runs as root with NET_ADMIN and NET_RAW. A namespace that enforces restricted or baseline refuses the pod; of a DaemonSet only events tell.',
    fix: 'Install istio-cni, or enforce privileged in this namespace and only warn and audit restricted.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/files/injection-template.yaml'],
    example: {
      before: 'pod-security.kubernetes.io/enforce: restricted',
      after:
        'pod-security.kubernetes.io/enforce: privileged\npod-security.kubernetes.io/warn: restricted\npod-security.kubernetes.io/audit: restricted',
    },
  },
  CT318: {
    severity: 'info',
    title: 'Namespace enforces privileged because of istio-init',
    why: 'Without istio-cni an injected pod needs more than baseline allows. Every other pod of the namespace is allowed it too.',
    fix: 'Install istio-cni and enforce restricted.',
  },
  CT319: {
    severity: 'error',
    title: 'Webhook captured under STRICT',
    why: 'The API server, and a Prometheus outside the mesh, have no mesh certificate. A STRICT sidecar in front of a webhook refuses them.',
    fix: 'Keep the webhook out of the mesh with sidecar.istio.io/inject: "false", or add its port to excludeInboundPorts.',
    sources: ['istio/istio:pilot/pkg/networking/core/filterchain_options.go'],
  },
  CT320: {
    severity: 'warning',
    title: 'Pod Security refuses the injected pod unless the mesh uses istio-cni',
    why: 'istio-init runs as root with NET_ADMIN and NET_RAW, which restricted and baseline forbid. Whether the mesh uses istio-cni instead is not declared.',
    fix: 'Declare mesh.istioCni in the cluster file; without istio-cni enforce privileged in this namespace.',
  },
  CT321: {
    severity: 'warning',
    title: 'Nothing that is known asks for the sidecar',
    why: 'The pod carries settings for a sidecar, but no label that asks for one. Only labels of its namespace could, and neither manifests nor cluster file describe them.',
    fix: 'Set the label sidecar.istio.io/inject: "true" on the pod template, or declare the labels of the namespace in the cluster file.',
    example: {
      before: '# cluster.yaml\nnamespaces: []',
      after: '# cluster.yaml\nnamespaces:\n  - name: observability\n    labels: { istio-injection: enabled }',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
