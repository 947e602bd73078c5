import type { VolumeProjection } from 'kubernetes-types/core/v1';
import type { BackendModel, SecretHeader } from '../backend';

/**
 * Credentials are files: the collector re-reads them when a Secret changes, and does not expand `$` in them as it does in
 * environment variables (open-telemetry/opentelemetry-collector-contrib#25107).
 */
export const CREDENTIALS_PATH = '/etc/backend-credentials';

/** `<backend>/headers/<header>`: a directory per backend, so that no two backends can share a file. */
function headerPath(backend: BackendModel, header: SecretHeader): string {
  return `${backend.name}/headers/${header.name}`;
}

export function headerFile(backend: BackendModel, header: SecretHeader): string {
  return `${CREDENTIALS_PATH}/${headerPath(backend, header)}`;
}

export function credentialSources(backends: readonly BackendModel[]): VolumeProjection[] {
  return backends.flatMap((backend) =>
    backend.headers.map((header) => ({
      secret: {
        name: header.value.secretName,
        items: [{ key: header.value.key, path: headerPath(backend, header) }],
      },
    })),
  );
}
