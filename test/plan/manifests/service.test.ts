import { only, read, refusal } from './reading';

const service = (spec: string, metadata = '') => {
  const object = `{apiVersion: v1, kind: Service, metadata: {name: a, namespace: b, ${metadata}}, spec: ${spec}}`;
  return only(read(object).inventory.services);
};

test('a Service has selector, addresses and ports, and comes from a manifest', () => {
  expect(
    service('{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "fd00::1"], selector: {a: b}, ports: [{port: 80}]}'),
  ).toEqual({
    id: 'Service/b/a',
    kind: 'Service',
    namespace: 'b',
    name: 'a',
    origin: 'manifest',
    ownLabels: {},
    ownAnnotations: {},
    headless: false,
    selector: { a: 'b' },
    clusterIps: ['10.0.0.1', 'fd00::1'],
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
  });
});

test('labels and annotations of its own are kept: scrape jobs read them', () => {
  const metadata = 'labels: {app: web}, annotations: {prometheus.io/scrape: "true"}';
  expect(service('{ports: []}', metadata)).toMatchObject({
    ownLabels: { app: 'web' },
    ownAnnotations: { 'prometheus.io/scrape': 'true' },
  });
});

test('the target port is a number, a name or the port itself', () => {
  const ports = (port: string) => service(`{ports: [${port}]}`).ports[0]?.targetPort;
  expect(ports('{port: 80, targetPort: 8080}')).toBe(8080);
  expect(ports('{port: 80, targetPort: http}')).toBe('http');
  expect(ports('{port: 80}')).toBe(80);
  expect(ports('{port: 80, targetPort: 0}')).toBe(80);
  expect(ports('{port: 80, targetPort: ""}')).toBe(80);
  expect(ports('{port: 80, targetPort: null}')).toBe(80);
});

test('name, protocol and application protocol of a port are kept', () => {
  expect(service('{ports: [{name: x, port: 53, protocol: UDP, appProtocol: dns}]}').ports).toEqual([
    { name: 'x', port: 53, targetPort: 53, protocol: 'UDP', appProtocol: 'dns' },
  ]);
});

test('a headless Service has no address', () => {
  for (const spec of ['{clusterIP: None, selector: {a: b}}', '{clusterIPs: [None], selector: {a: b}}']) {
    expect(service(spec)).toMatchObject({ headless: true, clusterIps: [] });
  }
  expect(service('{clusterIP: ""}')).toMatchObject({ headless: false, clusterIps: [] });
});

test('who is behind a Service without selector is not known', () => {
  for (const spec of ['{}', '{selector: {}}', '{selector: null}']) {
    expect(service(spec)).not.toHaveProperty('selector');
  }
});

test('an ExternalName has a name and no selector', () => {
  const external = service('{type: ExternalName, externalName: example.com, selector: {a: b}, ports: [{port: 443}]}');
  expect(external).toMatchObject({ externalName: 'example.com', headless: false, ports: [{ port: 443 }] });
  expect(external).not.toHaveProperty('selector');
});

test('addresses behind a Service that manifests list are not read, and that is told', () => {
  const { notAnalysed } = read(`
{apiVersion: v1, kind: Endpoints, metadata: {name: a, namespace: b}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a-1, namespace: b}}`);
  expect(notAnalysed.map(({ object, reason }) => [object, reason])).toEqual([
    ['Endpoints/b/a', 'the addresses behind its Service are not read'],
    ['EndpointSlice/b/a-1', 'the addresses behind its Service are not read'],
  ]);
});

test.each([
  ['{ports: [{}]}', 'spec.ports[0].port: got nothing; allowed: a port'],
  ['{ports: [{port: 65536}]}', 'spec.ports[0].port: got 65536; allowed: a port'],
  ['{ports: [{port: 80, targetPort: true}]}', 'targetPort: got true'],
  ['{type: External}', 'spec.type: got "External"; allowed: ClusterIP, NodePort, LoadBalancer, ExternalName'],
  ['{type: ExternalName}', 'spec.externalName: got nothing'],
  ['{selector: [a]}', 'spec.selector: got a list; allowed: a mapping'],
])('%s is refused', (spec, message) => {
  expect(refusal(`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: ${spec}}`)).toContain(message);
});
