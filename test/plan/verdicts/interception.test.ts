import type { Labels } from '../../../src/plan/inventory';
import { contains, inboundCaptured, type Interception, interceptionOf } from '../../../src/plan/verdicts/interception';
import { deployment, workload, world } from './mesh-builders';

const TRAFFIC = 'traffic.sidecar.istio.io';

function read(annotations: Labels, spec: Record<string, unknown> = {}): Interception {
  return interceptionOf(workload(world([deployment('shop/app', { annotations, spec })]), 'shop/app'));
}

function problems(annotation: string, value: string): string[] {
  return read({ [annotation]: value }).problems.map((problem) => `${problem.value}: ${problem.problem}`);
}

test('without annotations everything is intercepted, as Istio does by default', () => {
  const { includeOutboundRanges, includeInboundPorts, includeOutboundPorts, excludeOutboundRanges, ...rest } = read({});
  expect(includeOutboundRanges.everything).toBe(true);
  expect(includeInboundPorts.everything).toBe(true);
  expect(includeOutboundPorts).toEqual({ everything: false, ports: [], unreadable: [] });
  expect(excludeOutboundRanges.cidrs).toEqual([]);
  expect(rest).toMatchObject({ mode: 'REDIRECT', proxyUser: 1337, proxyGroup: 1337, problems: [] });
  expect(rest.excludeOutboundPorts).toBeUndefined();
});

test('an empty annotation is not a missing one', () => {
  const { includeOutboundRanges, includeInboundPorts, excludeOutboundPorts } = read({
    [`${TRAFFIC}/includeOutboundIPRanges`]: '',
    [`${TRAFFIC}/includeInboundPorts`]: '',
    [`${TRAFFIC}/excludeOutboundPorts`]: '',
  });
  expect(includeOutboundRanges).toEqual({ everything: false, cidrs: [], unreadable: [] });
  expect(includeInboundPorts).toEqual({ everything: false, ports: [], unreadable: [] });
  expect(excludeOutboundPorts).toEqual({ everything: false, ports: [], unreadable: [] });
});

describe('ports', () => {
  test.each<[string, number[], RegExp | undefined]>([
    ['9090, 4317', [9090, 4317], undefined],
    [' 9090 ', [9090], undefined],
    ['9090,9090', [9090], undefined],
    ['9090,', [9090], /empty item/],
    ['*', [], /"\*" is not a port/],
    ['9000:9010', [], /9000:9010: not a port/],
    ['9000-9010', [], /not a port/],
    ['http', [], /not a port/],
    ['09090', [], /leading zero/],
    ['65536', [], /not a port/],
    ['-1', [], /not a port/],
    ['0x50', [], /not a port/],
    ['1e3', [], /not a port/],
    ['0', [], /port 0 matches no connection/],
    ['9090,http,4317', [9090, 4317], /^http: /],
    ['99999999999999999999', [], /not a port/],
  ])('"%s"', (value, ports, problem) => {
    for (const annotation of ['includeOutboundPorts', 'excludeOutboundPorts', 'excludeInboundPorts'] as const) {
      const interception = read({ [`${TRAFFIC}/${annotation}`]: value });
      expect(interception[annotation]?.ports).toEqual(ports);
      const found = problems(`${TRAFFIC}/${annotation}`, value);
      expect(found).toHaveLength(problem ? 1 : 0);
      if (problem) expect(found[0]).toMatch(problem);
    }
  });

  test('what one stage of Istio reads differently from another leaves open which ports are meant', () => {
    const { includeOutboundPorts } = read({ [`${TRAFFIC}/includeOutboundPorts`]: '9090,9000:9010,0,' });
    expect(includeOutboundPorts.unreadable).toEqual(['9000:9010']);
    expect([9090, 9005, 4317].map((port) => contains(includeOutboundPorts, port))).toEqual([
      'yes',
      'unknown',
      'unknown',
    ]);
  });

  test('"*" stands for all ports only to include inbound', () => {
    expect(read({ [`${TRAFFIC}/includeInboundPorts`]: '*' }).includeInboundPorts.everything).toBe(true);
    expect(problems(`${TRAFFIC}/includeInboundPorts`, '*')).toEqual([]);
  });
});

