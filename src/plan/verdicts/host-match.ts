/** Whether an Istio host (`*`, `*.example.com` or a name) stands for a name; names are compared without case. */
export function hostMatches(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
  return wanted.startsWith('*') ? given.endsWith(wanted.slice(1)) : wanted === given;
}

/** The name by which Istio knows a Service. */
export function hostnameOf({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** Whether `exportTo` of an object makes it visible in a namespace: `.`, `*` or names; an empty list means everywhere. */
export function isExportedTo(
  { exportTo, namespace }: { readonly exportTo: readonly string[]; readonly namespace: string },
  client: string,
): boolean {
  if (exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(client)) return true;
  return namespace === client && exportTo.includes('.');
}
