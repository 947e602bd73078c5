import { type BackendModel, exporterId } from '../backend';
import { type Endpoint, hostPort } from '../endpoint';
import { headerFile } from './credentials';
import { literal } from './environment';

type Settings = Record<string, unknown>;

/** One exporter per backend, each with a queue and retries of its own: a dead backend does not hold up the others. */
export function exporters(backends: readonly BackendModel[]): Record<string, Settings> {
  return Object.fromEntries(backends.map((backend) => [exporterId(backend), exporter(backend)]));
}

/** Extensions that exporters refer to: headers from mounted Secrets. */
export function exporterExtensions(backends: readonly BackendModel[]): Record<string, Settings> {
  return Object.fromEntries(
    backends
      .filter((backend) => backend.headers.length > 0)
      .map((backend) => [
        authenticatorId(backend),
        {
          headers: backend.headers.map((header) => ({
            action: 'upsert',
            key: header.name,
            value_file: headerFile(backend, header),
          })),
        },
      ]),
  );
}

function authenticatorId(backend: BackendModel): string {
  return `headers_setter/${backend.name}`;
}

function exporter(backend: BackendModel): Settings {
  const shared = {
    ...(backend.headers.length > 0 && { auth: { authenticator: authenticatorId(backend) } }),
    retry_on_failure: RETRY,
  };
  switch (backend.protocol) {
    case 'otlpGrpc':
      return {
        endpoint: literal(hostPort(backend.endpoint)),
        tls: { insecure: !backend.tls },
        ...shared,
        sending_queue: SENDING_QUEUE,
      };
    case 'otlpHttp':
      return { endpoint: url(backend.endpoint), ...shared, sending_queue: SENDING_QUEUE };
    case 'prometheusRemoteWrite':
      return {
        endpoint: url(backend.endpoint),
        ...shared,
        remote_write_queue: REMOTE_WRITE_QUEUE,
        // Without the resource as labels the series of all pods would be one. With them target_info says nothing new.
        resource_to_telemetry_conversion: { enabled: true },
        target_info: { enabled: false },
      };
  }
}

/** The default 80 or 443 stays out of the URL, as the user wrote it: some servers compare the Host header. */
function url(endpoint: Endpoint): string {
  const defaultPort = endpoint.scheme === 'https' ? 443 : 80;
  const authority = hostPort(endpoint);
  const host = endpoint.port === defaultPort ? authority.slice(0, authority.lastIndexOf(':')) : authority;
  return literal(`${endpoint.scheme}://${host}${endpoint.path}`);
}

const RETRY = { enabled: true, initial_interval: '5s', max_interval: '30s', max_elapsed_time: '300s' };

/** Counted in data points, so that memory follows from it; a full queue drops, it never blocks other backends. */
const SENDING_QUEUE = {
  enabled: true,
  sizer: 'items',
  queue_size: 200_000,
  batch: { flush_timeout: '1s', min_size: 8192, max_size: 8192 },
};

const REMOTE_WRITE_QUEUE = { enabled: true, queue_size: 5000, num_consumers: 5 };
