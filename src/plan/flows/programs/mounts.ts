import { posix } from 'node:path';
import type { Container, Mount, Volume, Workload } from '../../inventory';

/** The mount in which a path of a container lies, together with its volume. */
export interface Mounted {
  readonly mount: Mount;
  readonly volume: Volume | undefined;
}

/** The innermost mount wins, as in the kernel. */
export function mountOf(workload: Workload, container: Container, path: string): Mounted | undefined {
  const clean = posix.normalize(path);
  const mount = container.mounts
    .filter(({ mountPath }) => isInside(clean, mountPath))
    .reduce<Mount | undefined>((best, next) => (best && depth(best) >= depth(next) ? best : next), undefined);
  return mount && { mount, volume: workload.pod.volumes.find(({ name }) => name === mount.name) };
}

function isInside(path: string, directory: string): boolean {
  const clean = withoutSlash(posix.normalize(directory));
  return path === clean || path.startsWith(`${clean}/`);
}

function depth(mount: Mount): number {
  return withoutSlash(posix.normalize(mount.mountPath)).length;
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
