/**
 * Stand-ins in configurations for what Kubernetes tells each pod about itself (`valueFrom.fieldRef`). They survive in a URL
 * as a host does, and no real host has such a name (RFC 2606).
 */
export const POD_ADDRESS = 'pod-address.fieldref.invalid';
export const NODE_ADDRESS = 'node-address.fieldref.invalid';
export const NODE_NAME = 'node-name.fieldref.invalid';
export const POD_NAME = 'pod-name.fieldref.invalid';
export const POD_UID = 'pod-uid.fieldref.invalid';
/** `KUBERNETES_SERVICE_HOST`, which every container gets. */
export const API_SERVER_ADDRESS = 'kubernetes-service-host.env.invalid';

/** Stands where a value is that the manifests do not contain. */
export function unknownValue(reference: string): string {
  return `<unknown ${reference.replaceAll('>', '')}>`;
}

const UNKNOWN = /<unknown ([^>]*)>/;

/** The reference whose value is missing in this text, such as `env:VENDOR_URL`. */
export function unknownIn(text: string): string | undefined {
  return UNKNOWN.exec(text)?.[1];
}
