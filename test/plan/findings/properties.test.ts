import fc from 'fast-check';
import { planOf } from '../../../src/plan';
import { findingsOf } from '../../../src/plan/findings';
import { CATALOGUE } from '../../../src/plan/findings/catalogue';
import { connectionsOf } from '../../../src/plan/flows';
import { InputError } from '../../../src/plan/input-error';
import { readInventory } from '../../../src/plan/manifests/inventory';
import { Unread } from '../../../src/plan/unread';
import type { Plan } from '../../../src/plan/result';
import { judge } from '../../../src/plan/verdicts';
import { World } from '../../../src/plan/world';
import { scenarios } from '../../scenarios';
import { agent, app, INJECTED, prometheus, pushing, sidecarMesh } from './a-stack';
import { type Stack, stacksOf, type Tree } from '../support/stacks';

const [platform] = stacksOf('example-registry-only', scenarios['example-registry-only']!) as [Stack];

function planned(manifests: readonly Tree[], facts = platform.facts): Plan {
  return planOf(
    manifests.map((raw, i) => ({ where: `test, document ${i + 1}`, raw })),
    facts,
  );
}

/** What a text of somebody can be: values of annotations, fields of configurations. */
const odd = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    '*',
    ',',
    '0',
    '65536',
    '-1',
    '1e9',
    '[',
    '{{ .Values.x }}',
    '${env:',
    '::/0',
    'a'.repeat(5000),
    '9'.repeat(400),
  ),
);

test('no text in an annotation breaks the plan', () => {
  const annotations = [
    ...['includeOutboundPorts', 'excludeOutboundPorts', 'includeOutboundIPRanges', 'excludeOutboundIPRanges'],
    ...['includeInboundPorts', 'excludeInboundPorts'],
  ].map((name) => `traffic.sidecar.istio.io/${name}`);
  const names = [
    ...annotations,
    'proxy.istio.io/config',
    'sidecar.istio.io/userVolumeMount',
    'sidecar.istio.io/proxyCPU',
    'prometheus.io/port',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), odd), (texts) => {
      expectComplete(planned(agent({ annotations: texts }), sidecarMesh()));
    }),
    { numRuns: 150 },
  );
});

test('no value in a manifest breaks the plan', () => {
  const places = leaves(platform.manifests());
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.oneof(odd, fc.jsonValue()), (path, value) => {
      const manifests = platform.manifests();
      replace(manifests, path, value);
      try {
        expectComplete(planned(manifests));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }),
    { numRuns: 150 },
  );
});

test('no expression of an alert hangs', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        odd,
        fc.constantFrom('"'.repeat(19_000), '{'.repeat(50_000), 'a by '.repeat(3_000), '\\"'.repeat(9_000)),
      ),
      (expr) => {
        const config = { scrape_configs: [{ job_name: 'a', static_configs: [{ targets: ['a:1'] }] }] };
        const started = performance.now();
        expectComplete(planned(prometheus({ config, rules: [{ alert: 'A', expr }] })));
        expect(performance.now() - started).toBeLessThan(30_000);
      },
    ),
    { numRuns: 60 },
  );
});

test('the order of manifests does not matter', () => {
  const manifests = platform.manifests();
  const broken = agent({
    namespace: 'telemetry-system',
    annotations: { 'traffic.sidecar.istio.io/includeOutboundPorts': 'x,0443' },
  });
  const all = [...manifests, ...broken];
  const { findings } = planned(all);
  expect(findings.length).toBeGreaterThan(1);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect(planned(shuffled).findings).toEqual(findings);
    }),
    { numRuns: 10 },
  );
});

test('findings grow with the manifests and no faster', () => {
  const many = Array.from({ length: 400 }, (_, i) => [
    ...app(`app-${i}`, 'shop', INJECTED, [{ port: 8080 }]),
    policy(`app-${i}`),
    authentication(`app-${i}`),
  ]).flat();
  const facts = sidecarMesh();
  const documents = [...agent({ config: pushing('http://app-1.shop:8080') }), ...many].map((raw) => ({
    where: 'test',
    raw,
  }));
  const unread = new Unread();
  const world = new World(readInventory(documents, facts, unread), facts);
  const { connections, programs } = connectionsOf(world, unread);
  const judged = connections.map((connection) => judge(world, connection));
  const started = performance.now();
  expect(findingsOf(world, programs, judged).flows).toHaveLength(connections.length);
  expect(performance.now() - started).toBeLessThan(30_000);
});

function policy(name: string): Tree {
  const rule = { from: [{ podSelector: { matchLabels: { app: 'x' } } }], ports: [{ port: 8080, protocol: 'TCP' }] };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: name } }, policyTypes: ['Ingress'], ingress: [rule] },
  };
}

function authentication(name: string): Tree {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { matchLabels: { app: name } }, portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } },
  };
}

/** Every finding is one of the catalogue, and says what and what to do. */
function expectComplete({ findings, flows }: Plan): void {
  for (const { code, object, message, fix } of findings) {
    expect(Object.keys(CATALOGUE)).toContain(code);
    expect(object).not.toBe('');
    for (const text of [message, fix]) expect(text).toMatch(/^\S.*[.!]$/s);
    expect(`${message} ${fix}`).not.toMatch(/undefined|\[object|NaN/);
  }
  const codes = new Set(findings.map(({ code }) => code));
  expect(flows.flatMap((flow) => flow.findings).filter((code) => !codes.has(code))).toEqual([]);
}

type Path = readonly (string | number)[];

function leaves(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [path];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, [...path, key]));
}

function replace(root: unknown, path: Path, value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => (node as Tree)[key], root) as Tree;
  parent[path.at(-1)!] = value;
}
