// The command `plan` as a whole process against what it costs only to read the same manifests with js-yaml, and against another
// analyser (netpol-analyzer, if Go is there), at 100 and 1,000 workloads with as many Services and policies.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './support/programs.mjs';
import { cpuSecondsOf, exponent, measure, median, ratio, withInstalledLibrary } from './support/whole-process.mjs';

const rounds = Number(process.env.PAIRS ?? 5);
const sizes = [100, 1000];

await withInstalledLibrary((directory) => {
  const floor = join(directory, 'floor.cjs');
  writeFileSync(
    floor,
    `const { readFileSync } = require('node:fs');
require(${JSON.stringify(join(root, 'node_modules/js-yaml'))}).loadAll(readFileSync(process.argv[2], 'utf8'));
`,
  );
  const command = join(directory, 'node_modules/cdk8s-telemetry/lib/cli.js');
  const analyser = buildAnalyser(directory);
  const cost = sizes.map((size) => {
    const file = join(directory, `${size}.yaml`);
    writeFileSync(file, manifests(size));
    const runs = Array.from({ length: rounds }, () => ({
      floor: measure(directory, [floor, file]),
      plan: measure(directory, [command, 'plan', file, '--fail-on', 'never', '--output', join(directory, 'plan.md')]),
    }));
    const seconds = (name) => runs.map((run) => run[name].cpuSeconds);
    const plan = median(seconds('plan'));
    console.log(`${size} workloads: ${ratio(seconds('plan'), seconds('floor')).toFixed(2)} of parsing alone`);
    console.log(`  ${plan.toFixed(2)} CPU s, ${Math.max(...runs.map((run) => run.plan.mebibytes)).toFixed(0)} MiB`);
    if (analyser)
      console.log(`  ${(plan / cpuSecondsOf([analyser, 'list', '--dirpath', file])).toFixed(3)} of netpol-analyzer`);
    return plan;
  });
  console.log(`exponent from ${sizes[0]} to ${sizes[1]} workloads: ${exponent(sizes, cost).toFixed(2)}`);
});

/** Applications of twenty to a namespace, each with a Service, a policy, a probe and an upstream. */
function manifests(count) {
  const namespaceOf = (i) => `ns-${Math.floor(i / 20)}`;
  return Array.from({ length: count }, (_, i) => {
    const upstream = (i + 1) % count;
    return `apiVersion: apps/v1
kind: Deployment
metadata: { name: app-${i}, namespace: ${namespaceOf(i)} }
spec:
  selector: { matchLabels: { app: app-${i} } }
  template:
    metadata:
      labels: { app: app-${i}, tier: t${i % 5} }
    spec:
      containers:
        - name: app
          image: registry.example/app:${i}
          ports: [{ containerPort: 8080, name: http }]
          env: [{ name: UPSTREAM_URL, value: "http://app-${upstream}.${namespaceOf(upstream)}:80" }]
          readinessProbe: { httpGet: { path: /, port: http } }
---
apiVersion: v1
kind: Service
metadata: { name: app-${i}, namespace: ${namespaceOf(i)} }
spec: { selector: { app: app-${i} }, ports: [{ port: 80, targetPort: http }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: app-${i}, namespace: ${namespaceOf(i)} }
spec:
  podSelector: { matchLabels: { app: app-${i} } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ namespaceSelector: {}, podSelector: { matchLabels: { tier: t${(i + 4) % 5} } } }]
      ports: [{ port: 8080 }]
  egress: [{ to: [{ namespaceSelector: {}, podSelector: {} }] }]
`;
  }).join('---\n');
}

/** The command of the module that the conformance tests use as a library. */
function buildAnalyser(directory) {
  if (spawnSync('go', ['version']).status !== 0) return undefined;
  const program = join(directory, 'netpol-analyzer');
  const cwd = join(root, 'test/conformance/kubernetes');
  const flags = ['build', '-mod=mod', '-o', program, 'github.com/np-guard/netpol-analyzer/cmd/netpolicy'];
  const built = spawnSync('go', flags, { cwd, env: { ...process.env, CGO_ENABLED: '0' } });
  return built.status === 0 ? program : undefined;
}
