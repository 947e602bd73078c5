import { Construct } from 'constructs';
import type { BackendPlacement } from './backend-placement';
import type { BackendModel, SecretHeader } from './private/backend';
import { checkDnsLabel } from './private/checks';
import { parseEndpoint, type Protocol } from './private/endpoint';
import { invalid } from './private/errors';
import { renderServiceEntry, type ServiceEntryTarget } from './private/service-entry';
import type { SecretRef } from './secret-ref';

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
   * Fails unless it is a DNS label that no other backend of the agent has.
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
}

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
  public static otlpGrpc(scope: Construct, id: string, props: PipelineBackendProps): PipelineBackend {
    return new PipelineBackend(scope, id, 'otlpGrpc', props);
  }

  /**
   * OTLP over HTTP. The URL is the base URL: the collector appends `/v1/metrics`.
   *
   * @param scope usually the chart
   * @param id construct id, and the backend's name unless `name` is given
   * @param props where and how to send
   */
  public static otlpHttp(scope: Construct, id: string, props: PipelineBackendProps): PipelineBackend {
    return new PipelineBackend(scope, id, 'otlpHttp', props);
  }

  /**
   * Prometheus remote write. The URL is the full one, often ending in `/api/v1/write`. Resource attributes become labels:
   * without them the series of all pods would collapse into one.
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

  private constructor(scope: Construct, id: string, protocol: Protocol, props: PipelineBackendProps) {
    super(scope, id);
    const where = this.node.path;
    const endpoint = parseEndpoint(where, protocol, props.url);
    const placement = props.placement._resolve(where, endpoint);
    this._model = {
      name: checkDnsLabel(where, 'name', props.name ?? id),
      protocol,
      endpoint,
      tls: endpoint.scheme === undefined ? placement.kind !== 'inMesh' : endpoint.scheme === 'https',
      placement,
      headers: checkHeaders(where, props.headers ?? {}),
    };
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
    renderServiceEntry(this, this._model, target);
  }
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
