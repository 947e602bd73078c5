import { posix } from 'node:path';
import { ISTIO_CERTIFICATE_FILES } from '../../private/certificates';
import { isMapping } from '../flows/programs/document';
import { mountOf } from '../flows/programs/mounts';
import type { ProgramConfig, Volume, Workload } from '../inventory';
import { fieldOf } from '../value';

/** A setting that names a file of a certificate. */
export interface CertificateFile {
  readonly program: ProgramConfig;
  /** `ca_file`, `cert_file` or `key_file`. */
  readonly setting: string;
  readonly path: string;
  readonly field: string;
  /** Undefined: the path is in no mount, so that the image would have to contain the file. */
  readonly volume: Volume | undefined;
  readonly isMounted: boolean;
}

/** What `OUTPUT_CERTS` writes (istio `security/pkg/nodeagent/util/util.go`). */
const ISTIO_FILES: readonly string[] = Object.values(ISTIO_CERTIFICATE_FILES);
const SETTINGS: readonly string[] = ['ca_file', 'cert_file', 'key_file'];

export function hasIstioName({ path }: CertificateFile): boolean {
  return ISTIO_FILES.includes(posix.basename(path));
}

export function directoryOf({ path }: CertificateFile): string {
  return posix.dirname(path);
}

/** All certificate files that the configuration of a program names. */
export function certificateFiles(program: ProgramConfig): CertificateFile[] {
  const files: CertificateFile[] = [];
  collect(program, program.root.raw, program.root.field, files);
  return files;
}

function collect(program: ProgramConfig, raw: unknown, field: string, files: CertificateFile[]): void {
  if (Array.isArray(raw))
    raw.forEach((item, i) => {
      collect(program, item, `${field}[${i}]`, files);
    });
  if (!isMapping(raw)) return;
  for (const [key, value] of Object.entries(raw)) {
    const at = fieldOf(field, key);
    if (SETTINGS.includes(key) && typeof value === 'string' && value !== '')
      files.push(fileAt(program, key, value, at));
    else collect(program, value, at, files);
  }
}

function fileAt(program: ProgramConfig, setting: string, path: string, field: string): CertificateFile {
  const mounted = mountOf(program.workload, program.container, path);
  return { program, setting, path, field, volume: mounted?.volume, isMounted: mounted !== undefined };
}

/** Whether another container of the pod than the sidecar could fill the volume. */
export function isFilledByAnother({ pod }: Workload, volume: string, reader: string): boolean {
  return pod.containers.some(
    ({ name, mounts }) => name !== reader && mounts.some((mount) => mount.name === volume && !mount.readOnly),
  );
}