describe('ranges, where not even spaces are trimmed', () => {
  test.each<[string, RegExp | undefined]>([
    ['10.0.0.0/8', undefined],
    ['10.1.2.3/8', undefined],
    ['fd00::/48', undefined],
    ['10.0.0.0/8,fd00::/48', undefined],
    ['10.0.0.0', /mask is missing/],
    ['10.0.0.0/8, 10.244.0.0/16', /white space/],
    ['10.0.0.0/8, pods/8', /not a range/],
    ['10.0.0.0/8, pods', /mask is missing/],
    ['10.0.0.0/33', /not a range/],
    ['10.0.0.0/08', /not a range/],
    ['10.0.0/8', /not a range/],
    ['10.0.0.0/8,', /mask is missing/],
    ['*,10.0.0.0/8', /only allowed alone/],
    ['fe80::1%eth0/64', /not a range/],
    ['pods', /mask is missing/],
  ])('"%s"', (value, problem) => {
    for (const annotation of ['includeOutboundIPRanges', 'excludeOutboundIPRanges']) {
      const found = problems(`${TRAFFIC}/${annotation}`, value);
      expect(found).toHaveLength(problem ? 1 : 0);
      if (problem) expect(found[0]).toMatch(problem);
    }
  });

  test('"*" alone includes everything and excludes nothing', () => {
    expect(read({ [`${TRAFFIC}/includeOutboundIPRanges`]: '*' }).includeOutboundRanges.everything).toBe(true);
    expect(problems(`${TRAFFIC}/excludeOutboundIPRanges`, '*')[0]).toMatch(/only allowed alone and only to include/);
  });
});

test.each(['REDIRECT', 'TPROXY', 'NONE'])('interceptionMode %s is one of Istio’s', (mode) => {
  expect(read({ 'sidecar.istio.io/interceptionMode': mode })).toMatchObject({ mode, problems: [] });
});

test('another interceptionMode is refused by the injector', () => {
  expect(read({ 'sidecar.istio.io/interceptionMode': 'redirect' }).mode).toBe('REDIRECT');
  expect(problems('sidecar.istio.io/interceptionMode', 'redirect')).toEqual(['redirect: not REDIRECT, TPROXY or NONE']);
});

describe('proxy.istio.io/config', () => {
  const proxy = (config: string) => read({ 'proxy.istio.io/config': config }).proxy;

  test.each([
    ['YAML', 'proxyMetadata:\n  OUTPUT_CERTS: /certs\nholdApplicationUntilProxyStarts: true\n'],
    ['JSON', '{"proxyMetadata":{"OUTPUT_CERTS":"/certs"},"holdApplicationUntilProxyStarts":true}'],
  ])('is read as %s', (_, config) => {
    expect(proxy(config)).toMatchObject({ outputCerts: '/certs', holdApplicationUntilProxyStarts: true });
  });

  test.each<[string, boolean]>([
    ['true', true],
    ['1', true],
    ['T', true],
    ['false', false],
    ['yes', false],
    ['', false],
  ])('reads "%s" as Go does', (value, expected) => {
    const config = `proxyMetadata: { ISTIO_META_DNS_CAPTURE: "${value}", ISTIO_DUAL_STACK: "${value}" }`;
    expect(proxy(config)).toMatchObject({ dnsCapture: expected, dualStack: expected });
  });

  test('owner groups are exempt only if somebody names them', () => {
    expect(proxy('proxyMetadata: { ISTIO_OUTBOUND_OWNER_GROUPS: "*" }').ownerGroups).toBe(false);
    expect(proxy('proxyMetadata: { ISTIO_OUTBOUND_OWNER_GROUPS: "101" }').ownerGroups).toBe(true);
    expect(proxy('proxyMetadata: { ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: "101" }').ownerGroups).toBe(true);
  });

  test('HBONE is left to the mesh unless the pod says something', () => {
    expect(proxy('{}').hbone).toBeUndefined();
    expect(proxy('proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" }').hbone).toBe(true);
    expect(proxy('proxyMetadata: { ISTIO_META_ENABLE_HBONE: "false" }').hbone).toBe(false);
  });

  test.each<[string, string, RegExp]>([
    ['broken YAML', 'proxyMetadata: [', /not readable as YAML/],
    ['no mapping', '[1]', /the configuration must be a mapping/],
    [
      'an unquoted value, which the injector refuses',
      'proxyMetadata: { A: true }',
      /^true: proxyMetadata\.A must be a string/,
    ],
    ['a list for the metadata', 'proxyMetadata: [a]', /^a list: proxyMetadata must be a mapping/],
    ['a text for a flag', 'holdApplicationUntilProxyStarts: "true"', /must be true or false/],
    ['a document that contains itself', '&a { proxyMetadata: *a }', /a mapping: proxyMetadata\.proxyMetadata/],
  ])('reports %s', (_, config, problem) => {
    expect(problems('proxy.istio.io/config', config).join('\n')).toMatch(problem);
  });

  test('hostile text neither hangs nor crashes', () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1},`.repeat(9)}]`).join(
      '\n',
    );
    for (const text of ['['.repeat(20_000), '{a: '.repeat(20_000), bomb, '!!js/function x', '\u0000', '---\n---\n']) {
      expect(() => proxy(text)).not.toThrow();
    }
  });
});

