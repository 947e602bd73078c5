import { isDnsLabel } from '../../private/checks';
import { InputError } from '../input-error';
import type { ObjectId } from '../inventory';
import type { Value } from '../value';
import type { ManifestDocument } from './document';
import { demand, required, strictValue, WrongValue } from './strict';

/** One Kubernetes object: who it is, where it stands, and a body that throws on wrong types. */
export interface KubernetesObject extends ObjectId {
  readonly where: string;
  readonly root: Value;
}

export type Scope = 'namespace' | 'cluster';

/** What the document says about itself, before its kind is known to mean anything. */
export interface Header {
  readonly document: ManifestDocument;
  /** API group, empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly root: Value;
}

export function headerOf(document: ManifestDocument): Header {
  return inDocument(document.where, 'manifest', () => {
    const root = strictValue(document.raw);
    const kind = required(root.get('kind'));
    const [, group = ''] = required(root.get('apiVersion')).split('/').reverse();
    return { document, group, kind, root };
  });
}

/** The identity of an object of a kind that the planner reads. */
export function objectOf({ document, kind, root }: Header, scope: Scope): KubernetesObject {
  return inDocument(document.where, kind, () => {
    const metadata = root.get('metadata');
    const name = nameOf(metadata);
    const namespace = scope === 'cluster' ? '' : namespaceOf(metadata);
    const id = scope === 'cluster' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
    return { id, kind, namespace, name, where: document.where, root };
  });
}

/** How the plan calls an object of a kind that it does not read. */
export function loneId({ document, kind, root }: Header): string {
  return inDocument(document.where, kind, () => {
    const metadata = root.get('metadata');
    const parts = [metadata.get('namespace').text() ?? '', metadata.get('name').text() ?? ''].filter(isPathSegment);
    return parts.length === 0 ? `${kind} (${document.where})` : [kind, ...parts].join('/');
  });
}

/** An object that gets its name when it is created keeps a star. */
function nameOf(metadata: Value): string {
  const [name, prefix] = [metadata.get('name'), metadata.get('generateName')];
  if (prefix.present && !name.present) {
    demand(isObjectName(`${required(prefix)}x`), prefix, SUBDOMAIN);
    return `${required(prefix)}*`;
  }
  demand(isObjectName(required(name)), name, SUBDOMAIN);
  return required(name);
}

function namespaceOf(metadata: Value): string {
  const namespace = metadata.get('namespace').text() ?? '';
  demand(namespace === '' || isDnsLabel(namespace), metadata.get('namespace'), LABEL);
  return namespace === '' ? 'default' : namespace;
}

const LABEL = 'a DNS label: lower-case letters, digits and inner hyphens';
const SUBDOMAIN = 'a DNS name: lower-case letters, digits, inner hyphens and dots';

function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
}

function isPathSegment(text: string): boolean {
  return text.length <= 253 && /^[^\s/%\p{Cc}]+$/u.test(text);
}

/** Runs a reader and says of which object a wrong value is. */
export function reading<T>(object: KubernetesObject, read: (object: KubernetesObject) => T): T {
  return inDocument(object.where, object.id, () => read(object));
}

function inDocument<T>(where: string, id: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof WrongValue ? inputError(where, id, error) : error;
  }
}

function inputError(where: string, id: string, { field, allowed, got }: WrongValue): InputError {
  const shown = /^Secret\b/.test(id) ? shapeOf(got) : shownValue(got);
  const problem = `${id}: ${field === '' ? 'the object' : field}: got ${shown}; allowed: ${allowed}`;
  return typeof got === 'string' && got.includes('{{')
    ? new InputError(where, `${problem}; looks like an unrendered Helm template`, 'run helm template first')
    : new InputError(where, problem, 'correct the manifest: the API server refuses it too');
}

const MAX_SHOWN = 80;

function shownValue(got: unknown): string {
  if (typeof got === 'object' || got === undefined) return shapeOf(got);
  const text = JSON.stringify(got);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Never the value: it may be a secret. */
function shapeOf(got: unknown): string {
  if (got === undefined || got === null) return 'nothing';
  if (Array.isArray(got)) return 'a list';
  return typeof got === 'object' ? 'a mapping' : `a ${typeof got}`;
}
