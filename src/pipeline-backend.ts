import { Construct } from 'constructs';
import type { BackendAuth } from './backend-auth';
import type { BackendPlacement } from './backend-placement';
import { InputKind } from './metric-input';
import type { PersistentQueue } from './persistent-queue';
import type { BackendModel, SecretHeader, TlsModel } from './private/backend';
import { checkDnsLabel, checkMember, isDnsName } from './private/checks';
import { resolveDestination } from './private/destination';
import type { Protocol } from './private/endpoint';
import { invalid } from './private/errors';
import { checkNamespaces } from './private/namespace-selection';
import { checkOttl } from './private/ottl';
import { renderServiceEntries, type ServiceEntryTarget } from './private/service-entry';
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

/** `backend-credentials` and queue volumes carry the name; Kubernetes allows them 63 characters. */
const MAX_NAME_LENGTH = 50;

/**
 * One destination of metrics. It becomes an exporter, an egress rule and an entry of the interception list of every agent
 * that is given it, and a ServiceEntry of its own where a REGISTRY_ONLY mesh needs one.
 */
export class PipelineBackend extends Construct {
  /**
   * OTLP over gRPC. `host:port` without a scheme means TLS, except in the mesh, where the sidecar encrypts.
   *
   * @param scope usually the chart
   * @param id construct id, and the backend's name unless `name` is given
   * @param props where and how to send
   */
  public static otlpGrpc(scope: Construct, id: string, props: OtlpBackendProps): PipelineBackend {
    return new PipelineBackend(scope, id, 'otlpGrpc', props);
  }

  /**
   * OTLP over HTTP. The URL is the base URL: the collector appends `/v1/metrics`.
   *
   * @param scope usually the chart
   * @param id construct id, and the backend's name unless `name` is given
   * @param props where and how to send
   */
  public static otlpHttp(scope: Construct, id: string, props: OtlpBackendProps): PipelineBackend {
    return new PipelineBackend(scope, id, 'otlpHttp', props);
  }

  /**
   * Prometheus remote write. The URL is the full one, often ending in `/api/v1/write`. Resource attributes become labels:
   * without them the series of all pods would collapse into one. Always snappy and cumulative, as the protocol demands.
   *
   * @param scope usually the chart
   * @param id construct id, and the backend's name unless `name` is given
   * @param props where and how to send
   */
  public static prometheusRemoteWrite(scope: Construct, id: string, props: PipelineBackendProps): PipelineBackend {
    return new PipelineBackend(scope, id, 'prometheusRemoteWrite', props);
  }

  /** @internal */
  public readonly _model: BackendModel;

  private used = false;

  private constructor(scope: Construct, id: string, protocol: Protocol, props: OtlpBackendProps) {
    super(scope, id);
    this._model = checkBackend(this.node.path, id, protocol, props);
    this.node.addValidation({
      validate: () => (this.used ? [] : ['no agent uses this backend; fix: pass it to addBackend() or remove it']),
    });
  }

  /**
   * Called by the agent that sends here.
   * @internal
   */
  public _use(target: ServiceEntryTarget): void {
    this.used = true;
    renderServiceEntries(this, this._model, target);
  }
}

function checkBackend(where: string, id: string, protocol: Protocol, props: OtlpBackendProps): BackendModel {
  const destination = resolveDestination(where, 'url', protocol, props);
  const remoteWrite = protocol === 'prometheusRemoteWrite';
  if (remoteWrite) refuseOtlpProps(where, props);
  const { compression = Compression.GZIP, temporality = Temporality.PRESERVE, inputs } = props;
  const kinds = Object.values(InputKind);
  return {
    name: checkDnsLabel(where, 'name', props.name ?? id, MAX_NAME_LENGTH),
    protocol,
    destination,
    headers: checkHeaders(where, props.headers ?? {}),
    auth: props.auth?._resolve(where),
    tls: checkTls(where, destination.tls, props.tls ?? {}),
    compression: remoteWrite ? 'snappy' : checkMember(where, 'compression', compression, Object.values(Compression)),
    queue: { size: checkQueueSize(where, props.queueSize), persistence: props.persistentQueue?._model },
    inputs: inputs ? inputs.map((kind) => checkMember(where, 'inputs', kind, kinds)) : kinds,
    namespaces: checkNamespaces(where, props),
    transforms: checkOttl(where, 'transforms', props.transforms ?? []),
    filters: checkOttl(where, 'filters', props.filters ?? []),
    delta: checkMember(where, 'temporality', temporality, Object.values(Temporality)) === Temporality.DELTA,
  };
}

/** Types keep these away from remote write; plain JavaScript does not. */
function refuseOtlpProps(where: string, props: OtlpBackendProps): void {
  const { compression, temporality, queueSize, persistentQueue } = props;
  const given = Object.entries({ compression, temporality, queueSize, persistentQueue }).find(([, value]) => value);
  if (given) {
    throw invalid(where, {
      input: given[0],
      got: given[1],
      allowed: 'nothing: remote write is snappy, cumulative and queued in memory',
      fix: 'remove it, or send by OTLP',
    });
  }
}

function checkTls(where: string, tls: boolean, props: BackendTls): TlsModel {
  const { ca, clientCertificate, clientKey, serverName } = props;
  if (!tls && (ca ?? clientCertificate ?? clientKey ?? serverName) !== undefined) {
    throw invalid(where, {
      input: 'tls',
      got: Object.keys(props),
      allowed: 'nothing for a plaintext URL',
      fix: 'write https://, or remove tls; in the mesh the sidecar brings the certificates',
    });
  }
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    throw invalid(where, {
      input: clientKey ? 'tls.clientCertificate' : 'tls.clientKey',
      allowed: 'certificate and key together',
      fix: 'pass the missing one',
    });
  }
  if (serverName !== undefined && !isDnsName(serverName)) {
    throw invalid(where, { input: 'tls.serverName', got: serverName, allowed: 'a DNS name', fix: 'correct the name' });
  }
  return {
    ...(ca && { ca }),
    ...(clientCertificate && clientKey && { clientCertificate: { certificate: clientCertificate, key: clientKey } }),
    ...(serverName !== undefined && { serverName }),
  };
}

function checkQueueSize(where: string, size: number | undefined): number | undefined {
  // The queue must hold at least one batch.
  if (size !== undefined && (!Number.isInteger(size) || size < 10_000)) {
    throw invalid(where, {
      input: 'queueSize',
      got: size,
      allowed: 'a whole number of data points, at least 10000',
      fix: 'leave it out for a share of the memory',
    });
  }
  return size;
}

function checkHeaders(where: string, headers: Record<string, SecretRef>): SecretHeader[] {
  const seen = new Set<string>();
  return Object.entries(headers)
    .map(([name, value]) => {
      const lower = name.toLowerCase();
      if (!/^[a-z0-9][-a-z0-9_.]*$/.test(lower) || seen.has(lower)) {
        throw invalid(where, {
          input: 'headers',
          got: name,
          allowed: 'distinct header names of letters, digits, "-", "_" and "." (case does not count)',
          fix: 'correct or remove the header',
        });
      }
      seen.add(lower);
      return { name: lower, value };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
