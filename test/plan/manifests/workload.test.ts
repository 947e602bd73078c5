import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { only, read, refusal } from './reading';

const everyKind = read(readFileSync(join(__dirname, 'every-kind.yaml'), 'utf8'));
const workload = (id: string) => only(everyKind.inventory.workloads.filter((candidate) => candidate.id === id));
const full = workload('StatefulSet/shop/full');
const main = only(full.pod.containers.filter(({ name }) => name === 'main'));

describe('a workload', () => {
  test.each([
    ['v1', 'ReplicationController'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'ReplicaSet'],
    ['batch/v1', 'Job'],
  ])('of %s %s has its pods in spec.template', (apiVersion, kind) => {
    const { inventory } = read(`
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: a, namespace: b, labels: {own: label}}
spec: {template: {metadata: {labels: {of: pods}}, spec: {containers: [{name: main}]}}}`);
    expect(only(inventory.workloads)).toMatchObject({
      id: `${kind}/b/a`,
      kind,
      namespace: 'b',
      name: 'a',
      template: 'spec.template',
      ownLabels: { own: 'label' },
      labels: { of: 'pods' },
      pod: { containers: [{ name: 'main', field: 'spec.template.spec.containers[0]' }] },
    });
  });

  test('of a CronJob has them deeper, and a Pod is its own', () => {
    expect(workload('CronJob/shop/nightly')).toMatchObject({
      template: 'spec.jobTemplate.spec.template',
      labels: { app: 'nightly' },
      ownLabels: {},
      pod: { containers: [{ field: 'spec.jobTemplate.spec.template.spec.containers[0]' }] },
    });
    expect(workload('Pod/shop/bare')).toMatchObject({
      template: '',
      labels: { app: 'bare' },
      annotations: { note: 'x' },
      pod: { containers: [{ field: 'spec.containers[0]' }] },
    });
  });

  test('without namespace is in default', () => {
    const { inventory } = read('{apiVersion: v1, kind: Pod, metadata: {name: a}}');
    expect(only(inventory.workloads)).toMatchObject({ id: 'Pod/default/a', namespace: 'default' });
  });

  test('that is named when it is created keeps a star', () => {
    const { inventory } = read('{apiVersion: batch/v1, kind: Job, metadata: {generateName: migrate-}}');
    expect(only(inventory.workloads).id).toBe('Job/default/migrate-*');
  });

  test('keeps labels and annotations of its own apart from those of its pods', () => {
    expect(full).toMatchObject({
      ownLabels: { own: 'label' },
      ownAnnotations: { own: 'annotation' },
      labels: { app: 'full' },
      annotations: { 'sidecar.istio.io/inject': 'true' },
    });
  });
});

describe('a pod', () => {
  test('has host network, account, user and tolerations', () => {
    expect(workload('Pod/shop/bare').pod).toMatchObject({
      hostNetwork: true,
      serviceAccount: 'bare',
      runAsUser: 1000,
      runAsGroup: 2000,
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
      volumes: [],
    });
  });

  test('has the defaults of Kubernetes otherwise', () => {
    const { pod } = workload('CronJob/shop/nightly');
    expect(pod).toMatchObject({ hostNetwork: false, serviceAccount: 'default', tolerations: [], volumes: [] });
    expect(pod).not.toHaveProperty('runAsUser');
  });

  test('has init containers first, and knows those that keep running', () => {
    expect(full.pod.containers.map(({ name, init, restartable }) => [name, init, restartable])).toEqual([
      ['setup', true, false],
      ['proxy', true, true],
      ['main', false, false],
      ['second', false, false],
    ]);
  });

  test('has no native sidecar among its ordinary containers', () => {
    const spec = '{containers: [{name: a, restartPolicy: Always}]}';
    const { inventory } = read(`{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: ${spec}}`);
    expect(only(inventory.workloads).pod.containers).toMatchObject([{ restartable: false }]);
  });

  test('has volumes with the files in them', () => {
    const fromConfig = { type: 'configMap', name: 'config', items: { a: 'b' }, optional: true };
    const fromSecret = { type: 'secret', name: 'secret', items: {}, optional: false };
    expect(full.pod.volumes).toEqual([
      { name: 'config', type: 'configMap', sources: [fromConfig] },
      { name: 'secret', type: 'secret', sources: [fromSecret] },
      { name: 'tmp', type: 'emptyDir', medium: 'Memory', sources: [] },
      { name: 'default', type: 'emptyDir', sources: [] },
      { name: 'host', type: 'other', sources: [] },
      { name: 'all', type: 'projected', sources: [{ ...fromConfig, items: { c: 'd' }, optional: false }, fromSecret] },
      { name: 'storage', type: 'other', sources: [] },
    ]);
  });
});

