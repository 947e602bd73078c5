import type { CatalogueEntry } from './entry';

/** CT9xx: the plan itself. */
export const PLAN = {
  CT900: {
    severity: 'warning',
    title: 'Acknowledgement of a finding that is not there',
    why: 'The finding is gone, or code, object or field of the acknowledgement are misspelt. It would hide the next finding that it fits.',
    fix: 'Remove the acknowledgement, or correct it.',
  },
  CT901: {
    severity: 'info',
    title: 'Mesh is not declared',
    why: 'Manifests do not tell which mesh the cluster has, and which mode of mutual TLS it uses. Verdicts that depend on it are unknown.',
    fix: 'Declare the mesh in the cluster file.',
    example: { before: '# cluster.yaml', after: '# cluster.yaml\nmesh:\n  mode: sidecar\n  mtls: STRICT' },
  },
} as const satisfies Record<string, CatalogueEntry>;
