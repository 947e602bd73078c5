import { Environment } from '../../../../src/plan/flows/programs/environment';
import { API_SERVER_ADDRESS, NODE_ADDRESS, POD_ADDRESS, unknownIn } from '../../../../src/plan/flows/placeholders';
import { worldOf } from '../../support/world';
import { configMap, deployment, yamlOf } from '../flows-of';

function environmentOf(container: object, others: readonly object[] = []): Environment {
  const app = deployment('app', { container, metadata: { labels: { tier: 'web' } } });
  const world = worldOf(yamlOf([app, ...others]));
  const workload = world.inventory.workloads[0]!;
  return new Environment(world, workload, workload.pod.containers[0]!);
}

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'vendor', namespace: 'here' },
  data: { url: Buffer.from('https://vendor.example').toString('base64') },
};

test('values come from env, ConfigMaps and Secrets; env wins over envFrom', () => {
  const environment = environmentOf(
    {
      envFrom: [{ prefix: 'CM_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'vendor' } }],
      env: [
        { name: 'CM_B', value: 'own' },
        { name: 'FROM_KEY', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } },
      ],
    },
    [configMap('settings', { a: '1', B: '2' }), secret],
  );
  expect(['CM_a', 'CM_B', 'url', 'FROM_KEY'].map((name) => environment.get(name))).toEqual([
    '1',
    'own',
    'https://vendor.example',
    '1',
  ]);
});

test('what Kubernetes knows about the pod is known, or a placeholder', () => {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const environment = environmentOf({
    env: [
      field('POD', 'status.podIP'),
      field('NODE', 'status.hostIP'),
      field('NAMESPACE', 'metadata.namespace'),
      field('TIER', "metadata.labels['tier']"),
    ],
  });
  const names = ['POD', 'NODE', 'NAMESPACE', 'TIER', 'KUBERNETES_SERVICE_HOST'];
  expect(names.map((name) => environment.get(name))).toEqual([
    POD_ADDRESS,
    NODE_ADDRESS,
    'here',
    'web',
    API_SERVER_ADDRESS,
  ]);
});

test('a variable refers to those before it, and $$ escapes', () => {
  const environment = environmentOf({
    env: [
      { name: 'HOST', value: 'gateway' },
      { name: 'URL', value: 'http://$(HOST):4317/$$(HOST)/$(LATER)' },
      { name: 'LATER', value: 'x' },
    ],
  });
  expect(environment.get('URL')).toBe('http://gateway:4317/$(HOST)/$(LATER)');
});

test('a value that the manifests do not contain names its reference', () => {
  const environment = environmentOf({
    env: [{ name: 'URL', valueFrom: { secretKeyRef: { name: 'absent', key: 'url' } } }],
    envFrom: [{ secretRef: { name: 'more' } }],
  });
  expect(unknownIn(environment.get('URL') ?? '')).toBe('env:URL from key url of Secret here/absent');
  expect(unknownIn(environment.get('OTHER') ?? '')).toBe('env:OTHER, perhaps from Secret here/more');
});

test('only without hidden sources a variable is certainly not set', () => {
  expect(environmentOf({}).get('OTHER')).toBeUndefined();
});

test('variables that double each other stay short', () => {
  const doubling = Array.from({ length: 60 }, (_, i) => ({ name: `V${i + 1}`, value: `$(V${i})$(V${i})` }));
  const environment = environmentOf({ env: [{ name: 'V0', value: 'xxxxxxxx' }, ...doubling] });
  expect((environment.get('V60') ?? '').length).toBeLessThan(200_000);
});
