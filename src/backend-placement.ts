import { checkCidr, checkDnsLabel, checkPodLabels, checkPort, isIp } from './private/checks';
import { hostCidr } from './private/cidr';
import type { ExternalPlacement, InClusterPlacement, PlacementModel } from './private/destination';
import type { Endpoint } from './private/endpoint';
import { invalid } from './private/errors';
import { flag, type Keys, listOf, mapOf, memberOf, number, objectOf, text } from './private/given';

/** What kind of Service is in front of an in-mesh backend. */
export enum ServiceKind {
  /** A Service with a cluster IP. */
  CLUSTER_IP = 'ClusterIP',
  /** A Service without cluster IP: its name resolves to pod addresses. */
  HEADLESS = 'Headless',
}

/** A backend that runs in the cluster. */
export interface InClusterPlacementProps {
  /**
   * Namespace of the backend's pods.
   *
   * @default - from a host `<service>.<namespace>`, with or without `.svc` and the cluster domain; fails for other hosts
   */
  readonly namespace?: string;

  /**
   * Labels of the backend's pods, as its Service selects them. They narrow the agent's egress rule.
   *
   * @default - every pod of the namespace
   */
  readonly podLabels?: Record<string, string>;

  /**
   * Port the backend's pods listen on (the Service's `targetPort`). NetworkPolicy is evaluated after the Service address
   * was translated, so it must name this port.
   *
   * @default - the port of the URL (assumed equal to it)
   */
  readonly targetPort?: number;
}

/** A backend whose pods have a sidecar or are in ambient mode. */
export interface InMeshPlacementProps extends InClusterPlacementProps {
  /**
   * The kind of the backend's Service.
   *
   * With HEADLESS the agent dials pod addresses. Fails where those are excluded from interception (known `podCidrs`):
   * the push would bypass the sidecar and lose mutual TLS.
   *
   * @default ServiceKind.CLUSTER_IP
   */
  readonly service?: ServiceKind;
}

/** A backend outside the cluster. */
export interface ExternalPlacementProps {
  /**
   * Addresses of the backend as ranges, for the agent's egress rule.
   *
   * @default - the address itself if the URL has one; else unknown: its port is allowed at every address outside pods,
   * Services, nodes and metadata services
   */
  readonly cidrs?: string[];

  /**
   * Accept a plaintext (`http://`) URL: metrics and credentials then cross the network unencrypted, because
   * interception adds no TLS towards servers outside the mesh.
   *
   * @default false
   */
  readonly allowPlaintext?: boolean;
}

const IN_CLUSTER: Keys<InClusterPlacementProps> = { namespace: text, podLabels: mapOf(text), targetPort: number };
const IN_MESH: Keys<InMeshPlacementProps> = { ...IN_CLUSTER, service: memberOf('ServiceKind', ServiceKind) };
const EXTERNAL: Keys<ExternalPlacementProps> = { cidrs: listOf(text), allowPlaintext: flag };

/** Where a backend runs, which decides who encrypts and what NetworkPolicy has to allow. */
export class BackendPlacement {
  /**
   * In the mesh: the agent's sidecar adds mutual TLS, so the URL must be plaintext (`http://`, or no scheme for gRPC).
   *
   * @param props namespace, pods and ports
   */
  public static inMesh(props: InMeshPlacementProps = {}): BackendPlacement {
    return new BackendPlacement((where, endpoint, input) => {
      const { service } = given(where, IN_MESH, props);
      if (endpoint.scheme === 'https') {
        throw invalid(where, {
          input,
          got: 'https://',
          allowed: 'a plaintext URL for a backend in the mesh: its sidecar accepts mutual TLS by Istio only',
          fix: 'write http:// (the sidecar encrypts), or place the backend with BackendPlacement.inCluster()',
        });
      }
      return inCluster('inMesh', where, endpoint, props, service === ServiceKind.HEADLESS);
    });
  }

  /**
   * In the cluster but not in the mesh: traffic is encrypted only if the URL says `https://`.
   *
   * @param props namespace, pods and ports
   */
  public static inCluster(props: InClusterPlacementProps = {}): BackendPlacement {
    return new BackendPlacement((where, endpoint) =>
      inCluster('inCluster', where, endpoint, given(where, IN_CLUSTER, props), false),
    );
  }

  /**
   * Outside the cluster: the exporter speaks TLS.
   *
   * @param props addresses, if they are known
   */
  public static external(props: ExternalPlacementProps = {}): BackendPlacement {
    return new BackendPlacement((where, endpoint, input) =>
      external(where, endpoint, input, given(where, EXTERNAL, props)),
    );
  }

  /** @internal */
  public readonly _resolve: (where: string, endpoint: Endpoint, input: string) => PlacementModel;

  private constructor(resolve: (where: string, endpoint: Endpoint, input: string) => PlacementModel) {
    this._resolve = resolve;
  }
}

function given<T extends object>(where: string, keys: Keys<T>, props: T): T {
  return objectOf(keys)(where, 'placement', props);
}

function inCluster(
  kind: InClusterPlacement['kind'],
  where: string,
  endpoint: Endpoint,
  props: InClusterPlacementProps,
  headless: boolean,
): InClusterPlacement {
  const { podLabels, targetPort = endpoint.port } = props;
  const namespace = props.namespace ?? namespaceOf(endpoint.host);
  if (namespace === undefined) {
    throw invalid(where, {
      input: 'placement.namespace',
      allowed: 'the namespace of the backend, in the host of the URL or in the placement',
      fix: `write <service>.<namespace> instead of ${endpoint.host}, or pass { namespace } to the placement`,
    });
  }
  return {
    kind,
    namespace: checkDnsLabel(where, 'placement.namespace', namespace),
    podLabels: podLabels && checkPodLabels(where, 'placement.podLabels', podLabels),
    targetPort: checkPort(where, 'placement.targetPort', targetPort),
    headless,
  };
}

/** `<service>.<namespace>`, `….svc` and `….svc.<cluster domain>`; any other name does not say its namespace. */
function namespaceOf(host: string): string | undefined {
  const [, namespace, svc] = isIp(host) ? [] : host.split('.');
  return svc === undefined || svc === 'svc' ? namespace : undefined;
}

function external(where: string, endpoint: Endpoint, input: string, props: ExternalPlacementProps): ExternalPlacement {
  if (endpoint.scheme === 'http' && !props.allowPlaintext) {
    throw invalid(where, {
      input,
      got: 'http://',
      allowed: 'https:// for a backend outside the cluster: interception adds no TLS there',
      fix: 'write https://, or accept plaintext with BackendPlacement.external({ allowPlaintext: true })',
    });
  }
  const labels = endpoint.host.split('.');
  if (!isIp(endpoint.host) && (labels.length === 1 || labels.includes('svc'))) {
    throw invalid(where, {
      input,
      got: endpoint.host,
      allowed: 'a full DNS name for a backend outside the cluster; a single label or .svc resolves to a Service',
      fix: 'write the full name, or place the backend with BackendPlacement.inCluster()',
    });
  }
  const { cidrs = isIp(endpoint.host) ? [hostCidr(endpoint.host)] : [] } = props;
  return { kind: 'external', cidrs: cidrs.map((cidr, i) => checkCidr(where, `placement.cidrs[${i}]`, cidr)) };
}
