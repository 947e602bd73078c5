import { loopback, PODS } from './loopback.mjs';

/** Pods of one node, each on a loopback address of its own. */
export function pods({ namespaces, perNamespace }) {
  return namespaces.flatMap((namespace, i) =>
    Array.from({ length: perNamespace }, (_, j) => ({
      namespace,
      name: `app-${namespace}-${j}`,
      ip: loopback(PODS + i, j + 1),
      port: 8080,
    })),
  );
}

/** What Kubernetes service discovery says about annotated pods, for a static configuration: relabelling runs for real. */
export function discovered(all, role) {
  return all.map((pod) => ({
    targets: [`${pod.ip}:${pod.port}`],
    labels: role === 'pod' ? podMeta(pod) : endpointMeta(pod),
  }));
}

function podMeta({ namespace, name, ip, port }) {
  return {
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_uid: `uid-${name}`,
    __meta_kubernetes_pod_ip: ip,
    __meta_kubernetes_pod_phase: 'Running',
    __meta_kubernetes_pod_ready: 'true',
    __meta_kubernetes_pod_node_name: NODE,
    __meta_kubernetes_pod_container_name: 'app',
    __meta_kubernetes_pod_container_port_name: 'http',
    __meta_kubernetes_pod_container_port_number: String(port),
    __meta_kubernetes_pod_label_app_kubernetes_io_name: name,
    __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
    __meta_kubernetes_pod_annotation_prometheus_io_port: String(port),
  };
}

/** The Service of the pods is not annotated itself. */
function endpointMeta(pod) {
  return {
    ...podMeta(pod),
    __meta_kubernetes_service_name: `app-${pod.namespace}`,
    __meta_kubernetes_endpoint_port_name: 'http',
    __meta_kubernetes_endpointslice_port_name: 'http',
  };
}

export const NODE = 'node-1';
