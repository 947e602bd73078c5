import { isDeepStrictEqual } from 'node:util';
import { addTo } from '../group-by';
import { InputError } from '../input-error';
import type { Unread } from '../unread';
import type { ManifestDocument } from './document';
import { type Category, classify } from './kinds';
import { type Header, headerOf, type KubernetesObject, loneId, objectOf, reading } from './object';

/** The objects that the planner reads, by the part of the inventory they belong to, in the order of the manifests. */
export class Objects {
  private readonly byCategory = new Map<Category, KubernetesObject[]>();
  private readonly byId = new Map<string, KubernetesObject>();
  private readonly unknown = new Map<string, Header[]>();

  public constructor(
    documents: readonly ManifestDocument[],
    private readonly unread: Unread,
  ) {
    for (const document of documents) this.sort(headerOf(document));
    for (const headers of this.unknown.values()) this.reportUnknown(headers);
  }

  public read<T>(category: Category, read: (object: KubernetesObject, unread: Unread) => T): T[] {
    const objects = this.byCategory.get(category) ?? [];
    return objects.map((object) => reading(object, () => read(object, this.unread)));
  }

  private sort(header: Header): void {
    const { group, kind } = header;
    const classification = classify(group, kind);
    switch (classification.is) {
      case 'read':
        this.keep(objectOf(header, classification.scope), classification.category);
        return;
      case 'removed':
        throw new InputError(
          header.document.where,
          `${loneId(header)}: apiVersion: no API server since 1.22 serves ${kind} of group ${group}`,
          `use ${classification.instead}`,
        );
      case 'not-analysed':
        this.unread.report(loneId(header), '', classification.reason);
        return;
      case 'unknown':
        addTo(this.unknown, `${kind}.${group}`, header);
        return;
      case 'without-influence':
        return;
    }
  }

  /**
   * `kubectl` would apply the later one over the first. But a folder can hold files for several clusters, so which of the two
   * is meant is not known: the first is planned, and both places are named.
   */
  private keep(object: KubernetesObject, category: Category): void {
    const first = this.byId.get(object.id);
    if (!first) {
      this.byId.set(object.id, object);
      addTo(this.byCategory, category, object);
    } else if (!isDeepStrictEqual(first.root.raw, object.root.raw)) {
      const places = `in ${first.where} and in ${object.where}`;
      this.unread.report(object.id, '', `defined twice with different content: ${places}; the first is planned`);
    }
  }

  private reportUnknown([first, ...others]: readonly Header[]): void {
    if (!first) return;
    const name = first.group === '' ? first.kind : `${first.kind} (${first.group})`;
    const more = others.length === 0 ? '' : `; ${others.length} more of this kind`;
    this.unread.report(loneId(first), '', `kind ${name} is not known to the planner${more}`);
  }
}
