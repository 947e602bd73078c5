import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Cluster,
  ClusterDns,
  Cni,
  type ClusterProps,
  IstioMesh,
  MeshMembership,
  MtlsMode,
  OutboundTrafficPolicy,
} from '../src';

const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fromText(text: string, name = 'cluster.yaml'): Cluster {
  const path = join(folder, name);
  writeFileSync(path, text);
  return Cluster.fromFile(path);
}

test('a file says the same as code', () => {
  const file = fromText(`
name: prod
podCidrs: [10.244.0.0/16]
nodeCidrs: [10.10.0.0/16]
serviceCidrs: [10.96.0.0/16]
apiServer: { serviceIps: [10.96.0.1], endpointCidrs: [10.10.0.4/32], port: 6443 }
dns: gardener
dnsServiceIp: 10.96.0.10
mesh:
  mode: sidecar
  mtls: STRICT
  namespaceMtls: { legacy: PERMISSIVE }
  portMtls: [{ namespace: shop, podLabels: { app: cart }, port: 9102, mode: DISABLE }]
  outboundTrafficPolicy: REGISTRY_ONLY
  istiodNamespace: mesh
  revision: stable
  nativeSidecars: true
  istioCni: true
  dualStack: true
  istioVersion: "1.27"
cni: cilium
kubernetesVersion: v1.33.4-eks-1
namespaces: [{ name: shop, labels: { istio-injection: enabled } }, { name: legacy }]
services:
  - name: prometheus
    namespace: monitoring
    ports: [{ port: 9090, targetPort: 19090, name: http-web }, { port: 80, appProtocol: http }]
    podLabels: { app: prometheus }
    mesh: sidecar
    clusterIps: [10.96.0.7]
  - { name: db, namespace: shop, ports: [], podLabels: { app: db }, mesh: none, headless: true }
`);
  const code = Cluster.of({
    name: 'prod',
    podCidrs: ['10.244.0.0/16'],
    nodeCidrs: ['10.10.0.0/16'],
    serviceCidrs: ['10.96.0.0/16'],
    apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: ['10.10.0.4/32'], port: 6443 },
    dns: ClusterDns.gardener('10.96.0.10'),
    mesh: IstioMesh.sidecar({
      mtls: MtlsMode.STRICT,
      namespaceMtls: { legacy: MtlsMode.PERMISSIVE },
      portMtls: [{ namespace: 'shop', podLabels: { app: 'cart' }, port: 9102, mode: MtlsMode.DISABLE }],
      outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
      istiodNamespace: 'mesh',
      revision: 'stable',
      nativeSidecars: true,
      istioCni: true,
      dualStack: true,
      istioVersion: '1.27',
    }),
    cni: Cni.CILIUM,
    kubernetesVersion: '1.33',
    namespaces: [{ name: 'shop', labels: { 'istio-injection': 'enabled' } }, { name: 'legacy' }],
    services: [
      {
        name: 'prometheus',
        namespace: 'monitoring',
        ports: [
          { port: 9090, targetPort: 19090, name: 'http-web' },
          { port: 80, appProtocol: 'http' },
        ],
        podLabels: { app: 'prometheus' },
        mesh: MeshMembership.SIDECAR,
        clusterIps: ['10.96.0.7'],
      },
      {
        name: 'db',
        namespace: 'shop',
        ports: [],
        podLabels: { app: 'db' },
        mesh: MeshMembership.NONE,
        headless: true,
      },
    ],
  });
  expect(file._facts).toEqual(code._facts);
});

test('a JSON file is read as well', () => {
  expect(fromText('{"mesh": {"mode": "none"}}', 'cluster.json')._facts.mesh).toEqual({ mode: 'none' });
});

test('what is not said stays unknown', () => {
  expect(fromText('mesh: { mode: ambient }')._facts).toMatchObject({
    name: '',
    podCidrs: [],
    apiServer: { serviceIps: [], endpointCidrs: [], ports: [443, 6443] },
    mesh: { mode: 'ambient' },
  });
});

