import { only, read, refusal } from './reading';

const text = (group: string, kind: string, spec: string) =>
  `{apiVersion: ${group}, kind: ${kind}, metadata: {name: a, namespace: b}, spec: ${spec}}`;

describe('a PeerAuthentication', () => {
  const manifest = (spec: string) => text('security.istio.io/v1beta1', 'PeerAuthentication', spec);
  const authentication = (spec: string) => only(read(manifest(spec)).inventory.peerAuthentications);

  test('has selector, mode and modes of ports', () => {
    const modes = 'mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}, "9090": {mode: DISABLE}}';
    expect(authentication(`{selector: {matchLabels: {app: x}}, ${modes}}`)).toEqual({
      id: 'PeerAuthentication/b/a',
      kind: 'PeerAuthentication',
      namespace: 'b',
      name: 'a',
      selector: { app: 'x' },
      mode: 'STRICT',
      ports: new Map([
        [8080, 'PERMISSIVE'],
        [9090, 'DISABLE'],
      ]),
      created: '',
      origin: 'manifest',
    });
  });

  test('inherits what is not set', () => {
    for (const spec of ['{}', '{mtls: {}}', '{mtls: null}', '{mtls: {mode: UNSET}}']) {
      expect(authentication(spec)).not.toHaveProperty('mode');
    }
    expect(authentication('{portLevelMtls: {80: {mode: UNSET}, 81: {}}}').ports).toEqual(
      new Map([
        [80, undefined],
        [81, undefined],
      ]),
    );
  });

  test('is for the namespace when its selector is empty', () => {
    for (const spec of ['{selector: {}}', '{selector: {matchLabels: {}}}']) {
      expect(authentication(spec)).not.toHaveProperty('selector');
    }
  });

  test('has an age', () => {
    const created = '2024-01-01T00:00:00Z';
    const object = `{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: a, creationTimestamp: ${created}}}`;
    expect(only(read(object).inventory.peerAuthentications).created).toBe(created);
  });

  test.each([
    ['{mtls: {mode: strict}}', 'spec.mtls.mode: got "strict"; allowed: STRICT, PERMISSIVE, DISABLE, UNSET'],
    ['{portLevelMtls: {http: {mode: STRICT}}}', 'spec.portLevelMtls.http: got "http"; allowed: a port'],
    ['{portLevelMtls: {0: {mode: STRICT}}}', 'allowed: a port'],
    ['{portLevelMtls: {99999: {mode: STRICT}}}', 'allowed: a port'],
  ])('%s is refused', (spec, message) => {
    expect(refusal(manifest(spec))).toContain(message);
  });

  test('with another field is told', () => {
    expect(read(manifest('{mtsl: {mode: STRICT}}')).notAnalysed).toEqual([
      { object: 'PeerAuthentication/b/a', field: 'spec.mtsl', reason: 'the planner does not read it' },
    ]);
  });
});

describe('a DestinationRule', () => {
  const manifest = (spec: string) => text('networking.istio.io/v1', 'DestinationRule', spec);
  const rule = (spec: string) => only(read(manifest(spec)).inventory.destinationRules);

  test('has host, TLS of all ports and of one, workloads and namespaces', () => {
    const settings = 'portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]';
    const policy = `trafficPolicy: {tls: {mode: DISABLE}, ${settings}}`;
    expect(rule(`{host: x, exportTo: [.], workloadSelector: {matchLabels: {app: z}}, ${policy}}`)).toMatchObject({
      id: 'DestinationRule/b/a',
      host: 'x',
      tls: 'DISABLE',
      ports: new Map([[80, 'ISTIO_MUTUAL']]),
      workloadSelector: { app: 'z' },
      exportTo: ['.'],
    });
  });

  test('without TLS has none', () => {
    expect(rule('{host: x, trafficPolicy: {loadBalancer: {simple: RANDOM}}}')).toMatchObject({ ports: new Map() });
    expect(rule('{host: x}')).not.toHaveProperty('tls');
  });

  test('has parts that are not read, and they are told', () => {
    const spec =
      '{host: x, trafficPolicy: {tls: {mode: SIMPLE}, tunnel: {}, portLevelSettings: [{port: {number: 80}}]}, subsets: [{name: s}, {name: t, trafficPolicy: {}}]}';
    expect(read(manifest(spec)).notAnalysed.map(({ field }) => field)).toEqual([
      'spec.trafficPolicy.portLevelSettings[0]',
      'spec.trafficPolicy.tunnel',
      'spec.subsets[1]',
    ]);
  });

  test.each([
    ['{}', 'spec.host: got nothing'],
    ['{host: x, trafficPolicy: {tls: {mode: mutual}}}', 'allowed: DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL'],
  ])('%s is refused', (spec, message) => {
    expect(refusal(manifest(spec))).toContain(message);
  });
});

