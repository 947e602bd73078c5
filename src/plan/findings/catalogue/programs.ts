import { COLLECTOR_IMAGE } from '../../../private/images';
import type { CatalogueEntry } from './entry';

/** CT6xx: configuration of collectors and Prometheus, alert rules, credentials. */
export const PROGRAMS = {
  CT601: {
    severity: 'error',
    title: 'Collector component is referenced but not configured',
    why: 'The collector does not start. For an authenticator, a storage or a leader elector `otelcol validate` does not find it: only the start fails.',
    fix: 'Configure the component, or correct its name.',
    example: {
      before: 'exporters:\n  otlp_http/vendor:\n    auth:\n      authenticator: headers_setter/vendor',
      after:
        'extensions:\n  headers_setter/vendor:\n    headers: []\nexporters:\n  otlp_http/vendor:\n    auth:\n      authenticator: headers_setter/vendor',
    },
  },
  CT602: {
    severity: 'error',
    title: 'Extension is used but not started',
    why: 'An extension runs only if service.extensions lists it. The component that uses it fails at start, which `otelcol validate` does not find.',
    fix: 'Add the extension to service.extensions.',
    example: {
      before: 'service:\n  extensions: [health_check]',
      after: 'service:\n  extensions: [health_check, headers_setter/vendor]',
    },
  },
  CT603: {
    severity: 'warning',
    title: 'Extension is configured but not started',
    why: 'An extension runs only if service.extensions lists it: this one does nothing.',
    fix: 'Add it to service.extensions, or remove it.',
  },
  CT604: {
    severity: 'info',
    title: 'Collector component is in no pipeline',
    why: 'The collector does not even create it.',
    fix: 'Add it to a pipeline, or remove it.',
  },
  CT605: {
    severity: 'info',
    title: 'Old name of a collector component',
    why: 'Since 0.157 the collector has other names for it; the old one still works and is logged as deprecated.',
    fix: 'Use the new name.',
  },
  CT606: {
    severity: 'warning',
    title: 'Alert on a metric that is not stored',
    why: 'Every scrape job keeps only some metrics, and this one is not among them. The expression finds nothing, so the alert never fires, or always does if it looks for absence.',
    fix: 'Keep the metric in metric_relabel_configs, or correct its name.',
    example: {
      before:
        'metric_relabel_configs:\n  - source_labels: [__name__]\n    regex: otelcol_exporter_.*\n    action: keep',
      after:
        'metric_relabel_configs:\n  - source_labels: [__name__]\n    regex: otelcol_exporter_.*|otelcol_receiver_refused_metric_points_total\n    action: keep',
    },
  },
  CT607: {
    severity: 'warning',
    title: 'Alert on a scrape job that does not exist',
    why: 'No scrape job has this name, so that no series has the label. The alert never fires, or always does if it looks for absence.',
    fix: 'Use the job_name of a scrape job.',
  },
  CT608: {
    severity: 'error',
    title: 'Credential written in a ConfigMap',
    why: 'Everybody who may read the ConfigMap, the repository or the plan of a pull request has the credential.',
    fix: 'Put it into a Secret, and read it from a file or with ${env:NAME}.',
    example: {
      before: 'headers:\n  api-key: 2f8c…',
      after: 'headers:\n  api-key: ${env:VENDOR_API_KEY} # env: valueFrom.secretKeyRef',
    },
  },
  CT609: {
    severity: 'warning',
    title: 'Credential written in the pod',
    why: 'A variable whose name says credential has its value in the manifest.',
    fix: 'Use valueFrom.secretKeyRef.',
    example: {
      before: '- name: VENDOR_API_KEY\n  value: 2f8c…',
      after: '- name: VENDOR_API_KEY\n  valueFrom:\n    secretKeyRef: { name: vendor, key: api-key }',
    },
  },
  CT610: {
    severity: 'info',
    title: 'Token of the ServiceAccount is mounted and not needed',
    why: 'No connection of the program goes to the Kubernetes API or a kubelet. Whoever breaks into it gets a token.',
    fix: 'Set automountServiceAccountToken: false on the pod.',
  },
  CT611: {
    severity: 'info',
    title: 'Image of another version than the tested one',
    why: 'The configuration is rendered for exactly one version of the program. Another one may refuse settings, or give its own metrics other names, which alerts and dashboard then do not find. Of an image named by its digest alone the version is not known.',
    fix: 'Use the tested version, from any registry, or acknowledge the finding with the reason why another one works.',
    example: {
      before: 'image: mirror.example/otel/opentelemetry-collector-contrib:0.149.0',
      after: `image: ${COLLECTOR_IMAGE.replace('docker.io', 'mirror.example')}`,
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
