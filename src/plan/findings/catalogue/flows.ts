import type { CatalogueEntry } from './entry';

/** CT5xx: connections that do not work for a reason that no other code names, or of which too little is known. */
export const FLOWS = {
  CT501: {
    severity: 'error',
    title: 'Connection is refused',
    why: 'The server, or the sidecar in front of it, does not take what the client sends.',
    fix: 'Let both ends agree on mutual TLS: the reason is part of the message.',
  },
  CT502: {
    severity: 'error',
    title: 'Connection is established and does not work',
    why: 'The bytes arrive where nobody understands them: TLS at a plaintext server, encryption twice, a port that the Service does not have.',
    fix: 'Let both ends agree on port, protocol and encryption: the reason is part of the message.',
  },
  CT503: {
    severity: 'info',
    title: 'Destination is not described',
    why: 'Neither the manifests nor the cluster file tell which pods are behind the Service, so that encryption and verdict are unknown.',
    fix: 'Declare the Service in the cluster file, with its ports, the labels of its pods and whether they are in the mesh.',
    example: {
      before: '# cluster.yaml\nservices: []',
      after:
        '# cluster.yaml\nservices:\n  - namespace: monitoring\n    name: prometheus\n    ports: [{ name: http-web, port: 9090 }]\n    podLabels: { app.kubernetes.io/name: prometheus }\n    mesh: sidecar',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
