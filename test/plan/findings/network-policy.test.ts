import type { Tree } from '../support/stacks';
import { agent, app, findings, INJECTED, namespace, NO_MESH, NOT_INJECTED, planned, pushing } from './a-stack';

/** No settings for a sidecar. */
const withoutSettings = {
  'traffic.sidecar.istio.io/includeOutboundPorts': undefined,
  'traffic.sidecar.istio.io/includeOutboundIPRanges': undefined,
};

function policy(spec: Tree, name = 'policy', inNamespace = 'obs'): Tree {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: inNamespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [], ...spec },
  };
}

const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
const egress = (peer: Tree, ...ports: number[]) => policy({ egress: [{ to: [peer], ports: tcp(...ports) }] });
const ingress = (peer: Tree, ...ports: number[]) => policy({ ingress: [{ from: [peer], ports: tcp(...ports) }] });
const WIDTH = /CT40[3-6]/;

describe('egress', () => {
  test.each([
    ['a rule without anything', policy({ egress: [{}] }), 'on every port'],
    ['a rule without peers', policy({ egress: [{ ports: tcp(443) }] }), 'on 443'],
    ['every IPv4 address', egress({ ipBlock: { cidr: '0.0.0.0/0' } }, 53), 'on 53'],
    ['every IPv6 address', egress({ ipBlock: { cidr: '::/0' } }, 443), 'on 443'],
  ])('%s leads everywhere', (_, manifest, words) => {
    const [finding, ...others] = findings([manifest], WIDTH, NO_MESH);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'CT403', object: 'NetworkPolicy/obs/policy', field: 'spec.egress[0]' });
    expect(finding?.message).toContain(words);
  });

  test.each([
    [
      'pods by label in any namespace',
      egress({ namespaceSelector: {}, podSelector: { matchLabels: { app: 'x' } } }, 8080),
    ],
    ['every address with exceptions', egress({ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }, 443)],
    ['no rule at all', policy({})],
  ])('%s does not', (_, manifest) => {
    expect(findings([manifest], WIDTH, NO_MESH)).toEqual([]);
  });

  test.each([
    ['0.0.0.0/0', ['10.0.0.0/8', '100.100.100.200/32'], '169.254.169.254/32'],
    ['169.254.0.0/16', [], '169.254.169.254/32'],
    ['::/0', ['fe80::/10'], 'fd00:ec2::254/128'],
  ])('%s except %j reaches the metadata service', (cidr, except, fix) => {
    const [finding] = findings([egress({ ipBlock: { cidr, except } }, 80)], WIDTH, NO_MESH);
    expect(finding).toMatchObject({ code: 'CT406', field: 'spec.egress[0].to[0].ipBlock' });
    expect(finding?.fix).toBe(`Add ${fix} to except.`);
  });

  test.each([
    ['another port', egress({ ipBlock: { cidr: '169.254.169.254/32' } }, 53)],
    ['an exception', egress({ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '100.64.0.0/10'] } }, 80)],
  ])('%s does not reach it', (_, manifest) => {
    expect(findings([manifest], WIDTH, NO_MESH)).toEqual([]);
  });

  test('a range of ports can contain the port of the metadata service', () => {
    const manifest = policy({
      egress: [{ to: [{ ipBlock: { cidr: '169.254.0.0/16' } }], ports: [{ port: 1, endPort: 1024, protocol: 'TCP' }] }],
    });
    expect(findings([manifest], WIDTH, NO_MESH)).toMatchObject([{ code: 'CT406' }]);
  });
});

describe('ingress', () => {
  test.each([
    ['nobody in particular', policy({ ingress: [{ ports: tcp(9090) }] }), 'spec.ingress[0]'],
    ['every address', ingress({ ipBlock: { cidr: '0.0.0.0/0' } }, 9090), 'spec.ingress[0].from[0]'],
    ['every pod', ingress({ namespaceSelector: {} }, 9090), 'spec.ingress[0].from[0]'],
    [
      'every pod by an empty selector',
      ingress({ namespaceSelector: {}, podSelector: {} }, 9090),
      'spec.ingress[0].from[0]',
    ],
  ])('from %s is from everybody', (_, manifest, field) => {
    expect(findings([manifest], WIDTH, NO_MESH)).toMatchObject([{ code: 'CT405', severity: 'warning', field }]);
  });

  const labelled = { podSelector: { matchLabels: { scraper: 'yes' } } };

  test.each([
    ['any namespace', {}],
    [
      'all namespaces but some',
      { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }] },
    ],
    ['namespaces with a name', { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'Exists' }] }],
  ])('a tenant of %s can label its pods', (_, namespaceSelector) => {
    const [finding] = findings([ingress({ namespaceSelector, ...labelled }, 9090)], WIDTH, NO_MESH);
    expect(finding).toMatchObject({ code: 'CT404', severity: 'warning', field: 'spec.ingress[0].from[0]' });
    expect(finding?.message).toContain('scraper=yes');
  });

  test.each([
    ['a named namespace', { namespaceSelector: inNamespace('monitoring'), ...labelled }],
    ['namespaces that somebody labels', { namespaceSelector: { matchLabels: { team: 'obs' } }, ...labelled }],
    ['its own namespace', labelled],
    ['a range of addresses', { ipBlock: { cidr: '10.0.0.0/8' } }],
  ])('%s is nobody unknown', (_, peer) => {
    expect(findings([ingress(peer, 9090)], WIDTH, NO_MESH)).toEqual([]);
  });
});

