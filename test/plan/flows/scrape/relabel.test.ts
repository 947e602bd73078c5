import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { apply } from '../../../../src/plan/flows/scrape/relabel/apply';
import { LabelSet } from '../../../../src/plan/flows/scrape/relabel/label-set';
import { readRules } from '../../../../src/plan/flows/scrape/relabel/rule';
import { Unread } from '../../../../src/plan/unread';

/** Rules and what Prometheus itself made of the same labels. */
interface Recorded {
  readonly origin: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cases: readonly ({ readonly rules: readonly object[] } & Result)[];
}

const recorded = JSON.parse(readFileSync(join(__dirname, 'prometheus-relabel.json'), 'utf8')) as Recorded;

type Result = { labels: Record<string, string> } | { dropped: true } | { refused: true };

function relabelled(rules: readonly object[], labels: Readonly<Record<string, string>>): Result {
  const read = readRules(new Unread().reader('object', 'relabel_configs', rules));
  if ('reason' in read) return { refused: true };
  const set = new LabelSet([new Map(Object.entries(labels))]);
  if (!read.rules.every((rule) => apply(rule, set))) return { dropped: true };
  return { labels: Object.fromEntries(set.entries()) };
}

describe(`relabelling answers as ${recorded.origin} did`, () => {
  test.each(recorded.cases.map((one) => [JSON.stringify(one.rules), one] as const))(
    '%s',
    (_, { rules, ...expected }) => {
      expect(relabelled(rules, recorded.labels)).toEqual(expected);
    },
  );
});

test('a dot is any character, as since Prometheus 3', () => {
  const rules = [{ source_labels: ['a'], regex: 'x.y', action: 'keep' }];
  expect(relabelled(rules, { a: 'x\ny' })).toEqual({ labels: { a: 'x\ny' } });
});

test('an invalid expression is named with its place', () => {
  const rules = [{ target_label: 'a' }, { source_labels: ['a'], regex: '(', action: 'keep' }];
  expect(readRules(new Unread().reader('object', 'job.relabel_configs', rules))).toEqual({
    field: 'job.relabel_configs[1].regex',
    reason: expect.stringContaining('invalid regular expression "("') as string,
  });
});

test('rules that contain an unknown value are not followed', () => {
  const rules = [{ source_labels: ['a'], regex: '<unknown env:ZONE>', action: 'keep' }];
  expect(readRules(new Unread().reader('object', 'rules', rules))).toEqual({
    field: 'rules[0]',
    reason: 'relabelling depends on the value of env:ZONE, which is not known',
  });
});

test('whatever the rules, relabelling ends and leaves no empty label', () => {
  const name = fc.constantFrom('a', 'b', '__address__');
  const text = fc.string({ maxLength: 12 });
  const rule = fc.record(
    {
      action: fc.constantFrom('replace', 'labelmap', 'labelkeep', 'hashmod', 'keep', 'uppercase'),
      source_labels: fc.array(name, { maxLength: 3 }),
      target_label: fc.oneof(name, text),
      regex: fc.oneof(text, fc.constantFrom('(.*)', '(.+)', '(a+)+', '((a*)*)*b')),
      replacement: fc.oneof(text, fc.constantFrom('$1', '${1}${2}', '$$')),
      modulus: fc.integer(),
    },
    { requiredKeys: ['action'] },
  );
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 4 }), fc.dictionary(name, text), (rules, labels) => {
      const result = relabelled(rules, labels);
      if ('labels' in result) expect(Object.values(result.labels)).not.toContain('');
    }),
  );
});
