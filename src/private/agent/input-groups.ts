import type { BackendModel } from '../backend';
import { type InputModel, inputId, isScraping } from '../input';
import { covers, intersection, isEmpty, union } from '../namespace-selection';

/**
 * Inputs that go to the same backends share pipelines. Usually that is all of them, and everything is enriched once.
 */
export interface InputGroup {
  /** Name of the group in pipelines. */
  readonly id: string;
  /** Narrowed to what some backend wants. */
  readonly inputs: readonly InputModel[];
  readonly backends: readonly BackendModel[];
}

/** What is collected and who gets it. An input that no backend wants is not collected. */
export function inputGroups(inputs: readonly InputModel[], backends: readonly BackendModel[]): InputGroup[] {
  const groups = new Map<string, { inputs: InputModel[]; backends: BackendModel[] }>();
  for (const input of inputs) {
    const takers = backends.filter((backend) => wants(backend, input));
    if (takers.length === 0) continue;
    const key = takers.map(({ name }) => name).join();
    const group = groups.get(key) ?? { inputs: [], backends: takers };
    group.inputs.push(narrowed(input, takers));
    groups.set(key, group);
  }
  const nameOf = (group: { inputs: InputModel[] }): string =>
    groups.size === 1 ? 'all' : group.inputs.map(inputId).join('_'); // No input id has an underscore.
  return [...groups.values()].map((group) => ({ id: nameOf(group), ...group }));
}

function wants(backend: BackendModel, input: InputModel): boolean {
  return backend.inputs.includes(input.kind) && !isEmpty(intersection(input.namespaces, backend.namespaces));
}

/** The union of what the backends want; the kubelet cannot be asked for some namespaces only. */
function narrowed(input: InputModel, backends: readonly BackendModel[]): InputModel {
  if (!isScraping(input)) return input;
  const wanted = backends.map(({ namespaces }) => namespaces).reduce(union);
  return { ...input, namespaces: intersection(input.namespaces, wanted) };
}

/** Whether a backend receives more namespaces of a group than it wants, because another backend wants them. */
export function needsNamespaceFilter(backend: BackendModel, group: InputGroup): boolean {
  return group.inputs.some((input) => !covers(backend.namespaces, input.namespaces));
}

/** All inputs that are collected. */
export function collectedInputs(groups: readonly InputGroup[]): InputModel[] {
  return groups.flatMap(({ inputs }) => inputs);
}

/** Whether anything is collected for a backend. */
export function receives(backend: BackendModel, groups: readonly InputGroup[]): boolean {
  return groups.some((group) => group.backends.includes(backend));
}
