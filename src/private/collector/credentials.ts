import type { VolumeProjection } from 'kubernetes-types/core/v1';
import type { SecretRef } from '../../secret-ref';
import type { AuthModel, BackendModel } from '../backend';

/**
 * Credentials are files: the collector re-reads them when a Secret changes, and does not expand `$` in them as it does in
 * environment variables (open-telemetry/opentelemetry-collector-contrib#25107).
 */
export const CREDENTIALS_PATH = '/etc/backend-credentials';

/** A directory per backend and fixed names below it, so that no two credentials can share a file. */
export function credentialFile(backend: BackendModel, name: string): string {
  return `${CREDENTIALS_PATH}/${backend.name}/${name}`;
}

export const headerFileName = (header: string): string => `headers/${header}`;

/** Where each credential of a backend is mounted, relative to the backend's directory. */
function credentials({ headers, auth, tls }: BackendModel): Record<string, SecretRef> {
  return {
    ...Object.fromEntries(headers.map(({ name, value }) => [headerFileName(name), value])),
    ...(auth && authCredentials(auth)),
    ...(tls.ca && { 'tls/ca.crt': tls.ca }),
    ...(tls.clientCertificate && {
      'tls/tls.crt': tls.clientCertificate.certificate,
      'tls/tls.key': tls.clientCertificate.key,
    }),
  };
}

function authCredentials(auth: AuthModel): Record<string, SecretRef> {
  switch (auth.kind) {
    case 'basic':
      return { 'auth/username': auth.username, 'auth/password': auth.password };
    case 'bearer':
      return { 'auth/token': auth.token };
    case 'oauth2':
      return { 'auth/client-id': auth.clientId, 'auth/client-secret': auth.clientSecret };
  }
}

export function credentialSources(backends: readonly BackendModel[]): VolumeProjection[] {
  return backends.flatMap((backend) =>
    Object.entries(credentials(backend)).map(([path, { secretName, key }]) => ({
      secret: { name: secretName, items: [{ key, path: `${backend.name}/${path}` }] },
    })),
  );
}
