import { USER_VOLUME_MOUNT } from '../../private/istio-names';
import { isMapping, parseDocument } from '../flows/programs/document';
import type { Workload } from '../inventory';

export interface SidecarMount {
  readonly name: string;
  readonly mountPath: string;
}

export type SidecarMounts = { readonly mounts: readonly SidecarMount[] } | { readonly problem: string };

/** Istio takes a list of mounts with names, and a mapping of names to mounts (istio `injection-template.yaml`). */
export function sidecarMounts({ annotations }: Workload): SidecarMounts {
  const text = annotations[USER_VOLUME_MOUNT];
  if (text === undefined) return { mounts: [] };
  const json = jsonOf(text);
  if (json === undefined) return { problem: 'it is not JSON' };
  if (json.value === null) return { mounts: [] };
  if (Array.isArray(json.value)) return ofList(json.value);
  return isMapping(json.value) ? ofMapping(json.value) : { problem: 'it is neither a list nor a mapping' };
}

/** JSON, read with the guards of the YAML reader. */
function jsonOf(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*(?:[[{]|null\s*$)/.test(text)) return undefined;
  const parsed = parseDocument(text);
  return 'document' in parsed ? { value: parsed.document } : undefined;
}

function ofList(items: readonly unknown[]): SidecarMounts {
  const mounts = items.map((item) => (isMapping(item) ? mountOf(item.name, item.mountPath) : undefined));
  const complete = mounts.filter((mount) => mount !== undefined);
  return complete.length === items.length ? { mounts: complete } : { problem: 'an entry has no name or no mountPath' };
}

function ofMapping(mapping: Record<string, unknown>): SidecarMounts {
  const mounts = Object.entries(mapping).map(([name, mount]) =>
    isMapping(mount) ? mountOf(name, mount.mountPath) : undefined,
  );
  const complete = mounts.filter((mount) => mount !== undefined);
  return complete.length === mounts.length ? { mounts: complete } : { problem: 'it is one mount instead of a list' };
}

function mountOf(name: unknown, mountPath: unknown): SidecarMount | undefined {
  return typeof name === 'string' && name !== '' && typeof mountPath === 'string' ? { name, mountPath } : undefined;
}
