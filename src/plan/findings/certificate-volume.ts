import { CERTIFICATE_VOLUME, OUTPUT_CERTIFICATES_PATH } from '../../private/certificates';
import { PROXY_CONFIG, PROXY_CONTAINER, USER_VOLUME_MOUNT } from '../../private/istio-names';
import type { Workload } from '../inventory';
import { interceptionOf } from '../verdicts/interception';
import { listed, quoted } from '../words';
import { type Found, found } from './finding';
import { annotationOf, inPod } from './place';
import { type SidecarMount, sidecarMounts } from './sidecar-mounts';

/** Volume and mounts of certificates that the sidecar writes (hazard 11 of docs/istio.md). */
export function certificateVolume(workload: Workload): Found[] {
  const read = sidecarMounts(workload);
  if ('problem' in read) return [unreadable(workload, read.problem)];
  return [
    ...samePath(workload, read.mounts),
    ...read.mounts.flatMap((mount) => [...volumeOf(workload, mount), ...istiosOwn(workload, mount)]),
    ...certificateMounts(workload, read.mounts),
  ];
}

function unreadable(workload: Workload, problem: string): Found {
  const path = interceptionOf(workload).proxy.outputCerts ?? OUTPUT_CERTIFICATES_PATH;
  return found('CT216', annotationOf(workload, USER_VOLUME_MOUNT), {
    message: `${USER_VOLUME_MOUNT} is ${quoted(workload.annotations[USER_VOLUME_MOUNT] ?? '')}: ${problem}.`,
    fix: `Write '[{"name":"${CERTIFICATE_VOLUME}","mountPath":"${path}"}]', with the name of the volume.`,
  });
}

function samePath(workload: Workload, mounts: readonly SidecarMount[]): Found[] {
  const path = interceptionOf(workload).proxy.outputCerts;
  if (path === undefined || mounts.some(({ mountPath }) => isSamePath(mountPath, path))) return [];
  const [mount] = mounts;
  const mounted = mounts.map(({ mountPath }) => mountPath);
  return [
    mount
      ? found('CT201', annotationOf(workload, USER_VOLUME_MOUNT), {
          message: `OUTPUT_CERTS is ${path}, but ${USER_VOLUME_MOUNT} mounts ${listed(mounted)}: the sidecar cannot write there.`,
          fix: `Set mountPath in ${USER_VOLUME_MOUNT} and OUTPUT_CERTS in ${PROXY_CONFIG} to the same path, such as ${quoted(path)}.`,
        })
      : found('CT201', annotationOf(workload, PROXY_CONFIG), {
          message: `OUTPUT_CERTS is ${path}, but ${USER_VOLUME_MOUNT} mounts nothing there: the sidecar cannot write.`,
          fix: `Set ${USER_VOLUME_MOUNT} to '[{"name":"${CERTIFICATE_VOLUME}","mountPath":"${path}"}]', with the name of an emptyDir of the pod.`,
        }),
  ];
}

function isSamePath(a: string, b: string): boolean {
  const bare = (path: string): string => path.replace(/\/+$/, '');
  return bare(a) === bare(b);
}

function volumeOf(workload: Workload, { name, mountPath }: SidecarMount): Found[] {
  const at = workload.pod.volumes.findIndex((volume) => volume.name === name);
  const volume = workload.pod.volumes[at];
  const forCertificates = isSamePath(mountPath, interceptionOf(workload).proxy.outputCerts ?? '');
  if (!volume) {
    return [
      found('CT202', inPod(workload, 'volumes'), {
        message: `${USER_VOLUME_MOUNT} names volume ${name}, which the pod does not have: the API server refuses the injected pod.`,
        fix: `Add the volume ${name} with emptyDir: {medium: Memory}.`,
      }),
    ];
  }
  if (!forCertificates) return [];
  const place = inPod(workload, `volumes[${at}]`);
  if (['configMap', 'secret', 'projected'].includes(volume.type)) {
    return [
      found('CT203', place, {
        message: `Volume ${name}, into which the sidecar writes certificates, is of type ${volume.type} and cannot be written.`,
        fix: `Make ${name} an emptyDir: {medium: Memory}.`,
      }),
    ];
  }
  if (volume.type !== 'emptyDir' || volume.medium === 'Memory') return [];
  return [
    found(
      'CT206',
      { ...place, field: `${place.field}.emptyDir.medium` },
      {
        message: `Volume ${name}, into which the sidecar writes its private key, lies on the disk of the node.`,
        fix: `Set medium: Memory on the emptyDir of volume ${name}.`,
      },
    ),
  ];
}

/** Names and paths of the sidecar's template; `istio-certs` is among them only with `global.mountMtlsCerts`. */
const ISTIO_VOLUMES: readonly string[] = [
  'workload-socket',
  'credential-socket',
  'workload-certs',
  'istio-envoy',
  'istio-data',
  'istio-podinfo',
  'istio-token',
  'istiod-ca-cert',
  'istio-ca-crl',
];
const ISTIO_PATHS: readonly string[] = [
  '/etc/istio/proxy',
  '/etc/istio/pod',
  '/etc/certs',
  '/var/lib/istio/data',
  '/var/run/secrets/istio',
  '/var/run/secrets/tokens',
  '/var/run/secrets/workload-spiffe-uds',
  '/var/run/secrets/workload-spiffe-credentials',
  '/var/run/secrets/credential-uds',
];

function istiosOwn(workload: Workload, { name, mountPath }: SidecarMount): Found[] {
  const path = ISTIO_PATHS.find((own) => isSamePath(own, mountPath));
  const taken = ISTIO_VOLUMES.includes(name) ? `the volume name ${name}` : path && `the path ${path}`;
  if (taken === undefined) return [];
  return [
    found('CT203', annotationOf(workload, USER_VOLUME_MOUNT), {
      message: `${USER_VOLUME_MOUNT} uses ${taken}, which Istio uses in the sidecar itself.`,
      fix:
        path === undefined ? `Call the volume "${CERTIFICATE_VOLUME}".` : `Mount it at "${OUTPUT_CERTIFICATES_PATH}".`,
    }),
  ];
}

/** Mounts of that volume in the other containers. */
function certificateMounts(workload: Workload, mounts: readonly SidecarMount[]): Found[] {
  const path = interceptionOf(workload).proxy.outputCerts;
  const volumes = mounts.filter(({ mountPath }) => isSamePath(mountPath, path ?? '')).map(({ name }) => name);
  return workload.pod.containers
    .filter(({ name }) => name !== PROXY_CONTAINER)
    .flatMap(({ name, field, mounts: mounted }) =>
      mounted.flatMap((mount, i) =>
        volumes.includes(mount.name) && !mount.readOnly
          ? [
              found(
                'CT205',
                { object: workload.id, field: `${field}.volumeMounts[${i}]` },
                {
                  message: `Container ${name} mounts volume ${mount.name} with the certificates of the sidecar writable.`,
                  fix: `Set readOnly: true on the mount of ${mount.name} in container ${name}.`,
                },
              ),
            ]
          : [],
      ),
    );
}
