import { agent, codes, findings, INJECTED, NO_MESH, sidecarMesh } from './a-stack';

const OUT = 'traffic.sidecar.istio.io/includeOutboundPorts';
const EXCLUDED_OUT = 'traffic.sidecar.istio.io/excludeOutboundPorts';
const RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const EXCLUDED_RANGES = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const IN = 'traffic.sidecar.istio.io/includeInboundPorts';
const EXCLUDED_IN = 'traffic.sidecar.istio.io/excludeInboundPorts';
const MODE = 'sidecar.istio.io/interceptionMode';
const FIELD = 'spec.template.metadata.annotations';

test('a pod whose annotations are right has no finding about them', () => {
  expect(codes(agent()).filter((code) => code.startsWith('CT1'))).toEqual([]);
});

describe('ports in includeOutboundPorts', () => {
  test.each([
    ['4317,09090', 'Set it to "4317,9090".'],
    ['4317,', 'Set it to "4317".'],
    ['4317,0', 'Set it to "4317".'],
    ['4317,http', 'Set it to "4317", with the port that "http" stands for.'],
    ['4317,9000:9010', 'Set it to "4317", with the port that "9000:9010" stands for.'],
    ['4317,65536', 'Set it to "4317", with the port that "65536" stands for.'],
    ['4317,-1', 'Set it to "4317", with the port that "-1" stands for.'],
    ['*', 'Set it to "", with the port that "*" stands for.'],
  ])('%s is invalid, and the fix tells what to write', (value, fix) => {
    const [finding, ...others] = findings(agent({ annotations: { [OUT]: value } }), 'CT101');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', object: 'DaemonSet/obs/agent', field: `${FIELD}[${OUT}]`, fix });
  });

  test.each(['4317', '4317, 9090', '1,65535', ''])('"%s" is valid', (value) => {
    expect(findings(agent({ annotations: { [OUT]: value } }), 'CT101')).toEqual([]);
  });

  test('15090 belongs to the sidecar', () => {
    const [finding] = findings(agent({ annotations: { [OUT]: '4317,15090' } }), 'CT101');
    expect(finding?.message).toContain('15090');
    expect(finding?.fix).toContain('"4317"');
  });

  test('a port that is excluded as well is not intercepted', () => {
    const annotations = { [OUT]: '4317,9090', [EXCLUDED_OUT]: '9090,8080' };
    const [finding] = findings(agent({ annotations }), 'CT103');
    expect(finding).toMatchObject({ severity: 'error', field: `${FIELD}[${EXCLUDED_OUT}]` });
    expect(finding?.fix).toContain('"8080"');
    expect(findings(agent({ annotations: { ...annotations, [EXCLUDED_OUT]: '8080' } }), 'CT103')).toEqual([]);
  });

  test.each([
    ['*', RANGES],
    [undefined, OUT],
  ])('they mean nothing while ranges are %s', (ranges, field) => {
    const [finding] = findings(agent({ annotations: { [RANGES]: ranges } }), 'CT104');
    expect(finding).toMatchObject({ severity: 'warning', field: `${FIELD}[${field}]` });
    expect(finding?.fix).toBe(`Set the annotation ${RANGES} to "".`);
  });
});

describe('other traffic annotations', () => {
  test.each([
    [EXCLUDED_OUT, '8080,x', 'Replace "x" by decimal ports'],
    [EXCLUDED_IN, '8888,', 'Remove the empty item.'],
    [EXCLUDED_RANGES, '10.96.0.1', 'Write "10.96.0.1/32"'],
    [EXCLUDED_RANGES, 'fd00::1', 'Write "fd00::1/128"'],
    [EXCLUDED_RANGES, '10.0.0.0/8, 10.96.0.0/16', 'Write "10.96.0.0/16" without spaces.'],
    [MODE, 'redirect', 'Write "REDIRECT"'],
  ])('%s: "%s" is refused by Istio', (annotation, value, fix) => {
    const [finding] = findings(agent({ annotations: { [annotation]: value } }), 'CT102');
    expect(finding).toMatchObject({ severity: 'error', field: `${FIELD}[${annotation}]` });
    expect(finding?.fix).toContain(fix);
  });

  test('an exclusion that the list of included ports contains is captured', () => {
    const [finding] = findings(agent({ annotations: { [IN]: '8080,8888', [EXCLUDED_IN]: '8888' } }), /CT11[01]/);
    expect(finding).toMatchObject({ code: 'CT110', severity: 'error' });
    expect(finding?.fix).toContain('"8080"');
  });

  test.each(['', '8080'])('an exclusion next to included ports "%s" has no effect', (ports) => {
    expect(findings(agent({ annotations: { [IN]: ports, [EXCLUDED_IN]: '8888' } }), /CT11[01]/)).toMatchObject([
      { code: 'CT111', severity: 'warning' },
    ]);
  });

  test.each(['*', undefined])('an exclusion next to included ports %s counts', (ports) => {
    expect(findings(agent({ annotations: { [IN]: ports, [EXCLUDED_IN]: '8888' } }), /CT11[01]/)).toEqual([]);
  });

  test('interceptionMode NONE makes the others idle', () => {
    const [finding] = findings(agent({ annotations: { [MODE]: 'NONE' } }), 'CT119');
    expect(finding?.message).toContain(OUT);
  });
});

