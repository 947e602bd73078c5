import { join } from 'node:path';
import { planOf } from '../../src/plan';
import { CATALOGUE } from '../../src/plan/findings/catalogue';
import type { Finding } from '../../src/plan/result';
import type { ServiceFacts } from '../../src/private/cluster-facts';
import { CERTIFICATES } from './mutations/certificates';
import { CONFIGURATION } from './mutations/configuration';
import type { Mutation } from './mutations/edit';
import { POD } from './mutations/pod';
import { PEER_AUTHENTICATION, POLICIES } from './mutations/policies';
import { everyStack, type Stack, type Tree } from './support/stacks';

const mutations: readonly Mutation[] = [...POD, ...CERTIFICATES, ...CONFIGURATION, ...PEER_AUTHENTICATION, ...POLICIES];
const stacks = everyStack();
/** Where nobody describes the backend of the scenarios, a second time with its description. */
const described = stacks.flatMap(withBackendDescribed);

function findingsOf(manifests: readonly Tree[], { facts, name }: Stack): Finding[] {
  return planOf(
    manifests.map((raw, i) => ({ where: `${name}, document ${i + 1}`, raw })),
    facts,
  ).findings as Finding[];
}

const intact = new Map([...stacks, ...described].map((stack) => [stack, findingsOf(stack.manifests(), stack)]));

function withBackendDescribed(stack: Stack): Stack[] {
  const { name, facts } = stack;
  const unknown = findingsOf(stack.manifests(), stack).some(({ message }) => message.includes('observability/gateway'));
  if (!unknown || !facts.mesh) return [];
  const gateway: ServiceFacts = {
    namespace: 'observability',
    name: 'gateway',
    ports: [{ name: 'grpc-otlp', port: 4317, targetPort: 14317 }],
    podLabels: { app: 'gateway' },
    headless: false,
    clusterIps: [],
    dataPlane: facts.mesh.mode,
  };
  return [{ ...stack, name: `${name}, backend described`, facts: { ...facts, services: [gateway] } }];
}

interface Pair {
  readonly mutation: Mutation;
  readonly stack: Stack;
  readonly found: readonly Finding[];
}

/** What the plan says about the manifests after the mutation and not before; nothing where it does not apply. */
function pairsOf(mutation: Mutation, stack: Stack): Pair[] {
  const broken = { manifests: stack.manifests(), facts: stack.facts };
  if (!mutation.apply(broken)) return [];
  const known = new Set((intact.get(stack) ?? []).map(keyOf));
  const found = findingsOf(broken.manifests, stack).filter((finding) => !known.has(keyOf(finding)));
  return [{ mutation, stack, found }];
}

function keyOf({ code, object, field, message }: Finding): string {
  return [code, object, field, message].join('\n');
}

const pairs = mutations.flatMap((mutation) => {
  const tried = stacks.flatMap((stack) => pairsOf(mutation, stack));
  const names = tried.map(({ stack }) => stack.name);
  // A described backend only matters to what does not apply without.
  const more = described.filter(({ name }) => !names.some((other) => name.startsWith(`${other},`)));
  return [...tried, ...more.flatMap((stack) => pairsOf(mutation, stack))];
});

describe('the plan names the fault', () => {
  test.each(pairs.map(({ mutation, stack, found }) => [mutation.name, mutation.expects, stack.name, found] as const))(
    '%s (%s) in %s',
    (_, expected, __, found) => {
      expect(found.map(({ code }) => code)).toContain(expected);
    },
  );
});

test('each mutation breaks at least one stack', () => {
  const tried = new Set(pairs.map(({ mutation }) => mutation));
  expect(mutations.filter((mutation) => !tried.has(mutation)).map(({ name }) => name)).toEqual([]);
});

/** The findings of intact stacks that are true; see the closing note of each. */
const ACCEPTED: Record<string, readonly string[]> = {
  // Neither the range of pods nor the API server is declared, so nothing can be excluded; docs/istio.md tells what follows.
  'native-sidecar-registry-only': ['CT106', 'CT121'],
};

test.each([...intact].map(([{ name }, found]) => [name, found] as const))(
  '%s has no error and no warning',
  (name, found) => {
    const bad = found.filter(({ severity }) => severity !== 'info');
    expect(bad.map(({ code }) => code)).toEqual(ACCEPTED[name.split(',')[0] ?? ''] ?? []);
  },
);

test('the matrix of mutations and stacks is reviewed', () => {
  expect(matrix()).toMatchFile(join(__dirname, 'mutations/matrix.txt'));
});

/** One line a mutation: its code and the stacks in which it was tried. */
function matrix(): string {
  const columns = [...stacks, ...described];
  const numbered = columns.map(({ name }, i) => `${String(i + 1).padStart(2)} ${name}`);
  const rows = mutations.map((mutation) => {
    const marks = columns.map((stack) =>
      pairs.some((pair) => pair.mutation === mutation && pair.stack === stack) ? 'x' : '.',
    );
    const { severity } = CATALOGUE[mutation.expects];
    return `${marks.join('')}  ${mutation.expects} ${severity.padEnd(7)} ${mutation.place}: ${mutation.name}`;
  });
  return `${['Stacks, in the order of the columns:', ...numbered, '', ...rows].join('\n')}\n`;
}
