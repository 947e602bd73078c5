import { PROXY_CONFIG } from '../../private/istio-names';
import { fromYaml } from '../../private/yaml';
import { parseBool } from '../parse-bool';
import { Value } from '../value';
import type { TrafficAnnotations } from './traffic-annotations';

/** What `proxy.istio.io/config` sets, as far as it decides about traffic or certificates. */
export interface ProxySettings {
  readonly dnsCapture: boolean;
  /** istio-init captures DNS to every server, not only to those of /etc/resolv.conf. */
  readonly captureAllDns: boolean;
  readonly dualStack: boolean;
  readonly disableEnvoy: boolean;
  /** Undefined: as the mesh has it. */
  readonly hbone?: boolean;
  /** Some groups of users are exempt from capture (only with istio-init). */
  readonly ownerGroups: boolean;
  /** Where the sidecar writes its certificates. */
  readonly outputCerts?: string;
  readonly holdApplicationUntilProxyStarts?: boolean;
}

/** YAML or JSON; what is wrong with it is reported, for Istio ignores or refuses it. */
export function proxySettings(annotations: TrafficAnnotations): ProxySettings {
  const config = new Value(parsed(annotations), '', (field, allowed, got) => {
    const place = field === '' ? 'the configuration' : field;
    annotations.report(PROXY_CONFIG, shown(got), `${place} must be ${allowed}`);
  });
  const metadata = config.get('proxyMetadata').textMap();
  const hbone = metadata.ISTIO_META_ENABLE_HBONE;
  const hold = config.get('holdApplicationUntilProxyStarts').flag();
  return {
    dnsCapture: parseBool(metadata.ISTIO_META_DNS_CAPTURE) === true,
    captureAllDns: parseBool(metadata.CAPTURE_ALL_DNS) === true,
    dualStack: parseBool(metadata.ISTIO_DUAL_STACK) === true,
    disableEnvoy: parseBool(metadata.DISABLE_ENVOY) === true,
    ...(hbone !== undefined && { hbone: parseBool(hbone) === true }),
    ownerGroups:
      (metadata.ISTIO_OUTBOUND_OWNER_GROUPS ?? '*') !== '*' ||
      (metadata.ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE ?? '') !== '',
    ...(metadata.OUTPUT_CERTS !== undefined && { outputCerts: metadata.OUTPUT_CERTS }),
    ...(hold !== undefined && { holdApplicationUntilProxyStarts: hold }),
  };
}

function parsed(annotations: TrafficAnnotations): unknown {
  const text = annotations.text(PROXY_CONFIG);
  if (text === undefined) return undefined;
  try {
    return fromYaml(text);
  } catch {
    annotations.report(PROXY_CONFIG, text, 'not readable as YAML');
    return undefined;
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : JSON.stringify(value);
}