describe('who is not intercepted at all', () => {
  test.each([
    [{ pod: { securityContext: { runAsUser: 1337 } } }, 'user 1337'],
    [{ pod: { securityContext: { runAsGroup: 1337 } } }, 'group 1337'],
    [
      { container: { securityContext: { runAsUser: 1337 } }, pod: { securityContext: { runAsUser: 10001 } } },
      'user 1337',
    ],
  ])('a program with the user or group of the sidecar', (settings, words) => {
    const [finding] = findings(agent(settings), 'CT114');
    expect(finding).toMatchObject({ severity: 'error', field: 'spec.template.spec.containers[0].securityContext' });
    expect(finding?.message).toContain(words);
  });

  test('an init container may run as the sidecar: it is there to connect past it', () => {
    const initContainers = [{ name: 'fetch', image: 'curl:8', securityContext: { runAsUser: 1337 } }];
    expect(findings(agent({ pod: { initContainers } }), 'CT114')).toEqual([]);
  });

  test("a pod on its node's network", () => {
    expect(findings(agent({ pod: { hostNetwork: true } }), 'CT115')).toMatchObject([
      { severity: 'error', field: 'spec.template.spec.hostNetwork' },
    ]);
  });
});

describe('the network of the cluster', () => {
  const dualStack = { ...sidecarMesh(), podCidrs: ['10.0.0.0/16', 'fd00::/48'] };

  test('one family of a dual-stack pod is not captured', () => {
    expect(findings(agent(), 'CT116', dualStack)).toMatchObject([{ severity: 'info' }]);
    const told = { 'proxy.istio.io/config': 'proxyMetadata: {ISTIO_DUAL_STACK: "true"}' };
    expect(findings(agent({ annotations: told }), 'CT116', dualStack)).toEqual([]);
    expect(findings(agent(), 'CT116', { ...sidecarMesh(), podCidrs: ['10.0.0.0/16'] })).toEqual([]);
  });

  test.each(['cilium', 'cilium-matching-nodes', 'calico'])('%s may hide Service ports', (cni) => {
    expect(findings(agent(), 'CT117', { ...sidecarMesh(), cni: cni as never })).toMatchObject([{ severity: 'info' }]);
  });

  test('another plugin does not', () => {
    expect(findings(agent(), 'CT117', { ...sidecarMesh(), cni: 'other' as never })).toEqual([]);
  });
});

describe('annotations without a sidecar', () => {
  test.each([
    ['the pod wants none', agent({ labels: { 'sidecar.istio.io/inject': 'false' } }), sidecarMesh()],
    ['there is no mesh', agent(), NO_MESH],
    [
      'the pod is ambient',
      agent({ labels: { 'sidecar.istio.io/inject': undefined, 'istio.io/dataplane-mode': 'ambient' } }),
      sidecarMesh(),
    ],
  ])('have no effect when %s', (_, manifests, facts) => {
    const found = findings(manifests, /^CT(1|30)/, facts);
    expect(found).toMatchObject([{ code: 'CT118', severity: 'warning' }]);
    expect(found[0]?.message).toContain(OUT);
  });

  test('a bare request for a sidecar where there is no mesh is no finding', () => {
    const manifests = agent({ labels: INJECTED, annotations: { [OUT]: undefined, [RANGES]: undefined } });
    expect(codes(manifests, NO_MESH).filter((code) => /^CT[123]/.test(code))).toEqual([]);
  });
});
