import { isIPv4, isIPv6 } from 'node:net';
import { isDnsName } from './checks';
import { isIpv6 } from './cidr';
import { invalid } from './errors';
import { required, type RequiredKind, textOf } from './given';
import { ISTIO_RESERVED_PORTS, SCHEME_PORT } from './ports';

export type Protocol = 'otlpGrpc' | 'otlpHttp' | 'prometheusRemoteWrite';
/** What a URL is for, which decides what it may look like. */
export type UrlKind = Protocol | 'oauth2Token' | 'alertmanager';

/** A backend URL, taken apart once; nothing else in the library looks at the text. */
export interface Endpoint {
  /** Undefined only for OTLP gRPC given as `host:port`; TLS is then decided by the placement. */
  readonly scheme?: 'http' | 'https';
  /** DNS name or IP address, IPv6 without brackets. */
  readonly host: string;
  /** What the agent dials: for a Service its Service port. */
  readonly port: number;
  /** Starts with `/`, or is empty. */
  readonly path: string;
}

const URL_PARTS =
  /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?<authority>[^/?#]*)(?<path>\/[^?#]*)?(?<query>\?[^#]*)?(?<fragment>#.*)?$/i;
const AUTHORITY = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^:[\]]*))(?::(?<port>[^:]*))?$/;

const EXAMPLE: Record<UrlKind, string> = {
  otlpGrpc: 'gateway.observability:4317, http://gateway.observability:4317 or https://otlp.vendor.example',
  otlpHttp: 'http://gateway.observability:4318 or https://otlp.vendor.example/base-path',
  prometheusRemoteWrite: 'http://prometheus.monitoring:9090/api/v1/write',
  oauth2Token: 'https://idp.example/oauth2/token',
  alertmanager: 'http://alertmanager.monitoring:9093',
};

export function urlKind(protocol: UrlKind): RequiredKind<string> {
  return required(textOf(`a URL such as ${EXAMPLE[protocol]}`, 'pass the URL as a string'));
}

export function parseEndpoint(where: string, protocol: UrlKind, url: string, input = 'url'): Endpoint {
  const got = withoutCredentials(url);
  const refuse = (allowed: string, fix: string): Error => invalid(where, { input, got, allowed, fix });
  const shape = `a URL such as ${EXAMPLE[protocol]}`;
  if (/[\s\u0000-\u001f\u007f]/.test(url)) throw refuse(shape, 'remove the white space');
  const parts = URL_PARTS.exec(url)?.groups;
  if (!parts) throw refuse(shape, 'correct the URL');
  if (parts.authority?.includes('@')) {
    throw refuse('a URL without user or password', 'pass credentials with SecretRef, for example in `headers`');
  }
  if (parts.query !== undefined || parts.fragment !== undefined) {
    throw refuse('a URL without query or fragment', 'pass tenants and tokens in `headers`');
  }
  const scheme = checkScheme(protocol, parts.scheme, refuse);
  const { host, port } = parseAuthority(parts.authority ?? '', scheme, shape, refuse);
  return { ...(scheme && { scheme }), host, port, path: checkPath(protocol, parts.path ?? '', refuse) };
}

/** Errors end up in logs. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//***@').replace(/\?.*/s, '?***');
}

type Refuse = (allowed: string, fix: string) => Error;

function checkScheme(protocol: UrlKind, scheme: string | undefined, refuse: Refuse): Endpoint['scheme'] {
  if (scheme === 'http' || scheme === 'https') return scheme;
  if (scheme === undefined && protocol === 'otlpGrpc') return undefined;
  throw refuse(`the schemes http and https, as in ${EXAMPLE[protocol]}`, schemeFix(protocol, scheme));
}

function schemeFix(protocol: UrlKind, scheme: string | undefined): string {
  if (scheme === undefined) {
    return 'start the URL with http:// (the sidecar or a trusted network protects it) or https:// (TLS by the exporter)';
  }
  if (/^https?$/i.test(scheme)) return 'write http:// or https:// in lower case';
  return `write http:// or https://${protocol === 'otlpGrpc' ? '; OTLP over gRPC uses them too' : ''}`;
}

function parseAuthority(
  authority: string,
  scheme: Endpoint['scheme'],
  shape: string,
  refuse: Refuse,
): { host: string; port: number } {
  const groups = AUTHORITY.exec(authority)?.groups;
  if (!groups) throw refuse(shape, 'write an IPv6 address in brackets: http://[fd00::1]:4317');
  const { ipv6, host = '', port } = groups;
  if (ipv6 !== undefined ? !isIPv6(ipv6) || ipv6.includes('%') : !isHost(host)) {
    throw refuse(
      `${shape}, its host a DNS name or an IP address`,
      'use lower-case letters, digits and hyphens, without a dot at the end; IPv6 addresses in brackets',
    );
  }
  const address = ipv6 ?? host;
  if (address === 'localhost' || address === '::1' || address.startsWith('127.')) {
    throw refuse('a host outside the agent’s own pod', 'name the Service of the backend');
  }
  return { host: address, port: parsePort(port, scheme, refuse) };
}

function isHost(host: string): boolean {
  const looksLikeIp = /^[\d.]+$/.test(host);
  return looksLikeIp ? isIPv4(host) : isDnsName(host);
}

function parsePort(text: string | undefined, scheme: Endpoint['scheme'], refuse: Refuse): number {
  if (text === undefined) {
    if (scheme === undefined) throw refuse('host:port, or a URL with a scheme', 'append the port, for example :4317');
    return SCHEME_PORT[scheme];
  }
  const port = Number(text);
  if (!/^[1-9]\d{0,4}$/.test(text) || port > 65535) {
    throw refuse('a port from 1 to 65535 in plain decimal, without leading zeros', 'correct the port');
  }
  if (ISTIO_RESERVED_PORTS.includes(port)) {
    throw refuse(
      `a port that Istio does not keep for itself (${ISTIO_RESERVED_PORTS.join(', ')})`,
      'let the backend’s Service listen on another port',
    );
  }
  return port;
}

function checkPath(protocol: UrlKind, path: string, refuse: Refuse): string {
  const trimmed = path.replace(/\/+$/, '');
  switch (protocol) {
    case 'otlpGrpc':
      if (trimmed !== '') throw refuse('gRPC endpoints have no path', 'remove the path, or use otlpHttp');
      return '';
    case 'otlpHttp':
      if (trimmed.endsWith('/v1/metrics')) {
        throw refuse(
          'the base URL; the collector appends /v1/metrics (OTLP specification)',
          'remove /v1/metrics from the URL',
        );
      }
      return trimmed;
    case 'prometheusRemoteWrite':
      if (trimmed === '') {
        throw refuse(`the full remote write URL, such as ${EXAMPLE[protocol]}`, 'append the path, often /api/v1/write');
      }
      return path;
    case 'oauth2Token':
      return path;
    case 'alertmanager':
      return trimmed;
  }
}

/** `host:port` as it stands in URLs: IPv6 in brackets. */
export function hostPort({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return `${isIpv6(host) ? `[${host}]` : host}:${port}`;
}
