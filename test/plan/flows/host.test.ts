import { destinationOf } from '../../../src/plan/flows/host';
import {
  API_SERVER_ADDRESS,
  NODE_ADDRESS,
  NODE_NAME,
  POD_ADDRESS,
  POD_NAME,
} from '../../../src/plan/flows/placeholders';
import type { PlanFacts } from '../../../src/plan/world';
import { sidecarMeshFacts } from '../support/mesh';
import { worldOf } from '../support/world';

const manifests = `
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop }
spec: { containers: [{ name: app, image: example/app:1 }] }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, clusterIP: 10.96.0.7, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: vendor, namespace: shop }
spec: { type: ExternalName, externalName: api.vendor.example }
---
apiVersion: v1
kind: Service
metadata: { name: alias, namespace: shop }
spec: { type: ExternalName, externalName: cart.shop.svc.cluster.local }
---
apiVersion: v1
kind: Service
metadata: { name: endless, namespace: shop }
spec: { type: ExternalName, externalName: endless.shop.svc.cluster.local }
---
apiVersion: v1
kind: Service
metadata: { name: app, namespace: com }
spec: { selector: { app: app }, ports: [{ port: 80 }] }
`;

const facts: Partial<PlanFacts> = {
  mesh: sidecarMeshFacts(),
  podCidrs: ['10.244.0.0/16'],
  nodeCidrs: ['10.10.0.0/24', 'fd00:10::/64'],
  serviceCidrs: ['10.96.0.0/12'],
  apiServer: { serviceIps: ['10.96.0.1'], endpointCidrs: ['10.10.0.4/32'], ports: [6443] },
};

const world = worldOf(manifests, facts);
const client = world.workloadsIn('shop')[0]!;

function reached(host: string): string {
  const to = destinationOf(world, host, client);
  switch (to.kind) {
    case 'service':
      return `service ${to.namespace}/${to.name}${to.service ? '' : ', not described'}`;
    case 'external':
      return `external ${to.host}`;
    case 'istiod':
      return `istiod ${to.namespace}`;
    case 'pods':
      return `pods ${to.pods.name}, ${to.pods.dataPlane}`;
    case 'loopback':
      return `loopback of ${to.workload.name}`;
    default:
      return to.kind;
  }
}

test.each([
  ['cart', 'a bare name is a Service of the client’s namespace'],
  ['cart.shop', 'a name with namespace'],
  ['cart.shop.svc', 'with svc'],
  ['cart.shop.svc.cluster.local', 'the full name'],
  ['cart.shop.svc.corp.internal', 'the full name in a cluster with a domain of its own'],
  ['CART.shop.svc.cluster.local.', 'DNS knows no case and the final dot says that the name is full'],
  ['cart-0.cart.shop.svc.cluster.local', 'a pod of a headless Service'],
  ['10.96.0.7', 'the cluster IP of a Service'],
])('%s is Service cart in shop: %s', (host) => {
  expect(reached(host)).toBe('service shop/cart');
});

test.each([
  ['prometheus.monitoring', 'service monitoring/prometheus, not described'],
  ['prometheus.monitoring.svc', 'service monitoring/prometheus, not described'],
  ['unknown', 'service shop/unknown, not described'],
  ['app.com', 'service com/app'],
  ['other.com', 'external other.com'],
  ['vendor.io', 'external vendor.io'],
  ['otlp.vendor.example', 'external otlp.vendor.example'],
  ['api.cart.shop', 'external api.cart.shop'],
  ['203.0.113.9', 'external 203.0.113.9'],
  ['[2001:db8::9]', 'external 2001:db8::9'],
])('%s is %s', (host, expected) => {
  expect(reached(host)).toBe(expected);
});

test.each(['', 'localhost', '127.0.0.1', '127.8.8.8', '::1', '[::1]', '0.0.0.0', POD_ADDRESS, POD_NAME])(
  '%s is the pod itself',
  (host) => {
    expect(reached(host)).toBe('loopback of client');
  },
);

test.each(['kubernetes.default', 'kubernetes.default.svc.cluster.local', '10.96.0.1', '10.10.0.4', API_SERVER_ADDRESS])(
  '%s is the API server',
  (host) => {
    expect(reached(host)).toBe('kubernetes-api');
  },
);

test('the name kubernetes alone is the API server only in namespace default', () => {
  expect(reached('kubernetes')).toBe('service shop/kubernetes, not described');
});

test.each(['10.10.0.17', '[fd00:10::17]', 'fd00:10::17%eth0', NODE_ADDRESS, NODE_NAME])('%s is a node', (host) => {
  expect(reached(host)).toBe('kubelet');
});

test('istiod is known by its name in its namespace, unless manifests describe it', () => {
  expect(reached('istiod.istio-system.svc')).toBe('istiod istio-system');
  expect(reached('istiod-1-27.istio-system.svc')).toBe('istiod istio-system');
  expect(reached('istiod.shop')).toBe('service shop/istiod, not described');
});

test('an ExternalName Service is the name that it stands for, of which one step is followed', () => {
  expect(reached('vendor')).toBe('external api.vendor.example');
  expect(reached('alias')).toBe('service shop/cart');
  expect(reached('endless')).toBe('service shop/endless');
});

test('an address of pods or Services that nobody described stays unknown', () => {
  expect(reached('10.244.3.4')).toBe('pods 10.244.3.4, unknown');
  expect(reached('10.97.1.1')).toBe('service /10.97.1.1, not described');
});

test.each(['', '.', '[', '..', 'a'.repeat(10_000), '\u0000', '256.1.1.1', ':::'])('%j does no harm', (host) => {
  expect(() => reached(host)).not.toThrow();
});
