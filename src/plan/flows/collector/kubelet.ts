import type { ClientTls, Connection, Destination } from '../../connection';
import { KUBELET_PORT } from '../../../private/ports';
import { addressIn, connectTo, connectToApiServer, type FlowReader } from '../connect';
import { HTTP, HTTPS, webScheme } from '../address';
import { destinationOf } from '../host';
import type { Component } from './components';

/** The kubelet's port without TLS and without authentication, which most clusters have switched off. */
const READ_ONLY_PORT = 10255;

/** kubeletstatsreceiver, `internal/kubelet/client.go`: `auth_type` decides TLS and port where the endpoint does not. */
export function kubeletConnections(reader: FlowReader, component: Component): Connection[] {
  const { settings } = component;
  const forMetadata = settings.get('k8s_api_config').present
    ? [connectToApiServer(component, 'it looks up metadata of pods, nodes and volumes')]
    : [];
  const authType = settings.get('auth_type').text() ?? 'tls';
  if (authType === 'kubeConfig') {
    return [connectToApiServer(component, 'it reaches the kubelet through the API server (auth_type: kubeConfig)')];
  }
  return [...kubelet(reader, component, authType === 'none'), ...forMetadata];
}

function kubelet(reader: FlowReader, component: Component, readOnly: boolean): Connection[] {
  const { settings, program } = component;
  const endpoint = settings.get('endpoint');
  const text = endpoint.text() ?? '';
  if (text === '') return ownNode(reader, component, readOnly);
  const address = addressIn(reader, component, text, endpoint.field);
  if (!address) return [];
  const { port: defaultPort, encrypted } = webScheme(address.scheme) ?? (readOnly ? HTTP : HTTPS);
  const port = address.port ?? defaultPort;
  // Whatever address stands there is a node's, unless it leads to something in the cluster.
  const named = destinationOf(reader.world, address.host, program.workload);
  const to: Destination = named.kind === 'external' ? { kind: 'kubelet' } : named;
  return [connection(component, to, port, encrypted ? 'app' : 'none', endpoint.field)];
}

/** Without endpoint the receiver asks at the name of its own host: the node's only in the node's network. */
function ownNode({ unread }: FlowReader, component: Component, readOnly: boolean): Connection[] {
  const { program, settings } = component;
  if (program.workload.pod.hostNetwork) {
    const port = readOnly ? READ_ONLY_PORT : KUBELET_PORT;
    return [connection(component, { kind: 'kubelet' }, port, readOnly ? 'none' : 'app', settings.field)];
  }
  unread.report(program.object, settings.field, 'without endpoint the kubelet is sought at the name of the pod itself');
  return [];
}

function connection(component: Component, to: Destination, port: number, tls: ClientTls, field: string): Connection {
  const note = tls === 'app' ? verification(component) : undefined;
  return connectTo(component, to, port, field, { purpose: 'scrape', tls, application: 'http', note });
}

/** kubeadm, kind and others leave kubelets a certificate that they signed themselves. */
function verification({ settings }: Component): string | undefined {
  if (settings.get('insecure_skip_verify').flag()) return undefined;
  const file = settings.get('ca_file').text();
  if (file !== undefined) return `the kubelet's certificate has to come from the CA in ${file}`;
  return settings.get('auth_type').text() === 'serviceAccount'
    ? "the kubelet's certificate has to come from the CA of the cluster, as it does with serverTLSBootstrap"
    : undefined;
}
