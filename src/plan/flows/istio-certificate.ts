import { posix } from 'node:path';
import { ISTIO_CERTIFICATE_FILES } from '../../private/certificates';
import { USER_VOLUME_MOUNT } from '../../private/istio-names';
import type { Container, Workload } from '../inventory';
import { isMapping, parseDocument } from './programs/document';
import { mountOf } from './programs/mounts';

/**
 * Whether a certificate of a client is the one that the sidecar wrote: a file in an emptyDir that the sidecar mounts as well.
 * Istio's file name in any other emptyDir counts too, since nobody else fills it; what then is missing is a finding.
 */
export function isIstioCertificate(workload: Workload, container: Container, certificateFile: string): boolean {
  const volume = mountOf(workload, container, certificateFile)?.volume;
  if (volume?.type !== 'emptyDir') return false;
  return (
    posix.basename(certificateFile) === ISTIO_CERTIFICATE_FILES.certificate ||
    sidecarVolumes(workload).includes(volume.name)
  );
}

/** Istio takes a list of mounts with names, and a mapping of names to mounts (istio `injection-template.yaml`). */
function sidecarVolumes({ annotations }: Workload): string[] {
  const text = annotations[USER_VOLUME_MOUNT];
  const parsed = text === undefined ? undefined : parseDocument(text);
  if (!parsed || 'problem' in parsed) return [];
  if (isMapping(parsed.document)) return Object.keys(parsed.document);
  const mounts: unknown[] = Array.isArray(parsed.document) ? parsed.document : [];
  return mounts.flatMap((mount) => (isMapping(mount) && typeof mount.name === 'string' ? [mount.name] : []));
}