describe('a container', () => {
  test('has command, arguments, user, environment, ports and mounts', () => {
    expect(main).toMatchObject({
      image: 'full:1',
      command: ['run'],
      args: ['--config=/etc/config/config.yaml'],
      runAsUser: 0,
      runAsGroup: 1337,
      env: [
        { name: 'A', value: 'b' },
        { name: 'EMPTY', value: '' },
        { name: 'IP', fieldPath: 'status.podIP' },
        { name: 'FROM_MAP', configMap: { name: 'config', key: 'a', optional: true } },
        { name: 'FROM_SECRET', secret: { name: 'secret', key: 'b', optional: false } },
      ],
      envFrom: [
        { type: 'configMap', name: 'config', prefix: 'P_' },
        { type: 'secret', name: 'secret', prefix: '' },
      ],
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
      ],
      mounts: [
        { name: 'config', mountPath: '/etc/config', readOnly: true },
        { name: 'storage', mountPath: '/data', subPath: 'db', readOnly: false },
        { name: 'tmp', mountPath: '/tmp', readOnly: false },
      ],
    });
  });

  test('has probes with what they do, where and to whom', () => {
    const field = main.field;
    expect(main.probes).toEqual([
      { type: 'startup', action: 'exec', field: `${field}.startupProbe` },
      { type: 'readiness', action: 'https', port: 'http', host: 'example.com', field: `${field}.readinessProbe` },
      { type: 'liveness', action: 'tcp', port: 8080, field: `${field}.livenessProbe` },
    ]);
    expect(full.pod.containers.at(-1)?.probes).toMatchObject([
      { type: 'readiness', action: 'http', port: 9001 },
      { type: 'liveness', action: 'grpc', port: 9000 },
    ]);
  });

  test('has things that are not read, and they are told', () => {
    const object = 'StatefulSet/shop/full';
    expect(everyKind.notAnalysed.filter((entry) => entry.object === object).map(({ field }) => field)).toEqual([
      `${main.field}.lifecycle.preStop.httpGet`,
      `${main.field}.volumeMounts[2].subPathExpr`,
    ]);
  });
});

describe('what the API server refuses is refused with object, field, allowed and got', () => {
  const pod = (spec: string) => refusal(`{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: ${spec}}`);
  test.each([
    ['{hostNetwork: "true"}', 'spec.hostNetwork: got "true"; allowed: true or false'],
    ['{containers: {}}', 'spec.containers: got a mapping; allowed: a list'],
    ['{containers: [{}]}', 'spec.containers[0].name: got nothing; allowed: a string'],
    ['{containers: [{name: a, args: [1]}]}', 'spec.containers[0].args[0]: got 1; allowed: a string'],
    ['{containers: [{name: a, env: [{name: b, value: y}]}]}', 'env[0].value: got true; allowed: a string'],
    ['{containers: [{name: a, ports: [{containerPort: 0}]}]}', 'containerPort: got 0; allowed: a port from 1 to 65535'],
    ['{containers: [{name: a, ports: [{containerPort: "80"}]}]}', 'containerPort: got "80"; allowed: an integer'],
    ['{containers: [{name: a, ports: [{containerPort: 80, protocol: tcp}]}]}', 'got "tcp"; allowed: TCP, UDP, SCTP'],
    ['{containers: [{name: a, livenessProbe: {}}]}', 'got a mapping; allowed: one of httpGet, tcpSocket, grpc, exec'],
    [
      '{containers: [{name: a, livenessProbe: {httpGet: {}}}]}',
      'livenessProbe.httpGet.port: got nothing; allowed: a port',
    ],
    ['{containers: [{name: a, image: "{{ .image }}", args: 1}]}', 'args: got 1; allowed: a list'],
    ['{securityContext: {runAsUser: root}}', 'spec.securityContext.runAsUser: got "root"; allowed: an integer'],
  ])('%s', (spec, message) => {
    const text = pod(spec);
    expect(text).toMatch(/^app.yaml, document 1: Pod\/default\/a: .+; fix: correct the manifest/);
    expect(text).toContain(message);
  });

  test.each([
    ['{}', 'Pod: metadata.name: got nothing; allowed: a string'],
    ['{name: A}', 'Pod: metadata.name: got "A"; allowed: a DNS name'],
    ['{name: "a\\n# b"}', 'metadata.name: got "a\\n# b"; allowed: a DNS name'],
    ['{name: a, namespace: b.c}', 'metadata.namespace: got "b.c"; allowed: a DNS label'],
    ['{name: 1}', 'metadata.name: got 1; allowed: a string'],
    ['{name: a, labels: {version: 1.0}}', 'metadata.labels.version: got 1; allowed: a string'],
    ['[]', 'Pod: metadata: got a list; allowed: a mapping'],
  ])('metadata %s', (metadata, message) => {
    expect(refusal(`{apiVersion: v1, kind: Pod, metadata: ${metadata}}`)).toContain(message);
  });

  test('a long value is cut short', () => {
    const text = pod(`{hostNetwork: ${'x'.repeat(1000)}}`);
    expect(text.length).toBeLessThan(300);
  });
});
