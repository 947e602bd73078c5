import { PROXY_CONTAINER, SIDECAR_STATUS, STATUS_PORT } from '../../../private/istio-names';
import { ISTIO_MERGED_METRICS_PORT, PROXY_READINESS_PORT } from '../../../private/ports';
import type { Connection, Destination } from '../../connection';
import type { Container, Probe, Workload } from '../../inventory';
import { dataPlaneOf } from '../../pods/data-plane';
import { keepsProbes } from '../../pods/injection';
import { fieldOf } from '../../value';
import type { FlowReader } from '../connect';
import { destinationOf } from '../host';

/** What the kubelet connects to in order to know how a pod is. */
export function probeConnections({ world, unread }: FlowReader, workload: Workload): Connection[] {
  // What the manifest contains already, probes and all, is not changed again.
  const isInjected = workload.annotations[SIDECAR_STATUS] !== undefined;
  const own = workload.pod.containers
    .filter(({ name }) => isInjected || name !== PROXY_CONTAINER)
    .flatMap((container) =>
      container.probes.flatMap((probe) => {
        const port = portOf(container, probe);
        if (port === undefined) {
          if (probe.action !== 'exec')
            unread.report(workload.id, probe.field, `no port of the container is named ${probe.port}`);
          return [];
        }
        const to = probe.host === undefined ? inPod(workload) : destinationOf(world, probe.host, workload);
        return [direct(workload, to, probe, port)];
      }),
    );
  if (isInjected || dataPlaneOf(world, workload) !== 'sidecar') return own;
  return [...own.map((connection) => rewritten(workload, connection)), ...proxyProbes(workload)];
}

function portOf({ ports }: Container, { port }: Probe): number | undefined {
  return typeof port === 'string' ? ports.find(({ name }) => name === port)?.port : port;
}

function inPod(workload: Workload): Destination {
  return { kind: 'workload', workload };
}

function direct(workload: Workload, to: Destination, { action, field }: Probe, port: number): Connection {
  return {
    client: { kind: 'kubelet' },
    to,
    purpose: 'probe',
    source: field,
    object: workload.id,
    field,
    protocol: 'TCP',
    port,
    tls: action === 'https' ? 'app' : 'none',
    application: action === 'tcp' ? 'tcp' : action === 'grpc' ? 'grpc' : 'http',
    dialler: 'application',
  };
}

/** Istio sends all probes but `exec` to pilot-agent, which asks the application in its turn (istio `pkg/kube/inject/app_probe.go`). */
function rewritten(workload: Workload, probe: Connection): Connection {
  if (keepsProbes(workload)) return probe;
  const port = Number(workload.annotations[STATUS_PORT] ?? ISTIO_MERGED_METRICS_PORT);
  if (!Number.isInteger(port) || port < 1) return probe;
  const scheme = probe.tls === 'app' ? ' with TLS' : '';
  return {
    ...probe,
    to: inPod(workload),
    port,
    tls: 'none',
    application: 'http',
    note: `Istio rewrites the probe: the kubelet asks pilot-agent on ${port}, which then asks port ${String(probe.port)} of the pod${scheme}`,
  };
}

/** The startup probe is Istio's default (`global.proxy.startupProbe`). */
const PROXY_PROBES: readonly Probe['type'][] = ['startup', 'readiness'];

function proxyProbes(workload: Workload): Connection[] {
  if (workload.annotations[STATUS_PORT] === '0') return [];
  const field = fieldOf(workload.template, 'metadata');
  return PROXY_PROBES.map((type) => ({
    ...direct(workload, inPod(workload), { type, action: 'http', field }, PROXY_READINESS_PORT),
    source: `${PROXY_CONTAINER}.${type}Probe`,
  }));
}
