import type { BackendAuth } from './backend-auth';
import type { BackendPlacement } from './backend-placement';
import type { InputKind } from './metric-input-props';
import type { PersistentQueue } from './persistent-queue';
import type { SecretRef } from './secret-ref';

/** How payloads are compressed. */
export enum Compression {
  /** Not at all. */
  NONE = 'none',
  /** Understood by every OTLP receiver. */
  GZIP = 'gzip',
  /** Less CPU than gzip for a similar size. */
  ZSTD = 'zstd',
  /** Least CPU, larger payload. */
  SNAPPY = 'snappy',
}

/** How sums are reported. */
export enum Temporality {
  /** As they come; scraped counters are cumulative. */
  PRESERVE = 'preserve',
  /** As differences. The first point of every series is lost, and the agent keeps state for each. */
  DELTA = 'delta',
}

/** TLS of an exporter, beyond what the scheme of the URL says. */
export interface BackendTls {
  /**
   * CA bundle (PEM) the backend's certificate is checked against.
   *
   * @default - the public authorities of the image
   */
  readonly ca?: SecretRef;

  /**
   * Client certificate (PEM) for mutual TLS; only together with `clientKey`.
   *
   * @default - none
   */
  readonly clientCertificate?: SecretRef;

  /**
   * Key (PEM) of the client certificate; only together with `clientCertificate`.
   *
   * @default - none
   */
  readonly clientKey?: SecretRef;

  /**
   * Name in the backend's certificate, if it is another than the host of the URL.
   *
   * @default - the host of the URL
   */
  readonly serverName?: string;
}

/** What every backend has, whatever its protocol. */
export interface PipelineBackendProps {
  /**
   * Where to send. Scheme, host and port decide what the agent dials: the port of the URL is the Service port, and
   * without one it is the scheme's (80 or 443); nothing is guessed.
   *
   * Fails on credentials, query, white space, ports outside 1–65535 and ports Istio keeps for itself.
   */
  readonly url: string;

  /** Where the backend runs: in the mesh, in the cluster or outside. */
  readonly placement: BackendPlacement;

  /**
   * Name of the backend in exporters, alerts and file names.
   *
   * Fails unless it is a DNS label of at most 50 characters that no other backend of the agent has.
   *
   * @default - the construct id
   */
  readonly name?: string;

  /**
   * Headers to send: header name to the Secret that holds its value. The Secret is mounted, so a new value is picked up
   * without a restart; it must exist in the agent's namespace.
   *
   * @default - no headers
   */
  readonly headers?: Record<string, SecretRef>;

  /**
   * Authentication.
   *
   * @default - none
   */
  readonly auth?: BackendAuth;

  /**
   * CA and client certificate. Fails for a plaintext URL.
   *
   * @default - public authorities, no client certificate
   */
  readonly tls?: BackendTls;

  /**
   * Inputs the backend receives. What no backend wants is not collected at all.
   *
   * @default - all inputs of the agent
   */
  readonly inputs?: InputKind[];

  /**
   * Namespaces whose metrics the backend receives. What has no namespace (nodes) is not affected. The agent scrapes the
   * union of what its backends want. Fails together with `excludeNamespaces`.
   *
   * @default - all namespaces
   */
  readonly namespaces?: string[];

  /**
   * Namespaces whose metrics the backend does not receive.
   *
   * @default - none
   */
  readonly excludeNamespaces?: string[];

  /**
   * OTTL statements for the data of this backend, with full paths: `set(resource.attributes["env"], "prod")`. A statement
   * that fails at run time is logged and skipped.
   *
   * Fails on unbalanced quotes and parentheses; the collector checks the rest when it starts.
   *
   * @default - none
   */
  readonly transforms?: string[];

  /**
   * OTTL conditions with full paths; a metric that meets one of them is not sent: `metric.name == "up"`.
   *
   * Fails on unbalanced quotes and parentheses; the collector checks the rest when it starts.
   *
   * @default - none
   */
  readonly filters?: string[];
}

/** An OTLP receiver. */
export interface OtlpBackendProps extends PipelineBackendProps {
  /**
   * Compression of payloads.
   *
   * @default Compression.GZIP
   */
  readonly compression?: Compression;

  /**
   * How sums are reported. DELTA cannot be combined with two agents scraping the same target.
   *
   * @default Temporality.PRESERVE
   */
  readonly temporality?: Temporality;

  /**
   * Data points that may wait for this backend while it is slow or away; what comes on top is dropped and reported.
   *
   * Fails when the queues of all backends could take more than half of the agent's memory.
   *
   * @default - an equal share of a quarter of the agent's memory limit
   */
  readonly queueSize?: number;

  /**
   * Where the queue is written.
   *
   * @default - in memory only: a restart of the collector loses what waits
   */
  readonly persistentQueue?: PersistentQueue;
}
