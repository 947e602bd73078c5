import { only, read, refusal } from './reading';

const policyText = (spec: string) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: b}, spec: ${spec}}`;
const policy = (spec: string) => only(read(policyText(spec)).inventory.networkPolicies);

describe('which directions a policy restricts', () => {
  test.each([
    ['no types and no rules', '{podSelector: {}}', { ingress: [] }],
    ['no types and egress rules', '{podSelector: {}, egress: [{}]}', { ingress: [], egress: [{}] }],
    ['no types and no egress rule', '{podSelector: {}, egress: []}', { ingress: [] }],
    ['an empty list of types', '{podSelector: {}, policyTypes: [], egress: [{}]}', { ingress: [], egress: [{}] }],
    ['egress only', '{podSelector: {}, policyTypes: [Egress]}', { egress: [] }],
    ['egress only, whatever ingress says', '{podSelector: {}, policyTypes: [Egress], ingress: [{}]}', { egress: [] }],
    ['ingress only', '{podSelector: {}, policyTypes: [Ingress], egress: [{}]}', { ingress: [] }],
    ['both', '{podSelector: {}, policyTypes: [Ingress, Egress]}', { ingress: [], egress: [] }],
  ])('%s', (_, spec, directions) => {
    const { ingress, egress } = policy(spec);
    expect({ ...(ingress && { ingress }), ...(egress && { egress }) }).toEqual(directions);
  });
});

describe('a rule', () => {
  const rule = (text: string) => only(policy(`{podSelector: {}, ingress: [${text}]}`).ingress ?? []);

  test('without peers or with an empty list of them is for everybody', () => {
    for (const text of ['{}', 'null', '{from: []}', '{from: null}', '{ports: []}']) expect(rule(text)).toEqual({});
  });

  test('has peers by label and by address', () => {
    const everyPod = { matchLabels: {}, matchExpressions: [] };
    expect(rule('{from: [{podSelector: {}}, {namespaceSelector: {}}, {ipBlock: {cidr: "fd00::/8"}}]}').peers).toEqual([
      { podSelector: everyPod },
      { namespaceSelector: everyPod },
      { ipBlock: { cidr: 'fd00::/8', except: [] } },
    ]);
    expect(rule('{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}').peers).toEqual([
      { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
    ]);
  });

  test('has ports by number, name, range and protocol', () => {
    expect(
      rule('{ports: [{port: 80}, {port: http, protocol: UDP}, {port: 1, endPort: 9}, {protocol: SCTP}, {}]}'),
    ).toEqual({
      ports: [
        { protocol: 'TCP', port: 80 },
        { protocol: 'UDP', port: 'http' },
        { protocol: 'TCP', port: 1, endPort: 9 },
        { protocol: 'SCTP' },
        { protocol: 'TCP' },
      ],
    });
  });

  test('of egress has its peers in to', () => {
    expect(policy('{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}').egress?.[0]?.peers).toHaveLength(1);
  });
});

test('selectors keep labels and expressions', () => {
  const expressions = '[{key: a, operator: In, values: [b, c]}, {key: d, operator: DoesNotExist}]';
  expect(policy(`{podSelector: {matchLabels: {x: "y"}, matchExpressions: ${expressions}}}`).podSelector).toEqual({
    matchLabels: { x: 'y' },
    matchExpressions: [
      { key: 'a', operator: 'In', values: ['b', 'c'] },
      { key: 'd', operator: 'DoesNotExist', values: [] },
    ],
  });
});

test('a key that is no field would open the policy, so it is told', () => {
  const { inventory, notAnalysed } = read(
    policyText(
      '{podSelector: {}, ingress: [{form: [{podSelector: {}}], ports: [{port: 80, portEnd: 90}]}], Egress: []}',
    ),
  );
  expect(only(inventory.networkPolicies).ingress).toEqual([{ ports: [{ protocol: 'TCP', port: 80 }] }]);
  const reason = 'not a field of NetworkPolicy: Kubernetes ignores it';
  expect(notAnalysed).toEqual(
    ['spec.ingress[0].form', 'spec.ingress[0].ports[0].portEnd', 'spec.Egress'].map((field) => ({
      object: 'NetworkPolicy/b/a',
      field,
      reason,
    })),
  );
});

describe('what the API server refuses is refused', () => {
  test.each([
    ['{policyTypes: [ingress]}', 'spec.policyTypes[0]: got "ingress"; allowed: Ingress, Egress'],
    ['{ingress: {}}', 'spec.ingress: got a mapping; allowed: a list'],
    ['{ingress: [{from: [{}]}]}', 'spec.ingress[0].from[0]: got a mapping; allowed: either ipBlock'],
    ['{ingress: [{from: [null]}]}', 'spec.ingress[0].from[0]: got nothing; allowed: either ipBlock'],
    ['{ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}, podSelector: {}}]}]}', 'allowed: either ipBlock'],
    [
      '{ingress: [{from: [{ipBlock: {cidr: 10.0.0.1}}]}]}',
      'got "10.0.0.1"; allowed: a range of addresses with its mask',
    ],
    ['{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}', 'got "10.0.0.0/33"; allowed: a range'],
    ['{ingress: [{ports: [{port: 0}]}]}', 'port: got 0; allowed: a port from 1 to 65535'],
    ['{ingress: [{ports: [{port: http, endPort: 90}]}]}', 'endPort: got 90; allowed: a port not below'],
    ['{ingress: [{ports: [{endPort: 90}]}]}', 'endPort: got 90; allowed: a port not below'],
    ['{ingress: [{ports: [{port: 80, endPort: 70}]}]}', 'endPort: got 70; allowed: a port not below'],
    ['{ingress: [{ports: [{protocol: HTTP}]}]}', 'got "HTTP"; allowed: TCP, UDP, SCTP'],
    [
      '{podSelector: {matchExpressions: [{key: a, operator: Is}]}}',
      'got "Is"; allowed: In, NotIn, Exists, DoesNotExist',
    ],
    ['{podSelector: {matchExpressions: [{key: a}]}}', 'matchExpressions[0]'],
  ])('%s', (spec, message) => {
    expect(refusal(policyText(spec))).toContain(message);
  });

  test('a group that was removed, with the one to use', () => {
    expect(refusal('{apiVersion: extensions/v1beta1, kind: NetworkPolicy, metadata: {name: a, namespace: b}}')).toBe(
      'app.yaml, document 1: NetworkPolicy/b/a: apiVersion: no API server since 1.22 serves NetworkPolicy of group extensions; fix: use networking.k8s.io/v1',
    );
    expect(refusal('{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: a}}')).toContain('use apps/v1');
  });
});
