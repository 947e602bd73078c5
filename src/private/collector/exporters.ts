import type { AgentModel } from '../agent/model';
import { type BackendModel, exporterId } from '../backend';
import { type Endpoint, hostPort } from '../endpoint';
import { credentialFile, headerFileName } from './credentials';
import { merged } from '../merge';
import { SCHEME_PORT } from '../ports';
import { literal } from './environment';
import { BATCH_POINTS, queueSize, remoteWriteQueueSize, RETRY_SECONDS } from './queue';
import { queueStorageId } from './storage';

type Settings = Record<string, unknown>;

/** One exporter per backend, each with a queue and retries of its own: a dead backend does not hold up the others. */
export function exporters({ backends, resources }: AgentModel): Record<string, Settings> {
  return Object.fromEntries(
    backends.map((backend) => [exporterId(backend), exporter(backend, backends, resources.memoryLimitMi)]),
  );
}

function exporter(backend: BackendModel, backends: readonly BackendModel[], memoryLimitMi: number): Settings {
  const authenticator = authenticatorId(backend);
  const shared = {
    ...(authenticator !== undefined && { auth: { authenticator } }),
    retry_on_failure: RETRY,
  };
  const otlp = {
    ...shared,
    compression: backend.compression,
    sending_queue: sendingQueue(backend, queueSize(backend, backends, memoryLimitMi)),
  };
  const { endpoint, tls } = backend.destination;
  switch (backend.protocol) {
    case 'otlpGrpc':
      return { endpoint: literal(hostPort(endpoint)), tls: { insecure: !tls, ...tlsSettings(backend) }, ...otlp };
    case 'otlpHttp':
      return { endpoint: url(endpoint), ...httpTls(backend), ...otlp, ...compressionLevel(backend) };
    case 'prometheusRemoteWrite':
      return {
        endpoint: url(endpoint),
        ...httpTls(backend),
        ...shared,
        // This exporter counts retries into the timeout: by default it drops data after five seconds of outage.
        timeout: RETRY.max_elapsed_time,
        remote_write_queue: {
          enabled: true,
          queue_size: remoteWriteQueueSize(backends, memoryLimitMi),
          num_consumers: 5,
        },
        // Without the resource as labels the series of all pods would be one. With them target_info says nothing new.
        resource_to_telemetry_conversion: { enabled: true },
        target_info: { enabled: false },
      };
  }
}

/** Still plain gzip, for a quarter less CPU with three backends (docs/scale.md); gRPC has no such setting. */
function compressionLevel({ compression }: BackendModel): Settings {
  return compression === 'gzip' ? { compression_params: { level: 1 } } : {};
}

function httpTls(backend: BackendModel): Settings {
  const settings = tlsSettings(backend);
  return Object.keys(settings).length === 0 ? {} : { tls: settings };
}

function tlsSettings(backend: BackendModel): Settings {
  const { ca, clientCertificate, serverName } = backend.tls;
  return {
    ...(ca && { ca_file: credentialFile(backend, 'tls/ca.crt') }),
    ...(clientCertificate && {
      cert_file: credentialFile(backend, 'tls/tls.crt'),
      key_file: credentialFile(backend, 'tls/tls.key'),
      reload_interval: '60s', // A renewed certificate is picked up without a restart.
    }),
    ...(serverName !== undefined && { server_name_override: serverName }),
  };
}

/** The default 80 or 443 stays out of the URL, as the user wrote it: some servers compare the Host header. */
function url(endpoint: Endpoint): string {
  const authority = hostPort(endpoint);
  const host =
    endpoint.port === SCHEME_PORT[endpoint.scheme ?? 'http']
      ? authority.slice(0, authority.lastIndexOf(':'))
      : authority;
  return literal(`${endpoint.scheme}://${host}${endpoint.path}`);
}

const RETRY = { enabled: true, initial_interval: '5s', max_interval: '30s', max_elapsed_time: `${RETRY_SECONDS}s` };

/** Counted in data points, so that memory follows from it; a full queue drops, it never blocks other backends. */
function sendingQueue(backend: BackendModel, size: number): Settings {
  return {
    enabled: true,
    sizer: 'items',
    queue_size: size,
    batch: { flush_timeout: '1s', min_size: BATCH_POINTS, max_size: BATCH_POINTS },
    ...(backend.queue.persistence && { storage: queueStorageId(backend) }),
  };
}

/** Extensions that exporters refer to: authentication, and headers on top of it. */
export function exporterExtensions(backends: readonly BackendModel[]): Record<string, Settings> {
  return merged(backends.flatMap((backend) => [authExtension(backend), headersExtension(backend)]));
}

/** An exporter takes one authenticator: the headers', which then asks the other one, or that one itself. */
function authenticatorId(backend: BackendModel): string | undefined {
  return backend.headers.length > 0 ? `headers_setter/${backend.name}` : authId(backend);
}

const AUTH_TYPE = { basic: 'basicauth', bearer: 'bearertokenauth', oauth2: 'oauth2client' } as const;

function authId({ auth, name }: BackendModel): string | undefined {
  return auth && `${AUTH_TYPE[auth.kind]}/${name}`;
}

function headersExtension(backend: BackendModel): Record<string, Settings> {
  if (backend.headers.length === 0) return {};
  const additional = authId(backend);
  return {
    [`headers_setter/${backend.name}`]: {
      ...(additional !== undefined && { additional_auth: additional }),
      headers: backend.headers.map(({ name }) => ({
        action: 'upsert',
        key: name,
        value_file: credentialFile(backend, headerFileName(name)),
      })),
    },
  };
}

function authExtension(backend: BackendModel): Record<string, Settings> {
  const id = authId(backend);
  return id === undefined ? {} : { [id]: authSettings(backend) };
}

function authSettings(backend: BackendModel): Settings {
  const { auth } = backend;
  const file = (name: string): string => credentialFile(backend, `auth/${name}`);
  switch (auth?.kind) {
    case 'basic':
      return { client_auth: { username_file: file('username'), password_file: file('password') } };
    case 'bearer':
      return { filename: file('token') };
    case 'oauth2':
      return {
        client_id_file: file('client-id'),
        client_secret_file: file('client-secret'),
        token_url: url(auth.token.endpoint),
        ...(auth.scopes.length > 0 && { scopes: auth.scopes.map(literal) }),
      };
    case undefined:
      return {};
  }
}
