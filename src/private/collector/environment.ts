/** What the agent's pod tells the collector: names of variables and files, shared by config and DaemonSet. */
export const CONFIG_FILE = 'collector.yaml';
export const NODE_NAME_ENV = 'K8S_NODE_NAME';
export const NODE_IP_ENV = 'K8S_NODE_IP';
export const POD_IP_ENV = 'POD_IP';

export const KUBELET_CA_PATH = '/etc/kubelet-ca';
export const KUBELET_CA_FILE = `${KUBELET_CA_PATH}/ca.crt`;

/** `${env:NAME}`: the collector replaces it at start. */
export function fromEnv(name: string): string {
  return `\${env:${name}}`;
}

/** An address from the environment as the host of `host:port`. */
export function hostFromEnv(name: string, ipv6: boolean): string {
  return ipv6 ? `[${fromEnv(name)}]` : fromEnv(name);
}

/** The collector expands `$` everywhere; a literal one is written twice. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