test.each<[string | undefined, number, string[]]>([
  [undefined, 15020, []],
  ['15999', 15999, []],
  ['http', 15020, ['http: not a port from 0 to 65535']],
  ['x80', 15020, ['x80: not a port from 0 to 65535']],
  ['80x', 15020, ['80x: not a port from 0 to 65535']],
])('status.sidecar.istio.io/port %p is port %d', (value, port, found) => {
  const annotation = 'status.sidecar.istio.io/port';
  expect(read(value === undefined ? {} : { [annotation]: value }).statusPort).toBe(port);
  expect(value === undefined ? [] : problems(annotation, value)).toEqual(found);
});

test('what nobody annotated is as Istio has it', () => {
  expect(read({}).proxy).toStrictEqual({
    ...{ dnsCapture: false, captureAllDns: false, dualStack: false, disableEnvoy: false, ownerGroups: false },
  });
});

test.each(['', ' '])('white space says nothing: "%s"', (nothing) => {
  const annotations = { 'proxy.istio.io/config': nothing, [`${TRAFFIC}/includeOutboundPorts`]: nothing };
  expect(read(annotations)).toMatchObject({ includeOutboundPorts: { ports: [] }, problems: [] });
});

test('lists hold what can be read, and apart from that what cannot', () => {
  expect(read({ [`${TRAFFIC}/includeOutboundIPRanges`]: '10.0.0.0/8,pods' }).includeOutboundRanges).toEqual({
    ...{ everything: false, cidrs: ['10.0.0.0/8'], unreadable: ['pods'] },
  });
  expect(read({}).includeOutboundRanges).toEqual({ everything: true, cidrs: [], unreadable: [] });
  expect(read({}).includeInboundPorts).toEqual({ everything: true, ports: [], unreadable: [] });
  expect(read({ [`${TRAFFIC}/includeOutboundPorts`]: '65535' })).toMatchObject({
    ...{ includeOutboundPorts: { ports: [65535] }, problems: [] },
  });
});

test('a problem of 80 characters is quoted in full', () => {
  expect(problems(`${TRAFFIC}/includeOutboundPorts`, 'x'.repeat(80))[0]).toMatch(/^x{80}: /);
  expect(problems(`${TRAFFIC}/includeOutboundPorts`, 'x'.repeat(81))[0]).toMatch(/^x{80}…: /);
});

test('a problem quotes only the beginning of a long text', () => {
  const { problems: found } = read({ [`${TRAFFIC}/includeOutboundPorts`]: 'x'.repeat(100_000) });
  expect(found[0]!.value.length).toBeLessThan(100);
});

test('the sidecar’s user is 1337, or what the pod’s own istio-proxy container says, but never root', () => {
  const spec = (runAsUser: number) => ({
    containers: [{ name: 'main' }, { name: 'istio-proxy', securityContext: { runAsUser, runAsGroup: runAsUser } }],
  });
  expect(read({}, spec(2000))).toMatchObject({ proxyUser: 2000, proxyGroup: 2000 });
  expect(read({}, spec(0))).toMatchObject({ proxyUser: 1337, proxyGroup: 1337 });
});

describe('inbound', () => {
  const inbound = (annotations: Labels, ports: (number | null)[]) =>
    ports.map((port) => inboundCaptured(read(annotations), port));

  test('the sidecar’s own ports are never captured by default', () => {
    expect(inbound({}, [15008, 15020, 15021, 15090])).toEqual(['no', 'no', 'no', 'no']);
    expect(inbound({}, [8888, 13133, 1])).toEqual(['yes', 'yes', 'yes']);
  });

  test('excluded ports are not', () => {
    const annotations = { [`${TRAFFIC}/excludeInboundPorts`]: '8888' };
    expect(inbound(annotations, [8888, 13133, null])).toEqual(['no', 'yes', 'unknown']);
  });

  test('an empty list captures nothing, and the exclusion is inert', () => {
    const annotations = { [`${TRAFFIC}/includeInboundPorts`]: '', [`${TRAFFIC}/excludeInboundPorts`]: '8888' };
    expect(inbound(annotations, [8888, 13133, null])).toEqual(['no', 'no', 'no']);
  });

  test('a list captures its ports, excluded or not', () => {
    const annotations = { [`${TRAFFIC}/includeInboundPorts`]: '8888', [`${TRAFFIC}/excludeInboundPorts`]: '8888' };
    expect(inbound(annotations, [8888, 13133, null])).toEqual(['yes', 'no', 'unknown']);
  });

  test('not even a list captures HBONE', () => {
    expect(inbound({ [`${TRAFFIC}/includeInboundPorts`]: '15008' }, [15008])).toEqual(['no']);
  });

  test('nothing is captured with interceptionMode NONE', () => {
    expect(inbound({ 'sidecar.istio.io/interceptionMode': 'NONE' }, [8080, null])).toEqual(['no', 'no']);
  });

  test('an unreadable exclusion leaves open whether a port is captured', () => {
    expect(inbound({ [`${TRAFFIC}/excludeInboundPorts`]: 'http' }, [80])).toEqual(['unknown']);
  });
});
