import { MtlsMode } from '../../../src/istio-mesh-props';
import type { SidecarMeshFacts } from '../../../src/private/cluster-facts';
import { NO_FACTS, type PlanFacts } from '../../../src/plan/world';
import { sidecarMeshFacts } from '../support/mesh';
import { only, read } from './reading';

const facts = (some: Partial<PlanFacts>): PlanFacts => ({ ...NO_FACTS, ...some });

describe('namespaces', () => {
  const namespaces = [{ name: 'shop', labels: { 'istio-injection': 'enabled', team: 'facts' } }];

  test('of facts and manifests are merged, and the manifest wins', () => {
    const text = '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: manifest}}}';
    expect(read(text, facts({ namespaces })).inventory.namespaces).toEqual(
      new Map([['shop', { 'istio-injection': 'enabled', team: 'manifest', 'kubernetes.io/metadata.name': 'shop' }]]),
    );
  });

  test('always have the label with their name, which nobody can change', () => {
    const wrong = '{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {kubernetes.io/metadata.name: b}}}';
    expect(read(wrong, facts({ namespaces })).inventory.namespaces).toEqual(
      new Map([
        ['shop', { 'istio-injection': 'enabled', team: 'facts', 'kubernetes.io/metadata.name': 'shop' }],
        ['a', { 'kubernetes.io/metadata.name': 'a' }],
      ]),
    );
  });
});

describe('Services', () => {
  const services = [
    {
      namespace: 'shop',
      name: 'db',
      ports: [{ port: 80, targetPort: 8080, name: 'http', appProtocol: 'http' }],
      podLabels: { app: 'db' },
      headless: false,
      clusterIps: ['10.0.0.1'],
      dataPlane: 'sidecar' as const,
    },
  ];

  test('of the facts have their pods and data plane', () => {
    expect(only(read('', facts({ services })).inventory.services)).toEqual({
      id: 'Service/shop/db',
      kind: 'Service',
      namespace: 'shop',
      name: 'db',
      origin: 'facts',
      headless: false,
      selector: { app: 'db' },
      clusterIps: ['10.0.0.1'],
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP', name: 'http', appProtocol: 'http' }],
      dataPlane: 'sidecar',
    });
  });

  test('of manifests win', () => {
    const text = '{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}}';
    expect(only(read(text, facts({ services })).inventory.services)).toMatchObject({ origin: 'manifest', ports: [] });
  });

  test('without labels of their pods could be anybody', () => {
    const [db] = services;
    const { inventory } = read('', facts({ services: [{ ...db!, podLabels: {} }] }));
    expect(only(inventory.services)).not.toHaveProperty('selector');
  });
});

describe('modes of mutual TLS', () => {
  const mesh = sidecarMeshFacts({
    mtls: MtlsMode.STRICT,
    namespaceMtls: { shop: MtlsMode.PERMISSIVE },
    portMtls: [
      { namespace: 'shop', podLabels: { app: 'db' }, port: 8080, mode: MtlsMode.DISABLE },
      { namespace: 'shop', podLabels: { app: 'db' }, port: 9090, mode: MtlsMode.STRICT },
      { namespace: 'shop', podLabels: { app: 'web' }, port: 8080, mode: MtlsMode.STRICT },
    ],
  });
  const modes = (text: string, declared: SidecarMeshFacts = mesh) =>
    read(text, facts({ mesh: declared })).inventory.peerAuthentications.map(
      ({ id, selector, mode, ports, origin }) => ({ id, selector, mode, ports: [...ports], origin }),
    );
  const manifest = (metadata: string, spec: string) =>
    `{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: ${metadata}, spec: ${spec}}`;

  const meshWide = {
    id: 'PeerAuthentication/istio-system/declared-for-mesh',
    mode: 'STRICT',
    ports: [],
    origin: 'facts',
  };
  const ofNamespace = {
    id: 'PeerAuthentication/shop/declared-for-namespace',
    mode: 'PERMISSIVE',
    ports: [],
    origin: 'facts',
  };
  const ofDb = {
    id: 'PeerAuthentication/shop/declared-for-ports-1',
    selector: { app: 'db' },
    ports: [
      [8080, 'DISABLE'],
      [9090, 'STRICT'],
    ],
    origin: 'facts',
  };
  const ofWeb = {
    id: 'PeerAuthentication/shop/declared-for-ports-2',
    selector: { app: 'web' },
    ports: [[8080, 'STRICT']],
    origin: 'facts',
  };

  test('of the facts are PeerAuthentications: mesh, namespaces, and ports of the same pods together', () => {
    expect(modes('')).toEqual([meshWide, ofNamespace, ofDb, ofWeb]);
  });

  test('declared for the root namespace is that of the mesh', () => {
    const declared = { ...mesh, namespaceMtls: { 'istio-system': MtlsMode.DISABLE }, portMtls: [] };
    expect(modes('', declared)).toEqual([{ ...meshWide, mode: 'DISABLE' }]);
  });

  test('of a manifest for the mesh, a namespace or the same pods win', () => {
    expect(modes(manifest('{name: a, namespace: istio-system}', '{mtls: {mode: DISABLE}}'))).toMatchObject([
      { id: 'PeerAuthentication/istio-system/a', mode: 'DISABLE' },
      ofNamespace,
      ofDb,
      ofWeb,
    ]);
    expect(modes(manifest('{name: a, namespace: shop}', '{}'))).toMatchObject([
      { id: 'PeerAuthentication/shop/a', origin: 'manifest' },
      meshWide,
      ofDb,
      ofWeb,
    ]);
    expect(
      modes(manifest('{name: a, namespace: shop}', '{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}')),
    ).toMatchObject([{ id: 'PeerAuthentication/shop/a' }, meshWide, ofNamespace, ofDb]);
  });

  test('that a manifest takes away are told', () => {
    const text = manifest(
      '{name: a, namespace: shop}',
      '{selector: {matchLabels: {app: db}}, portLevelMtls: {8080: {mode: STRICT}}}',
    );
    expect(read(text, facts({ mesh })).notAnalysed).toEqual([
      {
        object: 'PeerAuthentication/shop/a',
        field: 'spec.portLevelMtls',
        reason: 'the facts declare STRICT for port 9090 of the same pods; this manifest wins',
      },
    ]);
  });

  test('exist only where there are sidecars', () => {
    expect(read('', facts({ mesh: { mode: 'ambient' } })).inventory.peerAuthentications).toEqual([]);
    expect(read('', facts({ mesh: { mode: 'none' } })).inventory.peerAuthentications).toEqual([]);
    expect(read('').inventory.peerAuthentications).toEqual([]);
  });
});