describe('a file fails, naming itself and the key, on', () => {
  test.each([
    ['no mesh', 'name: prod', /mesh: missing/],
    ['no mesh mode', 'mesh: {}', /mesh\.mode: missing/],
    ['an unknown mode', 'mesh: { mode: linkerd }', /mesh\.mode: got "linkerd"; allowed: none, sidecar, ambient/],
    [
      'a misspelled key',
      'mesh: { mode: none }\npodCIDRs: [10.0.0.0/8]',
      /podCIDRs: got .*fix: did you mean podCidrs\?/,
    ],
    ['a misspelled mesh key', 'mesh: { mode: sidecar, mtl: STRICT }', /mesh\.mtl: got "STRICT"/],
    ['a key that does not fit the mode', 'mesh: { mode: none, mtls: STRICT }', /mesh\.mtls/],
    ['an unknown mTLS mode', 'mesh: { mode: sidecar, mtls: strict }', /mesh\.mtls: got "strict"; allowed: STRICT, /],
    ['a scalar for a list', 'mesh: { mode: none }\npodCidrs: 10.0.0.0/8', /podCidrs: got .*a list of strings/],
    ['a port as text', 'mesh: { mode: none }\napiServer: { port: "6443" }', /apiServer\.port: got "6443"/],
    ['a flag as text', 'mesh: { mode: sidecar, istioCni: "yes" }', /mesh\.istioCni: got "yes"; allowed: true or false/],
    ['a DNS preset that is no preset', 'mesh: { mode: none }\ndns: constructor', /dns: got "constructor"/],
    [
      'a version that YAML takes for a number',
      'mesh: { mode: none }\nkubernetesVersion: 1.30',
      /got 1\.3; allowed: a str/,
    ],
    ['an unknown network plugin', 'mesh: { mode: none }\ncni: flannel', /cni: got "flannel"; allowed: calico, cilium/],
    [
      'a Service without mesh membership',
      'mesh: { mode: none }\nservices: [{ name: a, namespace: b, ports: [{ port: 1 }], podLabels: { app: a } }]',
      /services\[0\]\.mesh: missing/,
    ],
    [
      'a misspelled port',
      'mesh: { mode: none }\nservices: [{ name: a, namespace: b, ports: [{ prt: 1 }], podLabels: { a: a }, mesh: none }]',
      /services\[0\]\.ports\[0\]\.port: missing/,
    ],
    ['an empty mesh', 'mesh:', /mesh: got null; allowed: a mapping/],
    ['an unknown DNS preset', 'mesh: { mode: none }\ndns: kubedns', /dns: got "kubedns"; allowed: coreDns, /],
    [
      'a DNS Service that changes nothing',
      'mesh: { mode: none }\ndnsServiceIp: 10.96.0.10',
      /dnsServiceIp: got .*only with dns/,
    ],
    ['a range without mask', 'mesh: { mode: none }\nnodeCidrs: [10.0.0.1]', /nodeCidrs\[0\].*write 10\.0\.0\.1\/32/],
    ['a list at the top', '- a', /document: got/],
    [
      'a port mode without a port',
      'mesh: { mode: sidecar, portMtls: [{ namespace: a }] }',
      /mesh\.portMtls\[0\]\.podLabels: missing/,
    ],
    ['two documents', 'mesh: { mode: none }\n---\nname: a', /cluster\.yaml: expected a single document/],
    ['a mapping as key', 'mesh: { mode: {{ .Values.mode }} }', /line 1: a mapping stands where a key is expected/],
    [
      'a mode for the ambient mesh',
      'mesh: { mode: ambient, mtls: STRICT }',
      /mesh\.mtls: got "STRICT"; allowed: only mode: in ambient/,
    ],
    ['a mesh key at the top', 'mesh: { mode: sidecar }\nmtls: STRICT', /mtls: got .*fix: write it below mesh/],
    [
      'a mode in lower case',
      'mesh: { mode: sidecar, mtls: strict }',
      /allowed: STRICT, PERMISSIVE, DISABLE; fix: did you mean STRICT\?/,
    ],
    [
      'a mesh that is a word',
      'mesh: ambient',
      /mesh: got "ambient"; allowed: a mapping; fix: write it as \{ mode: sidecar \}/,
    ],
    [
      'namespaces that are words',
      'mesh: { mode: none }\nnamespaces: [shop]',
      /namespaces\[0\]: got "shop"; .*as \{ name: shop \}/,
    ],
    [
      'a number in a list of ranges',
      'mesh: { mode: none }\npodCidrs: [10]',
      /podCidrs\[0\]: got 10; allowed: a string; fix: put it/,
    ],
    [
      'a date',
      'mesh: { mode: none }\nname: 2024-01-01',
      /name: got "2024-.*allowed: a string; fix: put it into quotes/,
    ],
    [
      'a key without value',
      'mesh: { mode: none }\npodCidrs:',
      /podCidrs: got null; .*give it a value, or remove the key/,
    ],
    ['a quoted port', 'mesh: { mode: none }\napiServer: { port: "6443" }', /fix: write 6443 without quotes/],
    ['a number that is none', 'mesh: { mode: none }\napiServer: { port: .nan }', /apiServer\.port: got "NaN"/],
    [
      'a revision with a dot',
      'mesh: { mode: sidecar, revision: "1.27" }',
      /cluster\.yaml: mesh\.revision: got "1\.27"/,
    ],
    [
      'a range for the DNS Service',
      'mesh: { mode: none }\ndns: gke\ndnsServiceIp: 10.0.0.1/32',
      /yaml: dnsServiceIp: got "10/,
    ],
    [
      'a namespace twice',
      'mesh: { mode: none }\nnamespaces: [{ name: a }, { name: a }]',
      /namespaces\[1\]: got "a"; .*namespaces\[0\]/,
    ],
    [
      'a port mode twice',
      `mesh: { mode: sidecar, portMtls: [${'{ namespace: a, podLabels: { a: b }, port: 1, mode: DISABLE }, '.repeat(2)}] }`,
      /mesh\.portMtls\[1\]: got "port 1 of a .*allowed: each one once/,
    ],
    ['a value that contains itself', 'mesh: { mode: none }\nnam: &a [*a]', /nam: got \["…"\]; .*did you mean name\?/],
    ['broken YAML', 'mesh: {', /cluster\.yaml: line 2: unexpected end of the stream.*; fix: /],
  ])('%s', (_, text, message) => {
    expect(() => fromText(text)).toThrow(message);
  });

  test('a missing file', () => {
    expect(() => Cluster.fromFile(join(folder, 'none.yaml'))).toThrow(/none\.yaml: .*ENOENT.*; fix: correct the path/);
  });
});

