import { App, YamlOutputType } from 'cdk8s';
import { assert, constantFrom, integer, property, record, shuffledSubarray, tuple, uniqueArray } from 'fast-check';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BackendPlacement,
  Cluster,
  Interception,
  IstioMesh,
  MetricInput,
  MtlsMode,
  PipelineBackend,
  SecretRef,
  TelemetryChart,
} from '../src';
import { ISTIO_RESERVED_PORTS } from '../src/private/ports';
import { render, scenarios } from './scenarios';
import { type Json, type Manifest, manifest, manifestsOf, templateOf } from './support/manifests';

/** What decides the shape of a stack; every combination is legal. */
const stacks = record({
  mesh: constantFrom(
    IstioMesh.none(),
    IstioMesh.ambient(),
    IstioMesh.sidecar({ dualStack: true }),
    IstioMesh.sidecar({ mtls: MtlsMode.STRICT, nativeSidecars: true, dualStack: true }),
    IstioMesh.sidecar({ namespaceMtls: { shop: MtlsMode.STRICT }, istioCni: true, dualStack: true }),
  ),
  interception: constantFrom(Interception.EVERY_BACKEND, Interception.MESH_BACKENDS, Interception.SERVICE_CIDRS),
  podCidrs: constantFrom<string[][]>([], ['10.244.0.0/16'], ['fd00::/48', '10.244.0.0/16']),
  inputs: shuffledSubarray([MetricInput.runtime(), MetricInput.prometheus(), MetricInput.istio()], { minLength: 1 }),
  backends: uniqueArray(
    record({
      name: constantFrom('a', 'b', 'b-b', 'a--b', 'c0'),
      port: integer({ min: 1, max: 65535 }).filter((port) => !ISTIO_RESERVED_PORTS.includes(port)),
      outside: constantFrom(true, false),
      headers: uniqueArray(constantFrom('x-a', 'x_a', 'x.a', 'authorization')),
    }),
    { selector: ({ name }) => name, minLength: 1 },
  ),
});
type Stack = typeof stacks extends { generate(...args: never): { value: infer T } } ? T : never;

/** There are no sidecars to scrape without a mesh. */
function legalInputs({ mesh, inputs }: Stack): MetricInput[] {
  const legal = inputs.filter((input) => mesh._facts.mode !== 'none' || input._model.kind !== 'istio');
  return legal.length > 0 ? legal : [MetricInput.runtime()];
}

function build(app: App, stack: Stack): void {
  const chart = new TelemetryChart(app, 'telemetry', {
    namespace: 'telemetry-system',
    cluster: Cluster.of({ mesh: stack.mesh, podCidrs: stack.podCidrs, serviceCidrs: ['10.96.0.0/16'] }),
    inputs: legalInputs(stack),
    agent: { interception: stack.interception },
    manager: { image: 'registry.example/manager:1' },
  });
  for (const { name, port, outside, headers } of stack.backends) {
    const inside = stack.mesh._facts.mode === 'none' ? BackendPlacement.inCluster() : BackendPlacement.inMesh();
    chart.addBackend(
      PipelineBackend.otlpHttp(chart, name, {
        url: outside ? `https://${name}.vendor.example:${port}` : `http://${name}.obs:${port}`,
        placement: outside ? BackendPlacement.external() : inside,
        headers: Object.fromEntries(headers.map((header) => [header, SecretRef.of('secret', 'token')])),
      }),
    );
  }
}

function forEveryStack(check: (manifests: Manifest[], stack: Stack) => void): void {
  assert(
    property(stacks, (stack) => {
      const app = new App();
      build(app, stack);
      check(manifestsOf(app), stack);
    }),
    { numRuns: 60 },
  );
}

const workloads = (manifests: Manifest[]) =>
  manifests.filter(({ kind }) => ['DaemonSet', 'StatefulSet', 'Deployment'].includes(kind));

test('synthesizing twice gives the same bytes', () => {
  for (const scenario of Object.values(scenarios)) expect(render(scenario)).toBe(render(scenario));
  const app = new App();
  scenarios['example-platform']?.(app);
  expect(app.synthYaml()).toBe(app.synthYaml());
});

