import { effectiveModes, meshModes, namespaceModes } from '../../../src/plan/verdicts/peer-authentication';
import type { KnownLabels } from '../../../src/plan/pods/selectors';
import type { PlanFacts } from '../../../src/plan/world';
import { mesh, peerAuthentication, world } from './mesh-builders';

type Policies = ReturnType<typeof peerAuthentication>[];

const ALL = ['STRICT', 'PERMISSIVE', 'DISABLE'];
const APP: KnownLabels = { labels: { app: 'app' }, complete: true };
const SELECTS_APP = { selector: { matchLabels: { app: 'app' } } };
const mode = (name: string) => ({ mtls: { mode: name } });

interface Asked {
  readonly facts?: Partial<PlanFacts>;
  readonly namespace?: string;
  readonly known?: KnownLabels;
  readonly port?: number | null;
}

function modes(
  policies: Policies,
  { facts = { mesh: mesh() }, namespace = 'shop', known = APP, port = 8080 }: Asked = {},
) {
  const found = world(policies, facts);
  return [...new Set(meshModes(found).flatMap((each) => effectiveModes(found, { namespace, known }, port, each)))];
}

describe('effective mode', () => {
  const inMesh = peerAuthentication('istio-system/default', mode('STRICT'));
  const inNamespace = peerAuthentication('shop/default', mode('DISABLE'));
  const ofWorkload = peerAuthentication('shop/app', { ...SELECTS_APP, ...mode('PERMISSIVE') });
  const ofPort = peerAuthentication('shop/app', { ...SELECTS_APP, portLevelMtls: { 8080: mode('STRICT').mtls } });

  test.each<[string, Policies, string]>([
    ['PERMISSIVE by default', [], 'PERMISSIVE'],
    ['the mesh’s', [inMesh], 'STRICT'],
    ['the namespace’s before the mesh’s', [inMesh, inNamespace], 'DISABLE'],
    ['the workload’s before the namespace’s', [inMesh, inNamespace, ofWorkload], 'PERMISSIVE'],
    ['the port’s before the namespace’s', [inNamespace, ofPort], 'STRICT'],
    ['another namespace’s does not count', [peerAuthentication('other/default', mode('STRICT'))], 'PERMISSIVE'],
    ['UNSET inherits for a namespace', [inMesh, peerAuthentication('shop/default', mode('UNSET'))], 'STRICT'],
    [
      'UNSET inherits for a workload',
      [inNamespace, peerAuthentication('shop/app', { ...SELECTS_APP, ...mode('UNSET') })],
      'DISABLE',
    ],
    ['UNSET is PERMISSIVE for the mesh', [peerAuthentication('istio-system/default', {})], 'PERMISSIVE'],
    [
      'UNSET inherits for a port',
      [
        peerAuthentication('shop/app', {
          ...SELECTS_APP,
          ...mode('STRICT'),
          portLevelMtls: { 8080: mode('UNSET').mtls },
        }),
      ],
      'STRICT',
    ],
    [
      'an empty selector is the namespace’s',
      [peerAuthentication('shop/all', { selector: { matchLabels: {} }, ...mode('STRICT') })],
      'STRICT',
    ],
    [
      'of workloads in the root namespace Istio takes none',
      [peerAuthentication('istio-system/app', { ...SELECTS_APP, ...mode('STRICT') })],
      'PERMISSIVE',
    ],
    [
      'one for other pods does not count',
      [peerAuthentication('shop/x', { selector: { matchLabels: { app: 'x' } }, ...mode('STRICT') })],
      'PERMISSIVE',
    ],
  ])('%s', (_, policies, expected) => {
    expect(modes(policies)).toEqual([expected]);
  });

  test('another port of the same pods has the mode of the workload', () => {
    expect(modes([inNamespace, ofPort], { port: 9090 })).toEqual(['DISABLE']);
  });

  test('pods in the root namespace have the mode of the mesh', () => {
    const policies = [inMesh, peerAuthentication('istio-system/app', { ...SELECTS_APP, ...mode('DISABLE') })];
    expect(modes(policies, { namespace: 'istio-system' })).toEqual(['STRICT']);
  });

  test('any port has one of the modes that its ports have', () => {
    expect(modes([inNamespace, ofPort], { port: null }).sort()).toEqual(['DISABLE', 'STRICT']);
  });

  test('the oldest of a scope wins', () => {
    const old = peerAuthentication('shop/z', mode('STRICT'), '2020-01-01T00:00:00Z');
    const young = peerAuthentication('shop/a', mode('DISABLE'), '2024-01-01T00:00:00Z');
    const fresh = peerAuthentication('shop/b', mode('PERMISSIVE'));
    expect(modes([young, fresh, old])).toEqual(['STRICT']);
    expect(modes([fresh, young])).toEqual(['DISABLE']);
  });

  test('of the same age, the first by name wins', () => {
    const at = '2024-01-01T00:00:00Z';
    expect(
      modes([peerAuthentication('shop/b', mode('STRICT'), at), peerAuthentication('shop/a', mode('DISABLE'), at)]),
    ).toEqual(['DISABLE']);
    expect(
      modes([peerAuthentication('shop/a', mode('DISABLE'), at), peerAuthentication('shop/b', mode('STRICT'), at)]),
    ).toEqual(['DISABLE']);
  });

  test('which of two new ones will be the oldest is not known', () => {
    const two = [peerAuthentication('shop/a', mode('STRICT')), peerAuthentication('shop/b', mode('DISABLE'))];
    expect(modes(two).sort()).toEqual(['DISABLE', 'STRICT']);
    expect(modes([...two.slice(0, 1), peerAuthentication('shop/c', mode('STRICT'))])).toEqual(['STRICT']);
  });
});

