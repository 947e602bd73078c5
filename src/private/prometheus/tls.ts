import type { VolumeMount, Volume } from 'kubernetes-types/core/v1';
import type { CertificateSpec } from '../../../imports/cert-manager.io';
import type { ClientCertificate, PrometheusTlsModel, TlsSource } from './tls-model';

export function serverName(name: string, namespace: string): string {
  return `${name}.${namespace}.svc`;
}

export function probeCertificate(name: string, namespace: string): ClientCertificate {
  return { secretName: `${name}-probe-tls`, san: `probe.${serverName(name, namespace)}` };
}

/** What Prometheus and its clients are told about TLS; undefined without. */
export function tlsModel(
  source: TlsSource | undefined,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  managers: readonly ClientCertificate[],
): PrometheusTlsModel | undefined {
  if (!source) return undefined;
  const server = serverName(name, namespace);
  if (source.kind === 'secrets') return { serverName: server, ...source };
  const probe = probeCertificate(name, namespace);
  const clientSans = [probe.san, ...managers.map(({ san }) => san), ...source.readerSans].sort();
  return { serverName: server, serverSecret: serverSecretName(name), probeSecret: probe.secretName, clientSans };
}

/** The manager's certificate; its SAN is its own name, which nobody else in the cluster is called. */
export function managerCertificate(name: string, namespace: string): ClientCertificate {
  return { secretName: `${name}-prometheus-tls`, san: `${name}.${namespace}.svc` };
}

export function serverSecretName(name: string): string {
  return `${name}-server-tls`;
}

type Usage = 'server auth' | 'client auth';

export function certificateSpec(
  source: Extract<TlsSource, { kind: 'cert-manager' }>,
  secretName: string,
  dnsNames: string[],
  usage: Usage,
): CertificateSpec {
  const issuerRef = { name: source.issuer, kind: source.issuerKind, group: 'cert-manager.io' };
  return { secretName, dnsNames, usages: [usage], issuerRef };
}

const SERVER_PATH = '/etc/prometheus-tls/server';
const CLIENT_PATH = '/etc/prometheus-tls/client';

/** Prometheus' `web.config.file`; it is read again at every handshake. */
export function webConfig({ clientSans }: PrometheusTlsModel): Record<string, unknown> {
  return {
    tls_server_config: {
      cert_file: `${SERVER_PATH}/tls.crt`,
      key_file: `${SERVER_PATH}/tls.key`,
      client_auth_type: 'RequireAndVerifyClientCert',
      client_ca_file: `${SERVER_PATH}/ca.crt`,
      // Without it every certificate of the CA would be let in.
      client_allowed_sans: clientSans,
      min_version: 'TLS13',
    },
  };
}

/** How our own clients in the pod present themselves: the self-scrape and, by promtool, the probes. */
export function clientTlsConfig({ serverName: server_name }: PrometheusTlsModel): Record<string, unknown> {
  return {
    ca_file: `${CLIENT_PATH}/ca.crt`,
    cert_file: `${CLIENT_PATH}/tls.crt`,
    key_file: `${CLIENT_PATH}/tls.key`,
    server_name,
  };
}

export function tlsVolumes({ serverSecret, probeSecret }: PrometheusTlsModel): {
  volumes: Volume[];
  mounts: VolumeMount[];
} {
  const secret = (name: string, secretName: string): Volume => ({ name, secret: { secretName, defaultMode: 0o440 } });
  return {
    volumes: [secret('server-tls', serverSecret), secret('client-tls', probeSecret)],
    mounts: [
      { name: 'server-tls', mountPath: SERVER_PATH, readOnly: true },
      { name: 'client-tls', mountPath: CLIENT_PATH, readOnly: true },
    ],
  };
}
