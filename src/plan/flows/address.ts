import { SCHEME_PORT } from '../../private/ports';
import { LAST_PORT } from '../../private/ports';
/** Where a client connects to, as it stands in a configuration. */
export interface Address {
  readonly scheme?: string;
  /** Without brackets; empty in `:4317`, where a server listens. */
  readonly host: string;
  readonly port?: number;
}

const ADDRESS =
  /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?:[^/@?#]*@)?(?:\[(?<ipv6>[^\]]*)\]|(?<name>[^:/?#[\]\s<>{}$]*))(?::(?<port>\d{1,5}))?(?:[/?#].*)?$/is;

/** Reads a URL or `host:port`; undefined when it is neither. Credentials and paths are of no interest here. */
export function parseAddress(text: string): Address | undefined {
  const parts = ADDRESS.exec(text.trim())?.groups;
  if (!parts) return undefined;
  const host = parts.ipv6 ?? parts.name ?? '';
  const port = parts.port === undefined ? undefined : Number(parts.port);
  if (port !== undefined && (port < 1 || port > LAST_PORT)) return undefined;
  if (host === '' && port === undefined) return undefined;
  return {
    host,
    ...(parts.scheme !== undefined && { scheme: parts.scheme.toLowerCase() }),
    ...(port !== undefined && { port }),
  };
}

/** What a scheme of HTTP or WebSocket says about port and TLS. */
export interface WebScheme {
  readonly port: number;
  readonly encrypted: boolean;
}

export const HTTP: WebScheme = { port: SCHEME_PORT.http, encrypted: false };
export const HTTPS: WebScheme = { port: SCHEME_PORT.https, encrypted: true };

const WEB_SCHEMES: ReadonlyMap<string | undefined, WebScheme> = new Map([
  ['http', HTTP],
  ['ws', HTTP],
  ['https', HTTPS],
  ['wss', HTTPS],
]);

export function webScheme(scheme: string | undefined): WebScheme | undefined {
  return WEB_SCHEMES.get(scheme);
}
