import { acknowledge, type Acknowledgement } from '../../../src/plan/findings/acknowledge';
import { finding } from '../report/plans';

const reasons = (entry: Partial<Acknowledgement>, ...rows: Parameters<typeof finding>) =>
  acknowledge([finding(...rows)], [{ code: 'CT101', reason: 'agreed', ...entry }]).map(
    ({ code, acknowledged }) => `${code} ${acknowledged ?? 'open'}`,
  );

test('code alone accepts it everywhere', () => {
  expect(reasons({})).toEqual(['CT101 agreed']);
});

test('object and field narrow it', () => {
  const { object, field } = finding();
  expect(reasons({ object, field })).toEqual(['CT101 agreed']);
  expect(reasons({ object: `${object}-2` })).toEqual(['CT101 open', 'CT900 open']);
  expect(reasons({ field: `${field}[0]` })).toEqual(['CT101 open', 'CT900 open']);
});

test('an entry that fits nothing is a warning at its place, in the words of the entry', () => {
  const [unused] = acknowledge([], [
    { code: 'CT101', object: 'Pod/ns/a', field: 'spec', reason: 'agreed', source: 'accepted.yaml' },
  ]); // prettier-ignore
  expect(unused).toEqual({
    code: 'CT900',
    severity: 'warning',
    object: 'accepted.yaml',
    field: '[0]',
    message: 'The acknowledgement of CT101 Pod/ns/a spec fits no finding.',
    fix: 'Remove it, or correct it: otherwise it hides the next finding that it fits.',
    acknowledged: null,
  });
});

test('of several entries for one finding the first gives the reason, and none is unused', () => {
  const entries = [
    { code: 'CT101', reason: 'first' },
    { code: 'CT101', reason: 'second' },
  ];
  expect(acknowledge([finding()], entries)).toEqual([finding({ acknowledged: 'first' })]);
});

test('findings stay in their order and are not changed in place', () => {
  const findings = Object.freeze([Object.freeze(finding({ code: 'CT102' })), Object.freeze(finding())]);
  expect(acknowledge(findings, [{ code: 'CT101', reason: 'agreed' }])).toEqual([
    finding({ code: 'CT102' }),
    finding({ acknowledged: 'agreed' }),
  ]);
});
