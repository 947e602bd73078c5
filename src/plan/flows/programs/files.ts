import { posix } from 'node:path';
import type { Container, Labels, Volume, VolumeSource, Workload } from '../../inventory';
import { remembered } from '../../remembered';
import type { World } from '../../world';
import { type Parsed, parseDocument } from './document';
import { mountOf } from './mounts';

/** A file that a container sees and a manifest contains. */
export interface MountedFile {
  readonly path: string;
  /** Id of the ConfigMap or Secret. */
  readonly object: string;
  /** Path inside it: `data[collector.yaml]`. */
  readonly field: string;
  readonly text: string;
  /** All files of that object. */
  readonly data: Labels;
}

const documents = remembered<Labels, string, Parsed>();

/** Parsed once, however many pods mount it; never to be changed. */
export function documentOf({ data, field, text }: MountedFile): Parsed {
  return documents(data, field, () => parseDocument(text));
}

/** The files of one container, as far as ConfigMaps and Secrets of the manifests give them. */
export class ContainerFiles {
  private readonly files: ReadonlyMap<string, MountedFile>;

  public constructor(
    private readonly world: World,
    private readonly workload: Workload,
    private readonly container: Container,
  ) {
    this.files = new Map(mountedFiles(world, workload, container).map((file) => [file.path, file]));
  }

  public all(): readonly MountedFile[] {
    return [...this.files.values()];
  }

  public at(path: string): MountedFile | undefined {
    return this.files.get(posix.normalize(path));
  }

  /** Why there is no such file, in words. */
  public missing(path: string): string {
    const mounted = mountOf(this.workload, this.container, path);
    if (!mounted) return `${path} is a file of the image`;
    const { mount, volume } = mounted;
    if (!volume) return `${path} lies in volume ${mount.name}, which the pod does not have`;
    const absent = volume.sources.find((source) => sourceOf(this.world, this.workload, source) === undefined);
    if (absent) {
      const kind = absent.type === 'configMap' ? 'ConfigMap' : 'Secret';
      return `${path} comes from ${kind} ${this.workload.namespace}/${absent.name}, which is not among the manifests`;
    }
    if (volume.sources.length > 0) return `volume ${volume.name} has no file for ${path}`;
    return `${path} lies in volume ${volume.name}, whose content no manifest tells`;
  }
}

function mountedFiles(world: World, workload: Workload, container: Container): MountedFile[] {
  const volumes = new Map(workload.pod.volumes.map((volume) => [volume.name, volume]));
  return container.mounts.flatMap(({ name, mountPath, subPath }) =>
    volumeFiles(world, workload, volumes.get(name)).flatMap((file) => {
      const path = below(file.path, subPath);
      return path === undefined ? [] : [{ ...file, path: posix.join(mountPath, path) }];
    }),
  );
}

/** With `subPath` one file or folder of the volume is mounted instead of the whole. */
function below(path: string, subPath: string | undefined): string | undefined {
  if (subPath === undefined || subPath === '') return path;
  const folder = posix.normalize(subPath);
  if (path === folder) return '';
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function volumeFiles(world: World, workload: Workload, volume: Volume | undefined): MountedFile[] {
  return (volume?.sources ?? []).flatMap((source) => {
    const object = sourceOf(world, workload, source);
    if (!object) return [];
    const paths = Object.keys(source.items).length > 0 ? source.items : ownNames(object.data);
    return Object.entries(paths).flatMap(([key, path]) => {
      const text = Object.hasOwn(object.data, key) ? object.data[key] : undefined;
      return text === undefined
        ? []
        : [{ path: posix.normalize(path), object: object.id, field: `data[${key}]`, text, data: object.data }];
    });
  });
}

function sourceOf({ inventory }: World, { namespace }: Workload, { type, name }: VolumeSource) {
  return (type === 'configMap' ? inventory.configMaps : inventory.secrets).get(`${namespace}/${name}`);
}

function ownNames(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(data).map((key) => [key, key]));
}
