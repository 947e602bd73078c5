import type { Labels } from '../../../src/plan/inventory';
import { dataPlaneOf, dataPlaneReason, possiblePlanes } from '../../../src/plan/pods/data-plane';
import { keepsProbes } from '../../../src/plan/pods/injection';
import type { PlanFacts } from '../../../src/plan/world';
import { deployment, mesh, namespace, workload, world } from '../verdicts/mesh-builders';

interface Pod {
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly spec?: Record<string, unknown>;
  /** Labels of its namespace; undefined when nobody describes it. */
  readonly namespace?: Labels;
  readonly in?: string;
}

const SIDECARS: Partial<PlanFacts> = { mesh: mesh() };
const AMBIENT_MESH: Partial<PlanFacts> = { mesh: { mode: 'ambient' } };
const INJECT = { 'sidecar.istio.io/inject': 'true' };
const NO_INJECT = { 'sidecar.istio.io/inject': 'false' };
const AMBIENT = { 'istio.io/dataplane-mode': 'ambient' };
const NOT_AMBIENT = { 'istio.io/dataplane-mode': 'none' };
const ENABLED = { 'istio-injection': 'enabled' };
const DISABLED = { 'istio-injection': 'disabled' };

function decided(pod: Pod, facts: Partial<PlanFacts>) {
  const path = `${pod.in ?? 'shop'}/app`;
  const manifests = [deployment(path, pod), ...(pod.namespace ? [namespace(pod.in ?? 'shop', pod.namespace)] : [])];
  const found = world(manifests, facts);
  return [dataPlaneOf(found, workload(found, path)), dataPlaneReason(found, workload(found, path))] as const;
}

describe('whether a pod is injected', () => {
  test.each<[string, Pod, string, RegExp]>([
    [
      'a pod on the network of its node',
      { namespace: ENABLED, labels: INJECT, spec: { hostNetwork: true } },
      'none',
      /network of its node/,
    ],
    ['a pod in kube-system', { in: 'kube-system', namespace: {}, labels: INJECT }, 'none', /namespace kube-system/],
    ['a pod in local-path-storage', { in: 'local-path-storage', namespace: ENABLED }, 'none', /local-path-storage/],
    ['a labelled namespace', { namespace: ENABLED }, 'sidecar', /istio-injection=enabled/],
    [
      'a labelled namespace, but the pod does not want',
      { namespace: ENABLED, labels: NO_INJECT },
      'none',
      /inject is "false"/,
    ],
    [
      'a labelled namespace, but an annotation does not want',
      { namespace: ENABLED, annotations: NO_INJECT },
      'none',
      /annotation/,
    ],
    ['label before annotation', { namespace: ENABLED, labels: INJECT, annotations: NO_INJECT }, 'sidecar', /enabled/],
    [
      'a label with another value is ignored',
      { namespace: ENABLED, labels: { 'sidecar.istio.io/inject': 'maybe' } },
      'sidecar',
      /ignores the value "maybe"/,
    ],
    [
      'a nonsense label hides the annotation',
      { namespace: ENABLED, labels: { 'sidecar.istio.io/inject': 'no' }, annotations: NO_INJECT },
      'sidecar',
      /"no"/,
    ],
    ['nobody asks', { namespace: {} }, 'none', /neither namespace shop nor the pod/],
    ['the pod asks in an unlabelled namespace', { namespace: {}, labels: INJECT }, 'sidecar', /inject is "true"/],
    ['an annotation alone cannot ask', { namespace: {}, annotations: INJECT }, 'none', /neither/],
    ['a nonsense label cannot ask', { namespace: {}, labels: { 'sidecar.istio.io/inject': 'yes' } }, 'none', /neither/],
    [
      'a disabled namespace wins over the pod',
      { namespace: DISABLED, labels: INJECT },
      'none',
      /istio-injection=disabled/,
    ],
    [
      'any other value disables, too',
      { namespace: { 'istio-injection': 'on' }, labels: INJECT },
      'none',
      /istio-injection=on/,
    ],
    [
      'the legacy label wins over a revision',
      { namespace: { ...DISABLED, 'istio.io/rev': 'default' }, labels: INJECT },
      'none',
      /disabled/,
    ],
    ['the default revision by name', { namespace: { 'istio.io/rev': 'default' } }, 'sidecar', /rev=default/],
    [
      'a revision that the facts do not know',
      { namespace: { 'istio.io/rev': 'canary' } },
      'unknown',
      /declare revision default/,
    ],
    [
      'a revision of the pod that the facts do not know',
      { namespace: {}, labels: { ...INJECT, 'istio.io/rev': 'canary' } },
      'unknown',
      /revision canary/,
    ],
    [
      'a revision of the pod without the inject label',
      { namespace: {}, labels: { 'istio.io/rev': 'default' } },
      'sidecar',
      /the pod has the label/,
    ],
    [
      'a manifest that is injected already',
      { namespace: {}, annotations: { 'sidecar.istio.io/status': '{}' } },
      'sidecar',
      /already/,
    ],
    [
      'another template than the sidecar’s',
      { namespace: {}, labels: INJECT, annotations: { 'inject.istio.io/templates': 'gateway' } },
      'unknown',
      /another template/,
    ],
    [
      'several templates, the sidecar among them',
      { namespace: {}, labels: INJECT, annotations: { 'inject.istio.io/templates': 'mine, sidecar' } },
      'sidecar',
      /true/,
    ],
  ])('%s', (_, pod, dataPlane, why) => {
    const [got, reason] = decided(pod, SIDECARS);
    expect(got).toBe(dataPlane);
    expect(reason).toMatch(why);
  });

  test.each<[string, Pod, string]>([
    ['its own label on the pod', { namespace: {}, labels: { ...INJECT, 'istio.io/rev': 'stable' } }, 'sidecar'],
    ['its own label on the namespace', { namespace: { 'istio.io/rev': 'stable' } }, 'sidecar'],
    ['no revision at all, which only a default revision serves', { namespace: {}, labels: INJECT }, 'unknown'],
    ['the legacy label, which only a default revision serves', { namespace: ENABLED }, 'unknown'],
  ])('with a declared revision: %s', (_, pod, dataPlane) => {
    expect(decided(pod, { mesh: mesh({ revision: 'stable' }) })[0]).toBe(dataPlane);
  });
});

