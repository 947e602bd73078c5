import fc from 'fast-check';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { damaged } from './bytes';
import { changed } from './changes';
import { textOf } from './tree';

const PLATFORM = readFileSync(join(__dirname, '../../../examples/platform/cluster.yaml'), 'utf8');

/** Every key that a cluster file has. */
const EVERYTHING = `
name: prod
podCidrs: [10.244.0.0/16, 'fd00::/48']
nodeCidrs: [10.10.0.0/16]
serviceCidrs: [10.96.0.0/16]
apiServer: { serviceIps: [10.96.0.1], endpointCidrs: [10.10.0.4/32], port: 6443 }
dns: gardener
dnsServiceIp: 10.96.0.10
mesh:
  mode: sidecar
  mtls: STRICT
  namespaceMtls: { shop: PERMISSIVE }
  portMtls: [{ namespace: shop, podLabels: { app: cart }, port: 9102, mode: DISABLE }]
  outboundTrafficPolicy: REGISTRY_ONLY
  istiodNamespace: istio-system
  revision: stable
  nativeSidecars: true
  istioCni: true
  dualStack: true
  istioVersion: "1.27"
cni: cilium
kubernetesVersion: v1.33.4-eks-1
namespaces: [{ name: shop, labels: { istio-injection: enabled } }]
services:
  - name: prometheus
    namespace: monitoring
    ports: [{ port: 9090, targetPort: 19090, name: http-web, appProtocol: http }]
    podLabels: { app: prometheus }
    mesh: sidecar
    headless: false
    clusterIps: [10.96.0.7]
`;

export const CLUSTERS = [PLATFORM, EVERYTHING, 'mesh: { mode: ambient }\n', 'mesh: { mode: none }\n'];

const ACCEPTED = `
- { code: CT318, object: Namespace/telemetry-system, reason: agreed }
- { code: CT501, object: Deployment/shop/cart, field: spec, reason: "it \`is\` <b>fine</b> | ok" }
- { code: CT101, reason: agreed }
`;

function broken(texts: readonly string[]): fc.Arbitrary<Buffer> {
  return fc.constantFrom(...texts).chain((text) =>
    fc.oneof(
      damaged(text),
      changed(load(text)).map((tree) => Buffer.from(textOf(tree))),
    ),
  );
}

export const brokenCluster = broken(CLUSTERS);
export const brokenAcknowledgements = broken([ACCEPTED]);