describe('what manifests and facts leave open', () => {
  test('the mode of the mesh, without facts', () => {
    expect(modes([], { facts: {} })).toEqual(ALL);
    expect(modes([], { facts: { mesh: { mode: 'ambient' } } })).toEqual(ALL);
  });

  test('but not where a policy covers it', () => {
    expect(modes([peerAuthentication('shop/default', mode('STRICT'))], { facts: {} })).toEqual(['STRICT']);
    expect(modes([peerAuthentication('istio-system/default', mode('STRICT'))], { facts: {} })).toEqual(['STRICT']);
  });

  test('whether a policy selects pods of which only some labels are known', () => {
    const policy = [peerAuthentication('shop/app', { ...SELECTS_APP, ...mode('STRICT') })];
    expect(modes(policy, { known: { labels: {}, complete: false } }).sort()).toEqual(['PERMISSIVE', 'STRICT']);
    expect(modes(policy, { known: { labels: { app: 'app' }, complete: false } })).toEqual(['STRICT']);
    expect(modes(policy, { known: { labels: { app: 'x' }, complete: false } })).toEqual(['PERMISSIVE']);
  });

  test('which of several policies selects them', () => {
    const policies = [
      peerAuthentication('shop/app', { ...SELECTS_APP, ...mode('STRICT') }),
      peerAuthentication('shop/web', { selector: { matchLabels: { tier: 'web' } }, ...mode('DISABLE') }),
    ];
    const known = { labels: { app: 'app' }, complete: false };
    expect(modes(policies, { known }).sort()).toEqual(['DISABLE', 'STRICT']);
  });

  test('but not the namespaces that pods anywhere are not in', () => {
    const policies = [
      peerAuthentication('shop/default', mode('STRICT')),
      peerAuthentication('legacy/default', mode('DISABLE')),
      peerAuthentication('legacy/silent', { portLevelMtls: { 8080: mode('UNSET').mtls } }),
    ];
    const found = world(policies, { mesh: mesh() });
    const pods = { known: { labels: {}, complete: false }, exceptNamespaces: ['legacy'] };
    expect([...effectiveModes(found, pods, 8080, 'PERMISSIVE')].sort()).toEqual(['PERMISSIVE', 'STRICT']);
    const all = { known: { labels: {}, complete: false } };
    expect([...effectiveModes(found, all, 8080, 'PERMISSIVE')].sort()).toEqual(['DISABLE', 'PERMISSIVE', 'STRICT']);
  });

  test('the namespace of pods anywhere', () => {
    const found = world([peerAuthentication('shop/default', mode('STRICT'))], { mesh: mesh() });
    const anywhere = { known: { labels: {}, complete: false } };
    expect([...effectiveModes(found, anywhere, 8080, 'PERMISSIVE')].sort()).toEqual(['PERMISSIVE', 'STRICT']);
  });
});

describe('the facts', () => {
  const facts = {
    mesh: mesh({
      mtls: 'STRICT',
      namespaceMtls: { legacy: 'PERMISSIVE' },
      portMtls: [{ namespace: 'shop', podLabels: { app: 'app' }, port: 9102, mode: 'DISABLE' }],
    }),
  };

  test('declare modes of mesh, namespace and port', () => {
    expect(modes([], { facts })).toEqual(['STRICT']);
    expect(modes([], { facts, namespace: 'legacy' })).toEqual(['PERMISSIVE']);
    expect(modes([], { facts, port: 9102 })).toEqual(['DISABLE']);
  });

  test('give way to a manifest', () => {
    expect(modes([peerAuthentication('istio-system/default', mode('DISABLE'))], { facts })).toEqual(['DISABLE']);
    expect(modes([peerAuthentication('legacy/default', mode('STRICT'))], { facts, namespace: 'legacy' })).toEqual([
      'STRICT',
    ]);
  });

  test('give way to a manifest about the same pods by another label', () => {
    const policy = peerAuthentication('shop/web', { selector: { matchLabels: { tier: 'web' } }, ...mode('STRICT') });
    const known = { labels: { app: 'app', tier: 'web' }, complete: true };
    expect(modes([policy], { facts, known, port: 9102 })).toEqual(['STRICT']);
  });

  test('name the root namespace', () => {
    const other = { mesh: mesh({ istiodNamespace: 'mesh-root' }) };
    expect(modes([peerAuthentication('mesh-root/default', mode('STRICT'))], { facts: other })).toEqual(['STRICT']);
    expect(modes([peerAuthentication('istio-system/default', mode('STRICT'))], { facts: other })).toEqual([
      'PERMISSIVE',
    ]);
  });
});

test('in the root namespace the mode of the mesh is the one of the namespace', () => {
  const two = ['STRICT', 'DISABLE'].map((name) => peerAuthentication(`istio-system/${name.toLowerCase()}`, mode(name)));
  const found = world(two, { mesh: mesh() });
  expect(namespaceModes(found, { namespace: 'istio-system' }, 'STRICT')).toEqual(['STRICT']);
});

test('clients of a Service go by the mode of its namespace, not by those of workloads', () => {
  const found = world(
    [
      peerAuthentication('shop/default', mode('DISABLE')),
      peerAuthentication('shop/app', { ...SELECTS_APP, ...mode('STRICT') }),
    ],
    { mesh: mesh() },
  );
  expect(namespaceModes(found, { namespace: 'shop' }, 'PERMISSIVE')).toEqual(['DISABLE']);
  expect(namespaceModes(found, { namespace: 'other' }, 'PERMISSIVE')).toEqual(['PERMISSIVE']);
});
