import type { Requirement } from '../../../src/plan/inventory';
import { type KnownLabels, labelsTruth, selectorTruth } from '../../../src/plan/pods/selectors';

const known = (labels: Record<string, string>, more: Partial<KnownLabels> = {}): KnownLabels => ({
  ...{ labels, complete: true },
  ...more,
});
const one = (key: string, operator: Requirement['operator'], ...values: string[]) => ({
  matchLabels: {},
  matchExpressions: [{ key, operator, values }],
});

test('no requirement takes everything', () => {
  expect(labelsTruth({}, known({}))).toBe('yes');
  expect(selectorTruth({ matchLabels: {}, matchExpressions: [] }, known({}, { complete: false }))).toBe('yes');
});

test('every requirement must hold', () => {
  const pod = known({ app: 'a', tier: 'b' });
  expect(labelsTruth({ app: 'a', tier: 'b' }, pod)).toBe('yes');
  expect(labelsTruth({ app: 'x', tier: 'b' }, pod)).toBe('no');
  expect(labelsTruth({ app: 'a', tier: 'x' }, pod)).toBe('no');
  expect(selectorTruth({ ...one('tier', 'Exists'), matchLabels: { app: 'x' } }, pod)).toBe('no');
  expect(selectorTruth({ ...one('tier', 'DoesNotExist'), matchLabels: { app: 'a' } }, pod)).toBe('no');
});

test('one that is not known leaves it open, unless another one fails', () => {
  const pod = known({ app: 'a' }, { complete: false });
  expect(labelsTruth({ app: 'a', tier: 'b' }, pod)).toBe('unknown');
  expect(labelsTruth({ tier: 'b', app: 'x' }, pod)).toBe('no');
});

test.each([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
  'security.istio.io/tlsMode',
  'service.istio.io/canonical-name',
  'service.istio.io/canonical-revision',
  'statefulset.kubernetes.io/pod-name',
])('whether a running pod has the label %s no manifest shows', (label) => {
  expect(selectorTruth(one(label, 'Exists'), known({}))).toBe('unknown');
  expect(selectorTruth(one('app', 'Exists'), known({}))).toBe('no');
  expect(selectorTruth(one(label, 'In', 'x'), known({ [label]: 'x' }))).toBe('yes');
});

describe('of a label that has none of certain values', () => {
  const elsewhere = known({}, { complete: false, excluded: { key: 'name', values: ['a', 'b'] } });

  test.each<[string, ReturnType<typeof one>, string]>([
    ['another one', one('name', 'In', 'c'), 'unknown'],
    ['one of them', one('name', 'In', 'a'), 'no'],
    ['several of them', one('name', 'In', 'a', 'b'), 'no'],
    ['one of them or another one', one('name', 'In', 'a', 'c'), 'unknown'],
    ['none of them', one('name', 'NotIn', 'a', 'b'), 'yes'],
    ['neither one of them nor another one', one('name', 'NotIn', 'a', 'c'), 'unknown'],
    ['any value', one('name', 'Exists'), 'unknown'],
    ['no value', one('name', 'DoesNotExist'), 'unknown'],
    ['another label', one('team', 'In', 'a'), 'unknown'],
  ])('can be asked: %s', (_, selector, expected) => {
    expect(selectorTruth(selector, elsewhere)).toBe(expected);
  });
});
