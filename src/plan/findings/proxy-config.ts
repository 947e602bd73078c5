import { PROXY_CONFIG } from '../../private/istio-names';
import { isMapping, parseDocument } from '../flows/programs/document';
import type { Workload } from '../inventory';
import { fieldOf } from '../value';
import { type AnnotationProblem, interceptionOf } from '../verdicts/interception';
import { listed, quoted } from '../words';
import { type Found, found } from './finding';
import { annotationOf } from './place';

/** Hazard 15 of docs/istio.md, of a pod with a sidecar. */
export function proxyConfig(workload: Workload): Found[] {
  const text = workload.annotations[PROXY_CONFIG];
  if (text === undefined) return [];
  const { problems } = interceptionOf(workload);
  const unreadable = problems.filter(({ annotation }) => annotation === PROXY_CONFIG);
  return [
    ...unreadable.map((problem) => denied(workload, problem)),
    ...unknownSettings(workload, text),
    ...withoutEnvoy(workload),
  ];
}

function denied(workload: Workload, { value, problem }: AnnotationProblem): Found {
  return found('CT309', annotationOf(workload, PROXY_CONFIG), {
    message: `${PROXY_CONFIG}: ${problem}, not ${shortened(value)}.`,
    fix: problem.includes('proxyMetadata.')
      ? `Write the value as a string: ${quoted(value)}.`
      : `Write a YAML mapping of settings, such as "holdApplicationUntilProxyStarts: true".`,
  });
}

function shortened(value: string): string {
  const [line = ''] = value.split('\n');
  return quoted(line.length > 60 || line !== value ? `${line.slice(0, 60)}…` : line);
}

/** Istio reads it again and leaves out what it does not know. */
function unknownSettings(workload: Workload, text: string): Found[] {
  const parsed = parseDocument(text);
  if ('problem' in parsed || !isMapping(parsed.document)) return [];
  return Object.keys(parsed.document)
    .filter((key) => !SETTINGS.has(key))
    .map((key) => {
      const similar = nearest(key);
      return found('CT310', annotationOf(workload, PROXY_CONFIG), {
        message: `${PROXY_CONFIG} has the setting ${quoted(key)}, which Istio does not know and ignores.`,
        fix: similar === undefined ? `Remove ${quoted(key)}.` : `Write ${quoted(similar)} instead of ${quoted(key)}.`,
      });
    });
}

function withoutEnvoy(workload: Workload): Found[] {
  const { proxy, includeOutboundPorts, includeOutboundRanges } = interceptionOf(workload);
  const { ports } = includeOutboundPorts;
  const ranges = includeOutboundRanges.everything ? ['*'] : includeOutboundRanges.cidrs;
  if (!proxy.disableEnvoy || (ports.length === 0 && ranges.length === 0)) return [];
  const meant = ports.length > 0 ? `ports ${listed(ports)}` : `addresses ${listed(ranges)}`;
  return [
    found('CT311', annotationOf(workload, PROXY_CONFIG), {
      message: `DISABLE_ENVOY is set, but connections to ${meant} are meant to go through Envoy: they get no mutual TLS.`,
      fix: `Remove ${fieldOf('proxyMetadata', 'DISABLE_ENVOY')} from ${PROXY_CONFIG}.`,
    }),
  ];
}

/** Fields of Istio's `ProxyConfig` (istio/api mesh/v1alpha1/proxy.proto, 1.31). */
const FIELDS = [
  'configPath',
  'binaryPath',
  'serviceCluster',
  'tracingServiceName',
  'drainDuration',
  'parentShutdownDuration',
  'discoveryAddress',
  'discoveryRefreshDelay',
  'zipkinAddress',
  'statsdUdpAddress',
  'envoyMetricsServiceAddress',
  'proxyAdminPort',
  'availabilityZone',
  'controlPlaneAuthPolicy',
  'customConfigFile',
  'statNameLength',
  'concurrency',
  'proxyBootstrapTemplatePath',
  'interceptionMode',
  'tracing',
  'sds',
  'envoyAccessLogService',
  'envoyMetricsService',
  'proxyMetadata',
  'runtimeValues',
  'statusPort',
  'extraStatTags',
  'gatewayTopology',
  'terminationDrainDuration',
  'meshId',
  'readinessProbe',
  'proxyStatsMatcher',
  'holdApplicationUntilProxyStarts',
  'caCertificatesPem',
  'image',
  'privateKeyProvider',
  'proxyHeaders',
  'fileFlushInterval',
  'fileFlushMinSizeKb',
  'statsCompression',
  'connectionSettings',
] as const;

/** `holdApplicationUntilProxyStarts` and `hold_application_until_proxy_starts` are both right. */
const SETTINGS: ReadonlySet<string> = new Set(FIELDS.flatMap((field) => [field, snakeCase(field)]));

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function nearest(key: string): string | undefined {
  const bare = (text: string): string => text.replace(/[_-]/g, '').toLowerCase();
  return FIELDS.find((field) => {
    const [a, b] = [bare(field), bare(key)];
    return a === b || (Math.abs(a.length - b.length) <= 2 && (a.startsWith(b) || b.startsWith(a)));
  });
}
