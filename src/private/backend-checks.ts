import { type BackendTls, Compression, type OtlpBackendProps, Temporality } from '../backend-props';
import { InputKind } from '../metric-input-props';
import type { SecretRef } from '../secret-ref';
import type { BackendModel, SecretHeader, BackendTlsModel } from './backend';
import { backendKeys } from './backend-keys';
import { checkDnsLabel, isDnsName, refuseEmpty } from './checks';
import { resolveDestination } from './destination-checks';
import type { Protocol } from './endpoint';
import { invalid } from './errors';
import { givenProps } from './given';
import { checkNamespaces } from './namespace-selection';
import { checkOttl } from './ottl';

/** `backend-credentials` and queue volumes carry the name; Kubernetes allows them 63 characters. */
const MAX_NAME_LENGTH = 50;

export function checkBackendProps(
  where: string,
  id: string,
  protocol: Protocol,
  given: OtlpBackendProps,
): BackendModel {
  const props = givenProps(where, backendKeys(protocol), given);
  const destination = resolveDestination(where, 'url', protocol, props);
  const remoteWrite = protocol === 'prometheusRemoteWrite';
  if (remoteWrite) refuseOtlpProps(where, props);
  checkAuth(where, protocol, destination.tls, props);
  const { compression = Compression.GZIP, temporality = Temporality.PRESERVE } = props;
  const { inputs = Object.values(InputKind) } = props;
  refuseEmpty(where, 'inputs', inputs, 'all of them');
  return {
    name: checkDnsLabel(where, 'name', props.name ?? id, MAX_NAME_LENGTH),
    protocol,
    destination,
    headers: checkHeaders(where, props.headers ?? {}),
    auth: props.auth?._resolve(where),
    tls: checkTls(where, destination.tls, props.tls ?? {}),
    compression: remoteWrite ? 'snappy' : compression,
    queue: { size: checkQueueSize(where, props.queueSize), persistence: props.persistentQueue?._model },
    inputs,
    namespaces: checkNamespaces(where, props),
    transforms: checkOttl(where, 'transforms', props.transforms ?? []),
    filters: checkOttl(where, 'filters', props.filters ?? []),
    delta: temporality === Temporality.DELTA,
  };
}

/** gRPC refuses to start with credentials it would send in plaintext, and one header cannot have two writers. */
function checkAuth(where: string, protocol: Protocol, tls: boolean, { auth, headers }: OtlpBackendProps): void {
  if (!auth) return;
  if (protocol === 'otlpGrpc' && !tls) {
    throw invalid(where, {
      input: 'auth',
      got: 'credentials over plaintext gRPC',
      allowed: 'auth for gRPC with TLS, or for HTTP; gRPC does not send credentials over a plaintext connection',
      fix: 'use otlpHttp, or an `authorization` header by SecretRef; in the mesh the sidecar encrypts both',
    });
  }
  const header = Object.keys(headers ?? {}).find((name) => name.toLowerCase() === 'authorization');
  if (header !== undefined) {
    throw invalid(where, {
      input: 'headers',
      got: header,
      allowed: 'auth or an authorization header, not both',
      fix: 'remove one of the two',
    });
  }
}

/** Types keep these away from remote write; plain JavaScript does not. */
function refuseOtlpProps(where: string, props: OtlpBackendProps): void {
  const { compression, temporality, queueSize, persistentQueue } = props;
  const given = Object.entries({ compression, temporality, queueSize, persistentQueue }).find(
    ([, value]) => value !== undefined,
  );
  if (given) {
    throw invalid(where, {
      input: given[0],
      got: given[1],
      allowed: 'nothing: remote write is snappy, cumulative and queued in memory',
      fix: 'remove it, or send by OTLP',
    });
  }
}

function checkTls(where: string, tls: boolean, props: BackendTls): BackendTlsModel {
  const { ca, clientCertificate, clientKey, serverName } = props;
  if (!tls && (ca ?? clientCertificate ?? clientKey ?? serverName) !== undefined) {
    throw invalid(where, {
      input: 'tls',
      got: Object.keys(props),
      allowed: 'nothing for a plaintext URL',
      fix: 'write https://, or remove tls; in the mesh the sidecar brings the certificates',
    });
  }
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    throw invalid(where, {
      input: clientKey ? 'tls.clientCertificate' : 'tls.clientKey',
      allowed: 'certificate and key together',
      fix: 'pass the missing one',
    });
  }
  if (serverName !== undefined && !isDnsName(serverName)) {
    throw invalid(where, { input: 'tls.serverName', got: serverName, allowed: 'a DNS name', fix: 'correct the name' });
  }
  return {
    ...(ca && { ca }),
    ...(clientCertificate && clientKey && { clientCertificate: { certificate: clientCertificate, key: clientKey } }),
    ...(serverName !== undefined && { serverName }),
  };
}

function checkQueueSize(where: string, size: number | undefined): number | undefined {
  // The queue must hold at least one batch.
  if (size !== undefined && (!Number.isInteger(size) || size < 10_000)) {
    throw invalid(where, {
      input: 'queueSize',
      got: size,
      allowed: 'a whole number of data points, at least 10000',
      fix: 'leave it out for a share of the memory',
    });
  }
  return size;
}

function checkHeaders(where: string, headers: Record<string, SecretRef>): SecretHeader[] {
  const seen = new Set<string>();
  return Object.entries(headers)
    .map(([name, value]) => {
      const lower = name.toLowerCase();
      if (!/^[a-z0-9][-a-z0-9_.]*$/.test(lower) || seen.has(lower)) {
        throw invalid(where, {
          input: 'headers',
          got: name,
          allowed: 'distinct header names of letters, digits, "-", "_" and "." (case does not count)',
          fix: 'correct or remove the header',
        });
      }
      seen.add(lower);
      return { name: lower, value };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
