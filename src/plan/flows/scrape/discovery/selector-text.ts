import type { Requirement, Selector } from '../../../inventory';

/** A label selector as it stands in a query: `app=checkout,tier!=db,env in (a,b),!x`. */
export function parseSelector(text: string): Selector {
  const parts = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return { matchLabels: {}, matchExpressions: parts.flatMap((part) => requirement(part.trim()) ?? []) };
}

function requirement(text: string): Requirement | undefined {
  const set = /^([^\s!=()]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return { key: set[1]!, operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const equality = /^([^\s!=()]+)\s*(==?|!=)\s*([^\s!=()]*)$/.exec(text);
  if (equality) {
    return { key: equality[1]!, operator: equality[2] === '!=' ? 'NotIn' : 'In', values: [equality[3]!] };
  }
  const existence = /^(!?)\s*([^\s!=()]+)$/.exec(text);
  return existence
    ? { key: existence[2]!, operator: existence[1] === '' ? 'Exists' : 'DoesNotExist', values: [] }
    : undefined;
}

/** A field selector: `spec.nodeName=worker-1,status.phase=Running`. Inequalities select everything else. */
export function parseFields(text: string): Map<string, string> {
  const pairs = text.split(',').flatMap((part) => {
    const match = /^([^=!]+)==?(.*)$/.exec(part.trim());
    return match ? [[match[1]!.trim(), match[2]!.trim()] as const] : [];
  });
  return new Map(pairs);
}
