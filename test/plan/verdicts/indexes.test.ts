import type { Selector } from '../../../src/plan/inventory';
import { HostIndex } from '../../../src/plan/verdicts/host-index';
import { LabelIndex } from '../../../src/plan/verdicts/label-index';

/** A thousand of them must not be compared with a thousand pods or hosts: the plan would not be linear in the manifests. */
const numbers = Array.from({ length: 1000 }, (_, i) => i);

describe('objects by label', () => {
  const one = (matchLabels: Record<string, string>): Selector => ({ matchLabels, matchExpressions: [] });

  test('a pod meets those that ask for its rarest label only', () => {
    const index = new LabelIndex(numbers, (i) => one({ team: 'a', app: `app-${i}` }));
    expect(index.candidates({ team: 'a', app: 'app-7' })).toEqual([7]);
  });

  test('those that ask for no value of a label are met by all', () => {
    const exists: Selector = { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'Exists', values: [] }] };
    const index = new LabelIndex([one({}), exists, one({ app: 'a' })], (selector) => selector);
    expect(index.candidates({ app: 'b' })).toEqual([one({}), exists]);
  });

  test('of several values each counts', () => {
    const among: Selector = { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] };
    const index = new LabelIndex([among], (selector) => selector);
    expect(index.candidates({ app: 'b' })).toEqual([among]);
    expect(index.candidates({ app: 'c' })).toEqual([]);
  });

  test('a label that only running pods have rules nobody out', () => {
    const ofOnePod = one({ app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' });
    const index = new LabelIndex([ofOnePod], (selector) => selector);
    expect(index.candidates({ app: 'db' })).toEqual([ofOnePod]);
  });

  test('where the first wins they come in the order of the manifests', () => {
    const index = new LabelIndex([1, 2, 3], (i) => (i === 2 ? one({}) : one({ app: 'a' })));
    expect(index.orderedCandidates({ app: 'a' })).toEqual([1, 2, 3]);
  });
});

describe('objects by host', () => {
  test('a name meets those for it and those with a wildcard', () => {
    const index = new HostIndex(numbers, (i) => [i === 3 ? '*.example.com' : `app-${i}.example.com`]);
    expect(index.candidates('app-7.example.com')).toEqual([3, 7]);
  });

  test('names are compared without case, and each object is met once', () => {
    const index = new HostIndex(['a'], () => ['App.example.com', 'app.Example.com', '*']);
    expect(index.candidates('APP.example.com')).toEqual(['a']);
  });
});