describe('a namespace that nobody describes', () => {
  test.each<[string, Pod, string]>([
    ['the pod asks for a sidecar', { labels: INJECT }, 'sidecar'],
    ['the pod refuses one', { labels: NO_INJECT }, 'none'],
    ['the pod says nothing', {}, 'unknown'],
    ['the pod only says that it is not ambient', { labels: NOT_AMBIENT }, 'unknown'],
    ['the pod only asks for ambient', { labels: AMBIENT }, 'ambient'],
    ['the pod asks for ambient and a revision', { labels: { ...AMBIENT, 'istio.io/rev': 'canary' } }, 'unknown'],
    ['the pod only names a revision', { labels: { 'istio.io/rev': 'default' } }, 'unknown'],
  ])('%s', (_, pod, dataPlane) => {
    expect(decided(pod, SIDECARS)[0]).toBe(dataPlane);
  });

  test('leaves open who wins where the pod asks for ambient and for a sidecar that may not be served', () => {
    const stable = { mesh: mesh({ revision: 'stable' }) };
    expect(decided({ labels: { ...AMBIENT, ...INJECT } }, stable)).toEqual([
      'unknown',
      'pod label sidecar.istio.io/inject is "true", but the facts about the cluster declare revision stable; ' +
        'whether a control plane also serves the default revision is not known',
    ]);
  });

  test('could enroll the pod in an ambient mesh', () => {
    expect(decided({ labels: NO_INJECT }, AMBIENT_MESH)[0]).toBe('unknown');
    expect(decided({ labels: { ...NO_INJECT, ...NOT_AMBIENT } }, AMBIENT_MESH)[0]).toBe('none');
  });
});

describe('whether a pod is in ambient', () => {
  test.each<[string, Pod, string]>([
    ['by its namespace', { namespace: AMBIENT }, 'ambient'],
    ['by its own label', { namespace: {}, labels: AMBIENT }, 'ambient'],
    ['but not if it says none', { namespace: AMBIENT, labels: NOT_AMBIENT }, 'none'],
    ['but not with a sidecar', { namespace: AMBIENT, labels: INJECT }, 'sidecar'],
    ['but not with the sidecar of an injected namespace', { namespace: { ...ENABLED, ...AMBIENT } }, 'sidecar'],
    ['but not on the network of the node', { namespace: AMBIENT, spec: { hostNetwork: true } }, 'none'],
    ['but not in kube-system', { in: 'kube-system', namespace: AMBIENT }, 'none'],
    ['and nobody asks', { namespace: {} }, 'none'],
    [
      'but not where its namespace asks some revision for a sidecar',
      { namespace: { 'istio.io/rev': 'canary' }, labels: AMBIENT },
      'sidecar',
    ],
  ])('%s', (_, pod, dataPlane) => {
    expect(decided(pod, AMBIENT_MESH)[0]).toBe(dataPlane);
  });
});

