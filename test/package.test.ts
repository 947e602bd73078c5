import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What somebody gets who installs the package: packed and installed once, then looked at from outside. */
const root = join(__dirname, '..');
const consumer = mkdtempSync(join(tmpdir(), 'consumer-'));
const environment = { ...process.env, JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };

function run(command: string, args: string[], cwd = consumer): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: environment });
}

interface Packed {
  filename: string;
  files: { path: string }[];
}
let packed: Packed;

beforeAll(() => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  packed = pack();
  const peers = ['cdk8s', 'cdk8s-plus-28', 'constructs'].map((name) => `${name}@${devDependencies[name] ?? ''}`);
  writeFileSync(join(consumer, 'package.json'), '{"private": true}');
  cpSync(join(root, '.npmrc'), join(consumer, '.npmrc'));
  run('npm', ['install', '--prefer-offline', `./${packed.filename}`, ...peers]);
}, 300_000);

afterAll(() => {
  rmSync(consumer, { recursive: true });
});

/** Packs without the prepack script's chatter on stdout. */
function pack(): Packed {
  run('npm', ['run', 'build'], root);
  const [tarball] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', consumer], root),
  ) as Packed[];
  if (!tarball) throw new Error('npm pack made no tarball');
  return tarball;
}

test('the tarball holds what a consumer needs and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const others = paths.filter((path) => !/^lib\/(src|imports)\/.+\.d\.ts$|^docs\/.+\.md$/.test(path));
  expect(others.sort()).toEqual(
    [
      '.jsii',
      'API.md',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'lib/cli.js',
      'lib/index.js',
      'lib/plan.js',
      'package.json',
      'THIRD-PARTY.md',
    ].sort(),
  );
});

const app = `
import { App } from 'cdk8s';
import { BackendPlacement, Cluster, PipelineBackend, TelemetryChart, TrafficPlan } from 'cdk8s-telemetry';

const app = new App();
const chart = new TelemetryChart(app, 'telemetry', {
  namespace: 'telemetry-system',
  cluster: Cluster.fromFile('cluster.yaml'),
});
chart.addBackend(PipelineBackend.otlpGrpc(chart, 'gateway', {
  url: 'http://gateway.observability:4317',
  placement: BackendPlacement.inCluster(),
}));
TrafficPlan.enforce(app);
app.synth();
`;

test('a project that installs it synthesizes a chart, and its types hold without skipLibCheck', () => {
  writeFileSync(join(consumer, 'main.ts'), app);
  writeFileSync(join(consumer, 'cluster.yaml'), 'mesh: { mode: none }\n');
  mkdirSync(join(consumer, 'out'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  run('node', [tsc, '--strict', '--module', 'node16', '--target', 'es2022', ...types, '--outDir', 'out', 'main.ts']);
  run('node', ['out/main.js']);
  expect(readFileSync(join(consumer, 'dist/telemetry.k8s.yaml'), 'utf8')).toBe(
    readFileSync(join(root, 'test/goldens/example-minimal.yaml'), 'utf8'),
  );
  expect(readFileSync(join(consumer, 'dist/traffic.md'), 'utf8')).toBe(
    readFileSync(join(root, 'test/goldens/example-minimal.traffic.md'), 'utf8'),
  );
}, 120_000);

test('an ES module imports it by name', () => {
  const script = `import { TelemetryChart, IstioMesh } from 'cdk8s-telemetry'; console.log(typeof TelemetryChart, typeof IstioMesh)`;
  expect(run('node', ['--input-type=module', '-e', script])).toBe('function function\n');
});

test('nothing is exported that API.md does not explain', () => {
  const names = JSON.parse(run('node', ['-p', "JSON.stringify(Object.keys(require('cdk8s-telemetry')))"])) as string[];
  const api = readFileSync(join(consumer, 'node_modules/cdk8s-telemetry/API.md'), 'utf8');
  expect(names.filter((name) => !new RegExp(`^### ${name} `, 'm').test(api))).toEqual([]);
});

test('an uncaught refusal is not lost in our code', () => {
  const script = `
    const { App } = require('cdk8s');
    const { Cluster, IstioMesh, TelemetryChart } = require('cdk8s-telemetry');
    new TelemetryChart(new App(), 'telemetry', { namespace: 'Telemetry', cluster: Cluster.of({ mesh: IstioMesh.none() }) });`;
  const { stderr } = spawnSync('node', ['-e', script], { cwd: consumer, encoding: 'utf8' });
  expect(stderr).toContain('Error: telemetry: namespace: got "Telemetry"');
  expect(stderr.length).toBeLessThan(3000);
});

test('the command plans what was synthesized, and finds its version', () => {
  const command = join(consumer, 'node_modules/.bin/cdk8s-telemetry');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(run(command, ['--version'])).toBe(`${version}\n`);
  expect(run(command, ['plan', 'dist', '--cluster', 'cluster.yaml'])).toBe(
    readFileSync(join(root, 'test/goldens/example-minimal.traffic.md'), 'utf8'),
  );
});

test('the entry point loads cdk8s and constructs only, and nothing of cdk8s-plus', () => {
  const script = `
    require('cdk8s'); require('constructs');
    const before = new Set(Object.keys(require.cache));
    require('cdk8s-telemetry');
    const added = Object.keys(require.cache).filter((file) => !before.has(file));
    console.log(JSON.stringify(added.filter((file) => !/cdk8s-telemetry.lib/.test(file))));`;
  expect(JSON.parse(run('node', ['-e', script]))).toEqual([]);
});
