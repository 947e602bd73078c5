import { array, assert, constantFrom, property, record, shuffledSubarray, tuple } from 'fast-check';
import type { Destination } from '../../../../src/plan/connection';
import { policyVerdict } from '../../../../src/plan/verdicts/network-policy';
import type { PlanFacts } from '../../../../src/plan/world';
import { block, connection, policy, tcp } from './builders';
import { client, clusterWith, FACTS } from './cast';

const range = constantFrom(
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.10.0.0/16',
  '10.10.0.4/32',
  '10.96.0.0/12',
  '203.0.113.0/24',
  '::/0',
);
const ranges = array(tuple(range, array(range, { maxLength: 2 })), { minLength: 1, maxLength: 2 });
const addressRules = array(record({ ranges, port: constantFrom(undefined, 443, 6443, 10250) }), {
  minLength: 1,
  maxLength: 3,
});
const destination = constantFrom<Destination>(
  { kind: 'kubelet' },
  { kind: 'kubernetes-api' },
  { kind: 'external', host: 'vendor.example' },
  { kind: 'external', host: '203.0.113.7' },
);

test('declaring addresses changes no verdict that was certain without them', () => {
  const seen = new Set<string>();
  const keys = shuffledSubarray(['podCidrs', 'nodeCidrs', 'serviceCidrs', 'apiServer'] as const);
  assert(
    property(addressRules, destination, constantFrom(443, 10250), keys, (wanted, to, dialled, forget) => {
      const rules = wanted.map((each) => ({
        peers: each.ranges.map(([cidr, except]) => block(cidr, ...except)),
        ports: [tcp(each.port)],
      }));
      const verdictWith = (facts: Partial<PlanFacts>) =>
        policyVerdict(
          clusterWith([policy('shop/out', { egress: rules })], facts),
          connection(client, to, { port: dialled }),
          dialled,
        ).verdict;
      const rough = verdictWith(
        Object.fromEntries(Object.entries(FACTS).filter(([key]) => !forget.some((each) => each === key))),
      );
      seen.add(rough);
      if (rough !== 'unknown') expect(verdictWith(FACTS)).toBe(rough);
    }),
    { numRuns: 800 },
  );
  expect(seen.size).toBe(3);
});