test.each<[string, Pod, string]>([
  ['the label of the pod', { namespace: {}, labels: AMBIENT }, 'pod label istio.io/dataplane-mode is "ambient"'],
  [
    'the label of the namespace',
    { namespace: AMBIENT },
    'namespace shop has the label istio.io/dataplane-mode=ambient',
  ],
  ['what is not known', { labels: NO_INJECT }, 'whether namespace shop is labelled for ambient is not known'],
])('the reason is %s', (_, pod, why) => {
  expect(decided(pod, AMBIENT_MESH)[1]).toBe(why);
});

test.each<[string, Pod, string]>([
  ['of the namespace', { namespace: ENABLED }, 'namespace shop has the label istio-injection=enabled'],
  ['of the pod', { namespace: {}, labels: INJECT }, 'pod label sidecar.istio.io/inject is "true"'],
])('the reason is the label %s', (_, pod, why) => {
  expect(decided(pod, SIDECARS)[1]).toBe(why);
});

test.each(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'])('nobody injects in %s', (name) => {
  expect(decided({ in: name, namespace: ENABLED, labels: INJECT }, SIDECARS)[0]).toBe('none');
});

test.each<[string | undefined, boolean]>([
  ['false', true],
  ['False', true],
  ['F', true],
  ['0', true],
  ['00', false],
  ['10', false],
  ['true', false],
  ['', false],
  [undefined, false],
])('the value %p of rewriteAppHTTPProbers leaves probes as they are: %p', (value, expected) => {
  const annotations: Labels = value === undefined ? {} : { 'sidecar.istio.io/rewriteAppHTTPProbers': value };
  const found = world([deployment('shop/app', { annotations })]);
  expect(keepsProbes(workload(found, 'shop/app'))).toBe(expected);
});

test('an unknown data plane can be any that the mesh has', () => {
  expect(possiblePlanes(world([], SIDECARS))).toEqual(['none', 'sidecar']);
  expect(possiblePlanes(world([], AMBIENT_MESH))).toEqual(['none', 'sidecar', 'ambient']);
  expect(possiblePlanes(world([], {}))).toEqual(['none', 'sidecar', 'ambient']);
});

describe('without a cluster file', () => {
  test.each<[string, Pod, string]>([
    ['labels that ask are believed', { labels: INJECT }, 'sidecar'],
    ['labels of a namespace are believed', { namespace: ENABLED }, 'sidecar'],
    ['labels with a revision are believed', { namespace: { 'istio.io/rev': 'canary' } }, 'sidecar'],
    ['labels that refuse both are believed', { labels: { ...NO_INJECT, ...NOT_AMBIENT } }, 'none'],
    ['ambient is possible where only the sidecar is refused', { labels: NO_INJECT }, 'unknown'],
    ['nothing is known of an undescribed namespace', {}, 'unknown'],
    ['a described namespace without labels is outside', { namespace: {} }, 'none'],
  ])('%s', (_, pod, dataPlane) => {
    expect(decided(pod, {})[0]).toBe(dataPlane);
  });

  test('the reason says that it takes a mesh', () => {
    expect(decided({ labels: INJECT }, {})[1]).toMatch(/if the cluster has a mesh/);
  });
});

test('a cluster without a mesh has no data plane, whatever labels say', () => {
  for (const labels of [INJECT, AMBIENT]) {
    expect(decided({ labels }, { mesh: { mode: 'none' } })).toEqual(['none', 'the cluster has no mesh']);
  }
});

test('two worlds that share a workload do not share the answer', () => {
  const sidecars = world([deployment('shop/app', { labels: INJECT })], SIDECARS);
  const none = world([deployment('shop/app', { labels: INJECT })], { mesh: { mode: 'none' } });
  const shared = workload(sidecars, 'shop/app');
  expect([dataPlaneOf(sidecars, shared), dataPlaneOf(none, shared)]).toEqual(['sidecar', 'none']);
});
