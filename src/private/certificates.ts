/** ADR 26: one memory volume; the sidecar writes it at one path, the collector reads it at another. */
export const CERTIFICATE_VOLUME = 'istio-certs';
export const OUTPUT_CERTIFICATES_PATH = '/etc/istio-output-certs';
export const SCRAPE_CERTIFICATES_PATH = '/etc/prom-certs';

/** Three PEM files of a few kB each; the volume counts against the pod's memory. */
export const CERTIFICATE_VOLUME_SIZE = '1Mi';

/** Names of the files that `OUTPUT_CERTS` makes a sidecar write. */
export const ISTIO_CERTIFICATE_FILES = { ca: 'root-cert.pem', certificate: 'cert-chain.pem', key: 'key.pem' } as const;

/** `tls_config` of scrapes towards STRICT sidecars. */
export const SCRAPE_TLS_CONFIG = {
  ca_file: `${SCRAPE_CERTIFICATES_PATH}/${ISTIO_CERTIFICATE_FILES.ca}`,
  cert_file: `${SCRAPE_CERTIFICATES_PATH}/${ISTIO_CERTIFICATE_FILES.certificate}`,
  key_file: `${SCRAPE_CERTIFICATES_PATH}/${ISTIO_CERTIFICATE_FILES.key}`,
  // Prometheus cannot check SPIFFE names, and Istio certificates carry no others (istio/istio#20011).
  insecure_skip_verify: true,
};
