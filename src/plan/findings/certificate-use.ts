import { CERTIFICATE_VOLUME } from '../../private/certificates';
import { PROXY_CONFIG, PROXY_CONTAINER, USER_VOLUME_MOUNT } from '../../private/istio-names';
import type { ProgramConfig, Workload } from '../inventory';
import { mountOf } from '../flows/programs/mounts';
import { groupsBy } from '../group-by';
import { dataPlaneOf } from '../pods/data-plane';
import { interceptionOf } from '../verdicts/interception';
import { hasNativeSidecar } from '../pods/native-sidecar';
import type { World } from '../world';
import {
  type CertificateFile,
  certificateFiles,
  directoryOf,
  hasIstioName,
  isFilledByAnother,
} from './certificate-files';
import { type Found, found } from './finding';
import { annotationOf } from './place';
import { sidecarMounts } from './sidecar-mounts';

/** Whether the certificates that programs of a pod use are those that its sidecar writes. */
export function certificateUse(world: World, workload: Workload, programs: readonly ProgramConfig[]): Found[] {
  const files = programs.flatMap(certificateFiles);
  const written = writtenVolumes(workload);
  const used = files.filter(({ volume }) => volume !== undefined && written.includes(volume.name));
  return [
    ...notMounted(workload, files),
    ...notWritten(world, workload, files),
    ...notUsed(workload, programs, used, written),
    ...tooEarly(world, workload, used),
  ];
}

/** Names of the volumes that the sidecar mounts where `OUTPUT_CERTS` is. */
function writtenVolumes(workload: Workload): string[] {
  const path = interceptionOf(workload).proxy.outputCerts;
  const read = sidecarMounts(workload);
  if (path === undefined || 'problem' in read) return [];
  return read.mounts.filter(({ mountPath }) => mountPath.startsWith(path.replace(/\/+$/, ''))).map(({ name }) => name);
}

/** Files of Istio's names outside every mount, although the sidecar is asked for certificates. */
function notMounted(workload: Workload, files: readonly CertificateFile[]): Found[] {
  const read = sidecarMounts(workload);
  if (interceptionOf(workload).proxy.outputCerts === undefined || 'problem' in read) return [];
  const lost = files.filter((file) => !file.isMounted && hasIstioName(file));
  return onePerDirectory(lost).map((file) => {
    const { container, object } = file.program;
    const mounted = container.mounts.find(({ name }) => read.mounts.some((mount) => mount.name === name));
    const volume = read.mounts[0]?.name ?? CERTIFICATE_VOLUME;
    return found(
      'CT204',
      { object, field: file.field },
      {
        message: `${file.setting} is ${file.path}, but container ${container.name} mounts no volume there.`,
        fix: mounted
          ? `Use the files in ${mounted.mountPath}, where volume ${mounted.name} is mounted.`
          : `Mount volume ${volume} read-only at ${directoryOf(file)} in container ${container.name}.`,
      },
    );
  });
}

/** Files in a volume that is empty at start and that nobody fills. */
function notWritten(world: World, workload: Workload, files: readonly CertificateFile[]): Found[] {
  const dataPlane = dataPlaneOf(world, workload);
  const asked = interceptionOf(workload).proxy.outputCerts !== undefined;
  const orphans = files.filter(
    (file) =>
      file.volume?.type === 'emptyDir' &&
      hasIstioName(file) &&
      !isFilledByAnother(workload, file.volume.name, file.program.container.name),
  );
  if (dataPlane === 'ambient') {
    return onePerDirectory(orphans).map(({ program: { object }, setting, path, field }) =>
      found(
        'CT215',
        { object, field },
        {
          message: `${setting} is ${path}, but the pod is in ambient mode: no sidecar writes the file.`,
          fix: 'Remove tls_config, set scheme: http, and leave the encryption to ztunnel.',
        },
      ),
    );
  }
  if (asked) return [];
  return onePerDirectory(orphans).map(({ program: { object }, setting, path, field }) =>
    found(
      'CT211',
      { object, field },
      {
        message: `${setting} is ${path}, but ${workload.id} does not ask its sidecar to write certificates.`,
        fix: `Set OUTPUT_CERTS in the proxyMetadata of ${PROXY_CONFIG} to the path at which ${sidecarPath(workload)}.`,
      },
    ),
  );
}

function sidecarPath(workload: Workload): string {
  const read = sidecarMounts(workload);
  const mount = 'mounts' in read ? read.mounts[0] : undefined;
  return mount ? `the sidecar mounts ${mount.name}, "${mount.mountPath}"` : `${USER_VOLUME_MOUNT} mounts the volume`;
}

/** Only claimed where every container that mounts the volume runs a program whose configuration is known. */
function notUsed(
  workload: Workload,
  programs: readonly ProgramConfig[],
  used: readonly CertificateFile[],
  written: readonly string[],
): Found[] {
  const path = interceptionOf(workload).proxy.outputCerts;
  const known = programs.map(({ container }) => container.name);
  const readers = workload.pod.containers.filter(
    ({ name, mounts }) => name !== PROXY_CONTAINER && mounts.some((mount) => written.includes(mount.name)),
  );
  if (path === undefined || used.length > 0 || !readers.every(({ name }) => known.includes(name))) return [];
  const lost = programs.flatMap(certificateFiles).some((file) => !mountOf(workload, file.program.container, file.path));
  if (lost) return [];
  return [
    found('CT210', annotationOf(workload, PROXY_CONFIG), {
      message: `The sidecar writes certificates to ${path}, but no configuration of ${workload.id} uses them.`,
      fix: `Remove OUTPUT_CERTS, ${USER_VOLUME_MOUNT} and the volume.`,
    }),
  ];
}

/** Hazard 12. */
function tooEarly(world: World, workload: Workload, used: readonly CertificateFile[]): Found[] {
  const held = interceptionOf(workload).proxy.holdApplicationUntilProxyStarts;
  const dataPlane = dataPlaneOf(world, workload);
  const without = dataPlane === 'none' || dataPlane === 'ambient';
  if (used.length === 0 || without || held === true || hasNativeSidecar(world, workload)) return [];
  return [
    found('CT207', annotationOf(workload, PROXY_CONFIG), {
      message: `${workload.id} reads certificates of its sidecar, but does not wait for it: until they are written a collector exits, and Prometheus skips the job.`,
      fix: `Set holdApplicationUntilProxyStarts: true in ${PROXY_CONFIG}.`,
    }),
  ];
}

function onePerDirectory(files: readonly CertificateFile[]): CertificateFile[] {
  return groupsBy(files, (file) => `${file.program.object} ${directoryOf(file)}`).map(([first]) => first);
}