test('the order in which backends, inputs and headers are given changes nothing', () => {
  const shuffled = stacks.chain((stack) =>
    tuple(
      constantFrom(stack),
      shuffledSubarray(stack.backends, { minLength: stack.backends.length }),
      shuffledSubarray(stack.inputs, { minLength: stack.inputs.length }),
    ),
  );
  assert(
    property(shuffled, ([stack, backends, inputs]) => {
      const reordered = {
        ...stack,
        inputs,
        backends: backends.map((backend) => ({ ...backend, headers: [...backend.headers].reverse() })),
      };
      expect(
        render((app) => {
          build(app, reordered);
        }),
      ).toBe(
        render((app) => {
          build(app, stack);
        }),
      );
    }),
    { numRuns: 40 },
  );
});

test('with a file for each resource no object takes the file of another', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'resources-'));
  const yamlOutputType = YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
  for (const [name, scenario] of Object.entries(scenarios)) {
    const app = new App({ outdir: join(outdir, name), yamlOutputType });
    scenario(app);
    app.synth();
    const files = readdirSync(app.outdir, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.yaml'),
    );
    expect([name, files.length]).toEqual([name, manifestsOf(app).length]);
  }
  rmSync(outdir, { recursive: true });
});

test('every pod runs on Linux nodes', () => {
  forEveryStack((manifests) => {
    for (const workload of workloads(manifests)) {
      expect(templateOf(workload).spec.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    }
  });
});

test('every selector selects the pods of its workload', () => {
  forEveryStack((manifests) => {
    for (const workload of workloads(manifests)) {
      const { matchLabels } = workload.spec?.selector as { matchLabels: Record<string, string> };
      expect(templateOf(workload).metadata.labels).toMatchObject(matchLabels);
    }
    const labels = workloads(manifests).map((workload) => templateOf(workload).metadata.labels);
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      const selector = Object.entries(service.spec?.selector as Record<string, string>);
      expect(labels.filter((pod) => selector.every(([key, value]) => pod[key] === value))).toHaveLength(1);
    }
  });
});

test('every mount has a volume and every volume a mount', () => {
  forEveryStack((manifests) => {
    for (const workload of workloads(manifests)) {
      const { containers, volumes = [] } = templateOf(workload).spec;
      const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      expect(mounts.sort()).toEqual(volumes.map(({ name }) => name).sort());
    }
  });
});

test('an interception list is sorted, unique and canonical', () => {
  forEveryStack((manifests) => {
    const annotations = templateOf(manifest(manifests, 'DaemonSet')).metadata.annotations ?? {};
    const list = annotations['traffic.sidecar.istio.io/includeOutboundPorts'];
    if (list === undefined) return;
    const ports = list.split(',').map(Number);
    expect(list).toBe([...new Set(ports)].sort((a, b) => a - b).join(','));
  });
});

test('the five places agree: no certificate without a sidecar that writes it', () => {
  forEveryStack((manifests) => {
    const { metadata, spec } = templateOf(manifest(manifests, 'DaemonSet'));
    const writes = metadata.annotations?.['proxy.istio.io/config']?.includes('OUTPUT_CERTS') ?? false;
    const reads = JSON.stringify(manifests).includes('/etc/prom-certs/root-cert.pem');
    const mounts = spec.volumes?.some(({ name }) => name === 'istio-certs') ?? false;
    expect([reads, mounts]).toEqual([writes, writes]);
    if (writes) expect(metadata.labels['sidecar.istio.io/inject']).toBe('true');
  });
});

test('no policy rule is open to everybody', () => {
  forEveryStack((manifests) => {
    for (const { spec } of manifests.filter(({ kind }) => kind === 'NetworkPolicy')) {
      const { ingress, egress } = spec as unknown as Record<'ingress' | 'egress', Record<string, Json[]>[]>;
      const peers = [...ingress.map(({ from }) => from), ...egress.map(({ to }) => to)];
      for (const list of peers) {
        expect(list?.length).toBeGreaterThan(0);
        expect(list).not.toContainEqual({});
      }
    }
  });
});

test('no credential is in the output: no Secret, and no literal in an environment but the known ones', () => {
  forEveryStack((manifests) => {
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
    const environment = workloads(manifests).flatMap((w) => templateOf(w).spec.containers.flatMap(({ env }) => env));
    const literals = environment.filter(({ value }) => value !== undefined).map(({ name }) => name);
    expect(new Set(literals)).toEqual(new Set(['GOMEMLIMIT', 'PROMETHEUS_URL']));
  });
});
