import { checkDnsLabel, refuseEmpty } from './checks';
import { invalid } from './errors';

/** A set of namespaces: some, or all but some. Closed under union and intersection. */
export type NamespaceSelection = { readonly only: readonly string[] } | { readonly allExcept: readonly string[] };

export const ALL_NAMESPACES: NamespaceSelection = { allExcept: [] };

export interface NamespaceProps {
  readonly namespaces?: string[];
  readonly excludeNamespaces?: string[];
}

export function checkNamespaces(where: string, props: NamespaceProps): NamespaceSelection {
  const names = (input: 'namespaces' | 'excludeNamespaces'): string[] | undefined => {
    const list = props[input];
    refuseEmpty(where, input, list, 'all namespaces');
    return list && sortedUnique(list.map((name) => checkDnsLabel(where, input, name)));
  };
  const only = names('namespaces');
  const except = names('excludeNamespaces');
  if (only && except) {
    throw invalid(where, {
      input: 'excludeNamespaces',
      got: except,
      allowed: 'either namespaces or excludeNamespaces',
      fix: 'namespaces already leaves every other one out; remove excludeNamespaces',
    });
  }
  return only ? { only } : { allExcept: except ?? [] };
}

export function union(a: NamespaceSelection, b: NamespaceSelection): NamespaceSelection {
  if ('only' in a) return 'only' in b ? { only: sortedUnique([...a.only, ...b.only]) } : union(b, a);
  return { allExcept: a.allExcept.filter((name) => !includes(b, name)) };
}

export function intersection(a: NamespaceSelection, b: NamespaceSelection): NamespaceSelection {
  if ('only' in a) return { only: a.only.filter((name) => includes(b, name)) };
  return 'only' in b ? intersection(b, a) : { allExcept: sortedUnique([...a.allExcept, ...b.allExcept]) };
}

export function includes(selection: NamespaceSelection, namespace: string): boolean {
  return 'only' in selection ? selection.only.includes(namespace) : !selection.allExcept.includes(namespace);
}

export function isEmpty(selection: NamespaceSelection): boolean {
  return 'only' in selection && selection.only.length === 0;
}

/** Whether everything in `inner` is in `outer` too. */
export function covers(outer: NamespaceSelection, inner: NamespaceSelection): boolean {
  const both = intersection(outer, inner);
  return JSON.stringify(both) === JSON.stringify(inner);
}

function sortedUnique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
