import type { CatalogueEntry } from './entry';

/** CT2xx: certificates that the sidecar writes, and who encrypts. */
export const CERTIFICATES = {
  CT201: {
    severity: 'error',
    title: 'OUTPUT_CERTS is not where the volume is mounted',
    why: "The sidecar's file system is read-only: it can write certificates only into a volume that sidecar.istio.io/userVolumeMount mounts at exactly this path. Otherwise it logs an error and no file appears.",
    fix: 'Give OUTPUT_CERTS and mountPath of userVolumeMount the same path.',
    sources: ['istio/istio:security/pkg/nodeagent/util/util.go'],
    example: {
      before:
        'proxy.istio.io/config: |\n  proxyMetadata:\n    OUTPUT_CERTS: /etc/istio-certs\nsidecar.istio.io/userVolumeMount: \'[{"name":"istio-certs","mountPath":"/etc/istio-output-certs"}]\'',
      after:
        'proxy.istio.io/config: |\n  proxyMetadata:\n    OUTPUT_CERTS: /etc/istio-output-certs\nsidecar.istio.io/userVolumeMount: \'[{"name":"istio-certs","mountPath":"/etc/istio-output-certs"}]\'',
    },
  },
  CT202: {
    severity: 'error',
    title: 'Volume of the certificates is missing',
    why: 'sidecar.istio.io/userVolumeMount names a volume that the pod does not have. The API server refuses the injected pod: "volumeMounts[…].name: Not found".',
    fix: 'Add the volume to the pod.',
    sources: ['istio/istio#29919'],
    example: { before: 'volumes: []', after: 'volumes:\n  - name: istio-certs\n    emptyDir:\n      medium: Memory' },
  },
  CT203: {
    severity: 'error',
    title: 'Volume of the certificates cannot be used',
    why: 'The sidecar writes into the volume, so a ConfigMap or Secret does not do; and a name or path that Istio uses for its own volumes makes the pod invalid or hides the files of Istio.',
    fix: 'Use an emptyDir with a name and a path of its own.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/files/injection-template.yaml'],
  },
  CT204: {
    severity: 'error',
    title: 'Certificates are read where they are not mounted',
    why: 'The configuration names certificate files outside the mount of the volume that the sidecar writes to. The collector checks the files when it starts and exits; Prometheus drops the whole scrape job, without even a value of `up`.',
    fix: 'Mount the volume in the container, and use its mount path in tls_config.',
    sources: ['open-telemetry/opentelemetry-collector-contrib#5052'],
    example: {
      before:
        'tls_config:\n  ca_file: /etc/istio-output-certs/root-cert.pem\nvolumeMounts:\n  - name: istio-certs\n    mountPath: /etc/prom-certs',
      after:
        'tls_config:\n  ca_file: /etc/prom-certs/root-cert.pem\nvolumeMounts:\n  - name: istio-certs\n    mountPath: /etc/prom-certs',
    },
  },
  CT205: {
    severity: 'warning',
    title: 'Certificates are mounted writable',
    why: 'Only the sidecar has to write. A program that can write there can replace the identity of the pod.',
    fix: 'Set readOnly: true on the mount of the program.',
    example: {
      before: '- name: istio-certs\n  mountPath: /etc/prom-certs',
      after: '- name: istio-certs\n  mountPath: /etc/prom-certs\n  readOnly: true',
    },
  },
  CT206: {
    severity: 'warning',
    title: 'Private key is written to the disk of the node',
    why: 'The sidecar writes the key readable for everybody in the pod. An emptyDir lies on the disk of the node unless its medium is Memory.',
    fix: 'Set medium: Memory on the emptyDir.',
    sources: ['istio/istio#31531'],
    example: {
      before: '- name: istio-certs\n  emptyDir: {}',
      after: '- name: istio-certs\n  emptyDir:\n    medium: Memory\n    sizeLimit: 1Mi',
    },
  },
  CT207: {
    severity: 'warning',
    title: 'Program may start before its certificates exist',
    why: 'The collector checks the certificate files when it starts and exits when they are missing, so the pod restarts a few times. It waits for them only if the sidecar is a native one, or if it holds the application back.',
    fix: 'Set holdApplicationUntilProxyStarts: true in proxy.istio.io/config, or sidecar.istio.io/nativeSidecar: "true" where the cluster supports it.',
    sources: ['open-telemetry/opentelemetry-collector-contrib#5052'],
    example: {
      before: 'proxy.istio.io/config: |\n  proxyMetadata:\n    OUTPUT_CERTS: /etc/istio-output-certs',
      after:
        'proxy.istio.io/config: |\n  proxyMetadata:\n    OUTPUT_CERTS: /etc/istio-output-certs\n  holdApplicationUntilProxyStarts: true',
    },
  },
  CT208: {
    severity: 'error',
    title: 'Scrape with Istio certificates of a target that does not take them',
    why: "Only a STRICT sidecar accepts a TLS connection that the application opened with an Istio certificate. A PERMISSIVE one refuses it or hands the bytes to the application; ambient pods and the sidecar's own metrics ports (15014, 15020, 15090) speak plaintext.",
    fix: 'Use http for this target, or make it STRICT.',
    sources: ['istio/istio#38720', 'istio/istio#20011'],
  },
  CT209: {
    severity: 'error',
    title: 'Plaintext scrape of a STRICT target',
    why: 'A STRICT sidecar resets a connection without mutual TLS. The target is down for the scraper although the application works.',
    fix: 'Scrape with https and the certificates that the sidecar writes, or exclude the metrics port of the target from its sidecar.',
    sources: ['istio/istio#20011'],
    example: {
      before: 'scheme: http',
      after:
        'scheme: https\ntls_config:\n  ca_file: /etc/prom-certs/root-cert.pem\n  cert_file: /etc/prom-certs/cert-chain.pem\n  key_file: /etc/prom-certs/key.pem\n  insecure_skip_verify: true # Istio certificates carry no DNS names.',
    },
  },
  CT210: {
    severity: 'warning',
    title: 'Certificates are written but not used',
    why: 'A private key of the workload lies in a volume that no configuration reads.',
    fix: 'Remove OUTPUT_CERTS, userVolumeMount and the volume, or use them in a tls_config.',
  },
  CT211: {
    severity: 'error',
    title: 'Certificates are used but nobody writes them',
    why: 'The configuration reads Istio certificates, but the pod does not ask its sidecar for them with OUTPUT_CERTS, or has no sidecar. The collector exits at start because the files are missing.',
    fix: 'Set OUTPUT_CERTS in the proxyMetadata of proxy.istio.io/config, and sidecar.istio.io/inject: "true" on the pod.',
    sources: ['open-telemetry/opentelemetry-collector-contrib#5052'],
  },
  CT212: {
    severity: 'warning',
    title: 'TLS URL for a backend in the mesh',
    why: 'The sidecar cannot look into TLS of the application. On a port declared as HTTP it passes it on without mutual TLS, and a STRICT backend refuses; on other ports it encrypts twice, which works only if the backend serves TLS itself.',
    fix: 'Use a plaintext URL: the sidecar adds mutual TLS.',
    example: {
      before: 'endpoint: https://prometheus.monitoring:9090',
      after: 'endpoint: http://prometheus.monitoring:9090',
    },
  },
  CT213: {
    severity: 'warning',
    title: 'Plaintext to a destination outside the cluster',
    why: 'Data and credentials can be read on the way. The sidecar does not help: it adds TLS only for destinations in the mesh.',
    fix: 'Use an https URL.',
    example: { before: 'endpoint: http://otlp.vendor.example', after: 'endpoint: https://otlp.vendor.example' },
  },
  CT214: {
    severity: 'warning',
    title: 'Server certificate is not verified',
    why: 'Whoever can answer in place of the server gets data and credentials; a kubelet gets the token of the ServiceAccount. Who answers in place of a pod can make up its metrics.',
    fix: 'Remove insecure_skip_verify, and name the CA if it is not a public one.',
    example: { before: 'insecure_skip_verify: true', after: 'ca_file: /etc/kubelet-ca/ca.crt' },
  },
  CT215: {
    severity: 'error',
    title: 'Istio certificates in ambient mode',
    why: 'There is no sidecar that could write them, so the collector exits at start; and ztunnel of the target would not take them. ztunnel encrypts plain http scrapes.',
    fix: 'Remove the certificates and scrape with http.',
    sources: ['istio/istio:architecture/ambient/ztunnel.md'],
  },
  CT216: {
    severity: 'error',
    title: 'sidecar.istio.io/userVolumeMount cannot be read',
    why: 'Istio puts it into the pod unchecked. Text that is no JSON, or an object instead of a list, fails the injection; an entry without name makes a pod that the API server refuses.',
    fix: 'Write a JSON list of objects with name and mountPath.',
    sources: ['istio/istio:pkg/kube/inject/testdata/inject/user-volume.yaml'],
    example: {
      before: 'sidecar.istio.io/userVolumeMount: \'{"mountPath":"/etc/istio-output-certs"}\'',
      after: 'sidecar.istio.io/userVolumeMount: \'[{"name":"istio-certs","mountPath":"/etc/istio-output-certs"}]\'',
    },
  },
  CT217: {
    severity: 'warning',
    title: 'Pods that are verified against public authorities',
    why: 'Without a CA and a name the certificate must be of a public authority and name the address that is dialled. Public authorities do not certify addresses of pods, so such a scrape fails.',
    fix: 'Set ca_file below tls_config to the CA of the pods, and server_name unless their certificates name the address; in this library, tls of the MetricInput.',
    example: {
      before: 'scheme: https',
      after: 'scheme: https\ntls_config:\n  ca_file: /etc/scrape-ca/ca.crt\n  server_name: apps.example.internal',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
