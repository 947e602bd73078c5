import type { ClientTls } from '../connection';
import type { Value } from '../value';
import type { Part } from './connect';
import { isIstioCertificate } from './istio-certificate';

/** With which certificate a client that uses TLS does so; `tls` is the mapping with `cert_file`. */
export function encryptedBy({ program }: Part, tls: Value): ClientTls {
  const certificate = tls.get('cert_file').text();
  const isIstio = certificate !== undefined && isIstioCertificate(program.workload, program.container, certificate);
  return isIstio ? 'istio-cert' : 'app';
}

/** `tls` of a gRPC client of the collector (configtls): on unless `insecure`, which a CA overrides. */
export function grpcTls(part: Part, tls: Value, scheme: string | undefined): ClientTls {
  const insecure = tls.get('insecure');
  if (typeof insecure.raw === 'string') return 'unknown';
  const hasCa = tls.get('ca_file').present || tls.get('ca_pem').present;
  if (insecure.flag() === true && !hasCa && scheme !== 'https') return 'none';
  return encryptedBy(part, tls);
}
