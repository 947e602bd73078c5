import type { CatalogueEntry } from './entry';

/** CT4xx: NetworkPolicy, and PeerAuthentication that does not mean what it says. */
export const NETWORK_POLICY = {
  CT401: {
    severity: 'error',
    title: "Connection denied by the client's NetworkPolicy",
    why: 'A policy with egress rules selects the client, and none of them allows the connection. NetworkPolicy sees the address and port behind the Service: the pod and its target port, the endpoints of the API server.',
    fix: 'Add an egress rule for the peer and its target port.',
    example: {
      before: 'egress: []',
      after:
        'egress:\n  - to:\n      - namespaceSelector:\n          matchLabels: { kubernetes.io/metadata.name: monitoring }\n        podSelector:\n          matchLabels: { app.kubernetes.io/name: prometheus }\n    ports:\n      - { port: 9090, protocol: TCP }',
    },
  },
  CT402: {
    severity: 'error',
    title: "Connection denied by the server's NetworkPolicy",
    why: 'A policy with ingress rules selects the server, and none of them admits the client on this port.',
    fix: 'Add an ingress rule that names namespace and labels of the client.',
  },
  CT403: {
    severity: 'warning',
    title: 'Egress to everywhere',
    why: 'A rule without peers, or with every address and no exception, allows the whole internet, every node, and the metadata service of the cloud, which gives out credentials. An ipBlock does not match pods, so it is no replacement for a rule by labels either.',
    fix: 'Name the peers; for a destination known by name only, except the ranges of the cluster and 169.254.0.0/16.',
    sources: ['kyma-project/kyma#18818'],
    example: {
      before: 'egress:\n  - {}',
      after:
        'egress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n          except: [169.254.0.0/16, 10.244.0.0/16, 10.96.0.0/16]\n    ports:\n      - { port: 443, protocol: TCP }',
    },
  },
  CT404: {
    severity: 'warning',
    title: 'Any tenant can join the admitted pods',
    why: 'The rule admits pods of any namespace by their labels, and everybody who may create a pod sets its labels.',
    fix: 'Name the namespace too, by its label kubernetes.io/metadata.name.',
    sources: ['kyma-project/kyma#18818'],
    example: {
      before: 'from:\n  - namespaceSelector: {}\n    podSelector:\n      matchLabels: { metrics-scraping: allowed }',
      after:
        'from:\n  - namespaceSelector:\n      matchLabels: { kubernetes.io/metadata.name: monitoring }\n    podSelector:\n      matchLabels: { app.kubernetes.io/name: prometheus }',
    },
  },
  CT405: {
    severity: 'warning',
    title: 'Ingress from everybody',
    why: 'The rule has no peers, or admits every address or every pod of the cluster.',
    fix: 'Name the clients by namespace and pod labels.',
    sources: ['kyma-project/kyma#18818'],
  },
  CT406: {
    severity: 'warning',
    title: 'Cloud metadata service can be reached',
    why: 'The metadata service gives the credentials of the node to whoever asks from it. The rule allows its address on port 80.',
    fix: 'Add its address to the exceptions of the ipBlock.',
    example: {
      before: 'ipBlock:\n  cidr: 0.0.0.0/0\n  except: [10.244.0.0/16]',
      after: 'ipBlock:\n  cidr: 0.0.0.0/0\n  except: [10.244.0.0/16, 169.254.0.0/16]',
    },
  },
  CT407: {
    severity: 'info',
    title: 'No NetworkPolicy selects the pods',
    why: 'Everybody in the cluster can connect to the program, and it can connect everywhere.',
    fix: 'Add a NetworkPolicy that denies both directions and allows the connections of this plan.',
  },
  CT408: {
    severity: 'error',
    title: 'Sidecar cannot reach istiod',
    why: 'Without egress to istiod on 15012 the sidecar gets no certificate and no configuration, and never becomes ready.',
    fix: 'Add an egress rule to the pods of istiod on TCP 15012.',
    sources: ['istio/istio:manifests/charts/istio-control/istio-discovery/templates/networkpolicy.yaml'],
    example: {
      before: 'egress: []',
      after:
        'egress:\n  - to:\n      - namespaceSelector:\n          matchLabels: { kubernetes.io/metadata.name: istio-system }\n        podSelector:\n          matchLabels: { app: istiod }\n    ports:\n      - { port: 15012, protocol: TCP }',
    },
  },
  CT409: {
    severity: 'error',
    title: 'NetworkPolicy closes 15008 between ambient pods',
    why: 'Between pods in ambient mode every connection arrives at port 15008, whatever port the program dials; a rule for that port alone is not enough.',
    fix: 'Allow TCP 15008 next to the port, at both ends.',
    sources: ['istio/istio:architecture/ambient/ztunnel.md'],
  },
  CT410: {
    severity: 'warning',
    title: 'portLevelMtls without a selector',
    why: 'Istio refuses, or ignores, modes by port in a PeerAuthentication for a whole namespace or mesh.',
    fix: 'Add a selector with the labels of the pods.',
    sources: ['istio/istio:pkg/config/validation/validation.go'],
    example: {
      before: 'spec:\n  portLevelMtls:\n    8888: { mode: PERMISSIVE }',
      after:
        'spec:\n  selector:\n    matchLabels: { app.kubernetes.io/name: metric-agent }\n  portLevelMtls:\n    8888: { mode: PERMISSIVE }',
    },
  },
  CT411: {
    severity: 'warning',
    title: 'portLevelMtls by the port of the Service',
    why: 'Istio looks at the port on which the container listens. The port of the Service is another one, so the entry has no effect.',
    fix: 'Use the target port.',
    sources: ['istio/istio:pilot/pkg/security/authn/policy_applier.go'],
  },
  CT412: {
    severity: 'warning',
    title: 'DNS over TCP is denied',
    why: 'A DNS server that cannot answer in one UDP packet asks the client to come back over TCP. Names with many addresses, such as headless Services, are then not resolved.',
    fix: 'Allow the port of DNS over TCP as well.',
    example: {
      before: 'ports:\n  - { port: 53, protocol: UDP }',
      after: 'ports:\n  - { port: 53, protocol: UDP }\n  - { port: 53, protocol: TCP }',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
