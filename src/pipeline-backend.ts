import { Construct } from 'constructs';
import type { OtlpBackendProps, PipelineBackendProps } from './backend-props';
import type { BackendModel } from './private/backend';
import { checkBackendProps } from './private/backend-checks';
import type { Protocol } from './private/endpoint';
import { renderServiceEntries, type SendingAgent } from './private/service-entry';

/**
 * One destination of metrics. It becomes an exporter, an egress rule and an entry of the interception list of every agent
 * that is given it, and a ServiceEntry of its own where a REGISTRY_ONLY mesh needs one.
 */
export class PipelineBackend extends Construct {
  /**
   * OTLP over gRPC. `host:port` without a scheme means TLS, except in the mesh, where the sidecar encrypts. A URL with a scheme
   * and without a port means 80 or 443, as in any URL, and not 4317.
   *
   * @param scope usually the chart
   * @param id construct id, and the backend's name unless `name` is given
   * @param props where and how to send
   */
  public static otlpGrpc(scope: Construct, id: string, props: OtlpBackendProps): PipelineBackend {
    return new PipelineBackend(scope, id, 'otlpGrpc', props);
  }

  /**
   * OTLP over HTTP. The URL is the base URL: the collector appends `/v1/metrics`. Without a port it means 80 or 443, and not
   * 4318.
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
    this._model = checkBackendProps(this.node.path, id, protocol, props);
    this.node.addValidation({
      validate: () => (this.used ? [] : ['no agent uses this backend; fix: pass it to addBackend() or remove it']),
    });
  }

  /**
   * Called by the agent that sends here.
   * @internal
   */
  public _use(agent: SendingAgent): void {
    this.used = true;
    renderServiceEntries(this, this._model, agent);
  }
}