describe('programs without a policy', () => {
  test('are noted', () => {
    expect(findings(agent(), 'CT407')).toMatchObject([{ severity: 'info', object: 'DaemonSet/obs/agent' }]);
  });

  test('one that selects them is enough', () => {
    expect(findings([...agent(), policy({})], 'CT407')).toEqual([]);
    expect(findings([...agent(), policy({ podSelector: { matchLabels: { app: 'other' } } })], 'CT407')).toHaveLength(1);
  });

  test('programs that nobody knows are not', () => {
    expect(findings(app('shop', 'shop', NOT_INJECTED, [{ port: 80 }]), 'CT407')).toEqual([]);
  });
});

describe('denied connections', () => {
  const stack = [
    ...agent({ labels: NOT_INJECTED, annotations: withoutSettings, config: pushing('http://gateway.obs2:4318') }),
    ...app('gateway', 'obs2', NOT_INJECTED, [{ port: 4318, targetPort: 14318 }]),
    namespace('obs2'),
  ];
  const dns = {
    to: [{ namespaceSelector: inNamespace('kube-system') }],
    ports: [{ port: 53, protocol: 'UDP' }, ...tcp(53)],
  };
  const selected = { podSelector: { matchLabels: { app: 'agent' } } };

  test('by the client, whose rule has to name the target port', () => {
    const byServicePort = policy({
      ...selected,
      egress: [dns, { to: [{ namespaceSelector: inNamespace('obs2') }], ports: tcp(4318) }],
    });
    const [finding, ...others] = findings([...stack, byServicePort], /CT4(0[128]|12)/, NO_MESH);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'CT401',
      severity: 'error',
      object: 'NetworkPolicy/obs/policy',
      field: 'spec.egress',
    });
    expect(finding?.fix).toContain('TCP 14318');
    expect(finding?.fix).toContain('namespace obs2, labels app=gateway');
  });

  test('by the server', () => {
    const closed = policy({ policyTypes: ['Ingress'] }, 'closed', 'obs2');
    expect(findings([...stack, closed], /CT40[12]/, NO_MESH)).toMatchObject([
      { code: 'CT402', severity: 'error', object: 'NetworkPolicy/obs2/closed', field: 'spec.ingress' },
    ]);
  });

  test('by nobody', () => {
    expect(findings(stack, /CT4(0[128]|12)/, NO_MESH)).toEqual([]);
  });

  test('DNS over TCP alone is a warning', () => {
    const udp = { ...dns, ports: [{ port: 53, protocol: 'UDP' }] };
    const push = { to: [{ namespaceSelector: inNamespace('obs2') }], ports: tcp(14318) };
    expect(findings([...stack, policy({ ...selected, egress: [udp, push] })], /CT4(0[128]|12)/, NO_MESH)).toMatchObject(
      [{ code: 'CT412', severity: 'warning' }],
    );
  });

  test('the rows of the plan carry the code', () => {
    const closed = policy({ policyTypes: ['Ingress'] }, 'closed', 'obs2');
    const { flows } = planned([...stack, closed], NO_MESH);
    expect(flows.filter(({ findings: of }) => of.includes('CT402')).map(({ purpose }) => purpose)).toEqual(['push']);
  });

  test('a sidecar without istiod never becomes ready', () => {
    const injected = agent({ config: pushing('http://gateway.obs2:4318') });
    const [finding] = findings([...injected, policy({ ...selected, egress: [dns] })], 'CT408');
    expect(finding).toMatchObject({ severity: 'error', object: 'NetworkPolicy/obs/policy' });
    expect(finding?.fix).toContain('TCP 15012');
  });

  test('between ambient pods everything arrives at 15008', () => {
    const ambient = { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'ambient' };
    const manifests = [
      ...agent({ labels: ambient, annotations: withoutSettings, config: pushing('http://gateway.obs2:4318') }),
      ...app('gateway', 'obs2', ambient, [{ port: 4318 }]),
      namespace('obs2'),
    ];
    const toPort = (...ports: number[]) =>
      policy({
        ...selected,
        egress: [dns, { to: [{ namespaceSelector: inNamespace('obs2') }], ports: tcp(...ports) }],
      });
    const facts = { ...NO_MESH, mesh: { mode: 'ambient' as const } };
    expect(findings([...manifests, toPort(4318)], /CT40[129]/, facts)).toMatchObject([
      { code: 'CT409', severity: 'error' },
    ]);
    expect(findings([...manifests, toPort(4318, 15008)], /CT40[129]/, facts)).toEqual([]);
  });
});

describe('PeerAuthentication', () => {
  function authentication(spec: Tree): Tree {
    return {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'p', namespace: 'shop' },
      spec,
    };
  }
  const selector = { matchLabels: { app: 'web' } };
  const web = app('web', 'shop', INJECTED, [{ port: 80, targetPort: 8080 }]);

  test('modes by port need a selector', () => {
    const manifests = [authentication({ portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } })];
    expect(findings(manifests, 'CT410')).toMatchObject([{ severity: 'warning', field: 'spec.portLevelMtls' }]);
  });

  test('they are keyed by the port of the container', () => {
    const byServicePort = authentication({ selector, portLevelMtls: { 80: { mode: 'PERMISSIVE' } } });
    const [finding] = findings([...web, byServicePort], 'CT411');
    expect(finding).toMatchObject({ severity: 'warning', field: 'spec.portLevelMtls.80' });
    expect(finding?.fix).toBe('Write 8080 instead of 80.');
    const byContainerPort = authentication({ selector, portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } });
    expect(findings([...web, byContainerPort], /CT41[01]/)).toEqual([]);
  });

  test('a port that pods listen on may also be one of a Service', () => {
    const both = app('web', 'shop', INJECTED, [
      { port: 80, targetPort: 8080 },
      { port: 81, targetPort: 80 },
    ]);
    expect(
      findings([...both, authentication({ selector, portLevelMtls: { 80: { mode: 'DISABLE' } } })], 'CT411'),
    ).toEqual([]);
  });
});
