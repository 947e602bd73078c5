import { isIPv4, isIPv6 } from 'node:net';
import { hostCidr } from './cidr';
import { invalid } from './errors';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

// Plain JavaScript can pass anything to these.
export function isDnsLabel(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 63 && DNS_LABEL.test(value);
}

export function isDnsName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 253 && value.split('.').every(isDnsLabel);
}

/** A key of a Secret or ConfigMap. */
export function isDataKey(value: unknown): boolean {
  return typeof value === 'string' && /^[-._a-zA-Z0-9]{1,253}$/.test(value);
}

/** Where a CA is. */
export function checkConfigMapKey(where: string, configMapName: string, key: string): void {
  if (isDnsName(configMapName) && isDataKey(key)) return;
  throw invalid(where, {
    input: 'configMapName, key',
    got: [configMapName, key],
    allowed: 'the name of a ConfigMap and one of its keys',
    fix: 'pass names, not the certificate',
  });
}

export function checkDnsLabel(where: string, input: string, value: string, maxLength = 63): string {
  if (!isDnsLabel(value) || value.length > maxLength) {
    throw invalid(where, {
      input,
      got: value,
      allowed: `a DNS label: lower-case letters, digits and inner hyphens, at most ${maxLength} characters`,
      fix: 'write a name such as "telemetry"',
    });
  }
  return value;
}

export function checkPort(where: string, input: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 65535) {
    throw invalid(where, { input, got: value, allowed: 'an integer from 1 to 65535', fix: 'give the port number' });
  }
  return value;
}

export function isIp(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  // Node's pattern for IPv6 takes milliseconds to compile, so names are kept away from it.
  return isIPv4(value) || (value.includes(':') && isIPv6(value));
}

/** Istio and Kubernetes both want the mask, and neither trims (istio `netip.ParsePrefix`). */
export function checkCidr(where: string, input: string, value: string): string {
  const [address = '', mask = '', ...rest] = value.split('/');
  const bits = isIPv4(address) ? 32 : isIp(address) ? 128 : -1;
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(mask) || Number(mask) > bits) {
    throw invalid(where, {
      input,
      got: value,
      allowed: 'an IPv4 or IPv6 range with its mask, such as 10.244.0.0/16 or fd00::/48',
      fix: isIp(value) ? `write ${hostCidr(value)} for a single address` : 'correct the range',
    });
  }
  return value;
}

export function checkIp(where: string, input: string, value: string): string {
  if (!isIp(value)) {
    throw invalid(where, { input, got: value, allowed: 'an IPv4 or IPv6 address', fix: 'leave out mask and port' });
  }
  return value;
}

/** An empty map would select every pod, so it is refused. */
export function checkPodLabels(
  where: string,
  input: string,
  labels: Record<string, string>,
  fix = 'copy the labels of the pods that the Service selects',
): Record<string, string> {
  const entries = Object.entries((labels as Record<string, string> | undefined) ?? {});
  if (entries.length === 0 || entries.some(([key, value]) => !isLabelKey(key) || !isLabelValue(value))) {
    throw invalid(where, {
      input,
      got: labels,
      allowed: 'at least one Kubernetes label (key: value, the value at most 63 characters)',
      fix,
    });
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isLabelKey(key: string): boolean {
  const [name = '', prefix = ''] = key.split('/').reverse();
  return LABEL_KEY.test(key) && name.length <= 63 && prefix.length <= 253;
}

function isLabelValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 63 && LABEL_VALUE.test(value);
}

/** Plain JavaScript can leave it out. */
export function checkImage(where: string, image: string | undefined): string {
  if (image === undefined || !/^[^\s:@][^\s]*$/.test(image)) {
    throw invalid(where, {
      input: 'image',
      got: image,
      allowed: 'an image reference',
      fix: 'pass the image; for the manager it is always yours, this library ships none',
    });
  }
  return image;
}

export function checkDnsNames(where: string, input: string, names: readonly string[]): string[] {
  const wrong = names.find((name) => !isDnsName(name));
  if (wrong !== undefined) {
    throw invalid(where, {
      input,
      got: wrong,
      allowed: 'DNS names in lower case',
      fix: 'copy the SANs of the certificates',
    });
  }
  return [...new Set(names)].sort();
}

export function checkPriorityClass(where: string, name: string | undefined): string | undefined {
  if (name !== undefined && !isDnsName(name)) {
    throw invalid(where, {
      input: 'priorityClassName',
      got: name,
      allowed: 'the name of a PriorityClass (a DNS name)',
      fix: 'pass a name that `kubectl get priorityclasses` shows',
    });
  }
  return name;
}

export function checkPositive(where: string, input: string, got: number): number {
  if (!Number.isInteger(got) || got < 1) {
    throw invalid(where, { input, got, allowed: 'a whole number, at least 1', fix: 'leave it out for the default' });
  }
  return got;
}

/** A list that selects nothing is a mistake; who wants everything leaves it out. */
export function refuseEmpty(where: string, input: string, list: readonly unknown[] | undefined, all: string): void {
  if (list?.length === 0) {
    throw invalid(where, { input, got: [], allowed: 'at least one entry', fix: `leave \`${input}\` out for ${all}` });
  }
}

/** The path of a URL. */
export function checkPath(where: string, input: string, path: string): string {
  if (!/^\/[-A-Za-z0-9._~/]*$/.test(path)) {
    throw invalid(where, {
      input,
      got: path,
      allowed: 'a path that starts with /',
      fix: 'leave out scheme, host and query',
    });
  }
  return path;
}

const OWN_LABELS_FIX = 'write keys and values of letters, digits, "-", "_" and "."';

/** Labels of objects, which may be none. */
export function checkLabels(
  where: string,
  labels: Record<string, string> | undefined,
): Record<string, string> | undefined {
  return labels && Object.keys(labels).length > 0 ? checkPodLabels(where, 'labels', labels, OWN_LABELS_FIX) : undefined;
}

/** A headless Service has no cluster IPs. */
export function checkClusterIps(
  where: string,
  input: string,
  service: { readonly clusterIps?: string[]; readonly headless?: boolean },
): string[] {
  const { clusterIps = [], headless = false } = service;
  if (headless && clusterIps.length > 0) {
    throw invalid(where, {
      input: `${input}.clusterIps`,
      got: clusterIps,
      allowed: 'none for a headless Service',
      fix: 'remove clusterIps, or headless',
    });
  }
  return clusterIps.map((ip, i) => checkIp(where, `${input}.clusterIps[${i}]`, ip));
}
