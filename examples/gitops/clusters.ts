import { Cluster, type ClusterProps, IstioMesh, MtlsMode } from 'cdk8s-telemetry';

/** What differs between clusters; everything else is the same for all. */
export interface Target {
  readonly cluster: ClusterProps;
  /** Where the metrics of the cluster go. */
  readonly gateway: string;
}

/** The typed list of clusters: a new cluster is a new entry, and a change of one shows in its folder alone. */
const targets: Record<string, Target> = {
  'prod-eu': {
    cluster: {
      mesh: IstioMesh.sidecar({ mtls: MtlsMode.STRICT }),
      podCidrs: ['10.1.0.0/16'],
      apiServer: { serviceIps: ['10.96.0.1'] },
    },
    gateway: 'https://eu.metrics.example',
  },
  'prod-us': {
    cluster: { mesh: IstioMesh.none(), podCidrs: ['10.2.0.0/16'] },
    gateway: 'https://us.metrics.example',
  },
};

/** Names are given once: they are the key of the list. */
export const clusters = Object.entries(targets).map(([name, { cluster, gateway }]) => ({
  name,
  cluster: Cluster.of({ name, ...cluster }),
  gateway,
}));