describe('facts in code fail on', () => {
  const mesh = IstioMesh.none();
  const foreign = { name: 'db', namespace: 'shop', ports: [], podLabels: { app: 'db' }, mesh: MeshMembership.NONE };
  test.each<[string, () => unknown, RegExp]>([
    ['a mask too long', () => Cluster.of({ mesh, podCidrs: ['10.0.0.0/33'] }), /podCidrs\[0\]/],
    ['every address', () => Cluster.of({ mesh, podCidrs: ['0.0.0.0/0'] }), /not every address/],
    [
      'pods among Services',
      () => Cluster.of({ mesh, podCidrs: ['10.0.0.0/8'], serviceCidrs: ['10.96.0.0/12'] }),
      /podCidrs: got "10\.0\.0\.0\/8".*would bypass the sidecar/,
    ],
    ['no mesh in plain JavaScript', () => Cluster.of({} as ClusterProps), /Cluster: mesh: missing/],
    [
      'native sidecars on an old Kubernetes',
      () => Cluster.of({ mesh: IstioMesh.sidecar({ nativeSidecars: true }), kubernetesVersion: '1.28' }),
      /kubernetesVersion: got "1\.28"; allowed: 1\.29 or later/,
    ],
    [
      'native sidecars with an old Istio',
      () => IstioMesh.sidecar({ nativeSidecars: true, istioVersion: '1.9' }),
      /istioVersion: got "1\.9"; allowed: 1\.24 or later/,
    ],
    [
      'a version of something else',
      () => Cluster.of({ mesh, kubernetesVersion: '2.0' }),
      /kubernetesVersion: got "2\.0"/,
    ],
    [
      'a headless Service with an address',
      () => Cluster.of({ mesh, services: [{ ...foreign, headless: true, clusterIps: ['10.96.0.7'] }] }),
      /services\[0\]\.clusterIps.*none for a headless/,
    ],
    [
      'a Service twice',
      () => Cluster.of({ mesh, services: [foreign, foreign] }),
      /services\[1\]: got "shop\/db"; allowed: each one once; fix: remove it, or services\[0\]/,
    ],
    [
      'a Service that selects nothing',
      () => Cluster.of({ mesh, services: [{ ...foreign, podLabels: {} }] }),
      /services\[0\]\.podLabels: got \{\}/,
    ],
    ['a namespace with capitals', () => Cluster.of({ mesh, namespaces: [{ name: 'Shop' }] }), /namespaces\[0\]\.name/],
    ['white space', () => Cluster.of({ mesh, podCidrs: [' 10.0.0.0/8'] }), /podCidrs\[0\]/],
    [
      'a range for an address',
      () => Cluster.of({ mesh, apiServer: { serviceIps: ['10.0.0.1/32'] } }),
      /serviceIps\[0\]/,
    ],
    ['port 0', () => Cluster.of({ mesh, apiServer: { port: 0 } }), /apiServer\.port: got 0/],
    ['a cluster name with capitals', () => Cluster.of({ mesh, name: 'Prod' }), /name: got "Prod"/],
    ['a namespace that is none', () => IstioMesh.sidecar({ namespaceMtls: { A: MtlsMode.STRICT } }), /namespaceMtls/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