describe('a ServiceEntry', () => {
  const manifest = (spec: string) => text('networking.istio.io/v1', 'ServiceEntry', spec);
  const entry = (spec: string) => only(read(manifest(spec)).inventory.serviceEntries);

  test('has hosts, addresses, ports, resolution, location and namespaces', () => {
    const ports = 'ports: [{name: tls, number: 443, protocol: TLS}]';
    expect(
      entry(
        `{hosts: [x], addresses: [192.0.2.1], ${ports}, resolution: DNS, location: MESH_INTERNAL, exportTo: ["*"]}`,
      ),
    ).toMatchObject({
      hosts: ['x'],
      addresses: ['192.0.2.1'],
      ports: [{ name: 'tls', number: 443, protocol: 'TLS' }],
      resolution: 'DNS',
      meshInternal: true,
      exportTo: ['*'],
    });
  });

  test('is outside the mesh and not resolved by default', () => {
    expect(entry('{hosts: [x]}')).toMatchObject({ resolution: 'NONE', meshInternal: false, addresses: [], ports: [] });
  });

  test('that leads elsewhere is told', () => {
    const spec =
      '{hosts: [x], ports: [{number: 443, targetPort: 8443}], endpoints: [], workloadSelector: {labels: {a: b}}}';
    expect(read(manifest(spec)).notAnalysed.map(({ field }) => field)).toEqual([
      'spec.endpoints',
      'spec.workloadSelector',
      'spec.ports[0].targetPort',
    ]);
  });
});

describe('a Sidecar', () => {
  const manifest = (spec: string) => text('networking.istio.io/v1alpha3', 'Sidecar', spec);
  const sidecar = (spec: string) => only(read(manifest(spec)).inventory.istioSidecars);

  test('has selector, visible hosts and outbound policy', () => {
    const egress = 'egress: [{hosts: [./x]}, {hosts: [other/*]}]';
    expect(
      sidecar(`{workloadSelector: {labels: {a: b}}, ${egress}, outboundTrafficPolicy: {mode: REGISTRY_ONLY}}`),
    ).toMatchObject({ selector: { a: 'b' }, egressHosts: ['./x', 'other/*'], registryOnly: true });
  });

  test('restricts nothing by default', () => {
    for (const spec of ['{}', '{egress: []}']) {
      expect(sidecar(spec)).not.toHaveProperty('egressHosts');
      expect(sidecar(spec)).not.toHaveProperty('registryOnly');
    }
    expect(sidecar('{outboundTrafficPolicy: {mode: ALLOW_ANY}}')).toMatchObject({ registryOnly: false });
  });

  test('with listeners of its own is told', () => {
    const spec = '{ingress: [{port: {number: 80}}], egress: [{hosts: [./*], captureMode: NONE}]}';
    expect(read(manifest(spec)).notAnalysed.map(({ field }) => field)).toEqual([
      'spec.ingress',
      'spec.egress[0].captureMode',
    ]);
  });
});
