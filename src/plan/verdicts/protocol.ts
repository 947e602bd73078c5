import type { Protocol } from '../inventory';

/** How Istio treats a port: `auto` is found out for each connection. */
export type PortProtocol = 'http' | 'tcp' | 'auto' | 'udp';

/** What decides about the protocol of a Service port. */
export interface NamedPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly appProtocol?: string;
}

const HTTP: readonly string[] = ['grpc', 'http', 'http_proxy', 'http2'];
const TCP: readonly string[] = ['tcp', 'https', 'tls', 'mongo', 'redis', 'mysql'];
/** Servers that speak first, where detection would hang: SMTP, DNS, MySQL, MongoDB. */
const NEVER_DETECTED: readonly number[] = [25, 53, 3306, 27017];
/** Kubernetes' own names, which only `appProtocol` can have. */
const KUBERNETES: Readonly<Record<string, PortProtocol>> = {
  'kubernetes.io/h2c': 'http',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'tcp',
};

/** istio `pkg/config/kube/conversion.go`: `appProtocol`, else what stands before the first hyphen of the name. */
export function protocolOf({ name, port, protocol, appProtocol }: NamedPort): PortProtocol {
  if (protocol === 'UDP') return 'udp';
  const kubernetes = appProtocol === undefined ? undefined : KUBERNETES[appProtocol];
  const declared = kubernetes ?? protocolNamed(appProtocol ?? name ?? '');
  return declared === 'auto' && NEVER_DETECTED.includes(port) ? 'tcp' : declared;
}

/** `grpc-otlp` is gRPC, `otlp-grpc` is nothing that Istio knows. */
export function protocolNamed(name: string): PortProtocol {
  const [prefix = ''] = name.toLowerCase().split('-');
  if (HTTP.includes(prefix)) return 'http';
  if (TCP.includes(prefix)) return 'tcp';
  return prefix === 'udp' ? 'udp' : 'auto';
}
