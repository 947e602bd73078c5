import { EVERY_ADDRESS, hostCidr } from '../../private/cidr';
import { NAMESPACE_NAME } from '../../private/labels';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule, Selector } from '../inventory';
import { addressSet, within } from '../verdicts/address-set';
import { admitsEverybody } from '../verdicts/network-policy/peers';
import { listed } from '../words';
import { type Found, found } from './finding';

/** Rules of a NetworkPolicy that are wider than anybody needs. */
export function policyWidth(policy: NetworkPolicy): Found[] {
  return [
    ...(policy.egress ?? []).flatMap((rule, i) => egress(policy, rule, `spec.egress[${i}]`)),
    ...(policy.ingress ?? []).flatMap((rule, i) => ingress(policy, rule, `spec.ingress[${i}]`)),
  ];
}

function egress(policy: NetworkPolicy, rule: PolicyRule, field: string): Found[] {
  const everywhere = admitsEverybody(rule) ? 'has no peers' : everyAddress(rule);
  if (everywhere !== undefined) {
    return [
      found(
        'CT403',
        { object: policy.id, field },
        {
          message: `The egress rule ${everywhere}: the pods reach every address ${onPorts(rule)}, the cloud's metadata service included.`,
          fix: 'Name the peers by namespace and pod labels; for a destination known by name only, allow 0.0.0.0/0 except 169.254.0.0/16 and the ranges of the cluster, on its port.',
        },
      ),
    ];
  }
  return (rule.peers ?? []).flatMap((peer, i) => metadataService(policy, rule, peer, `${field}.to[${i}]`));
}

/** With any exception somebody has thought about it. */
function everyAddress({ peers = [] }: PolicyRule): string | undefined {
  const block = peers
    .flatMap(({ ipBlock }) => ipBlock ?? [])
    .find(({ cidr, except }) => isEverything(cidr) && !except.length);
  return block && `allows ${block.cidr} without exceptions`;
}

function isEverything(cidr: string): boolean {
  return EVERY_ADDRESS.includes(cidr);
}

/** Of AWS, Azure, Google Cloud and most others; of AWS over IPv6; of Alibaba Cloud. */
const METADATA_SERVICES: readonly string[] = ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200'];
const METADATA_PORT = 80;

function metadataService(policy: NetworkPolicy, rule: PolicyRule, { ipBlock }: PolicyPeer, field: string): Found[] {
  if (!ipBlock || !admitsTcp(rule.ports, METADATA_PORT)) return [];
  const reached = METADATA_SERVICES.filter(
    (address) => within(addressSet([hostCidr(address)], ipBlock.except), [ipBlock.cidr]) === 'yes',
  );
  if (reached.length === 0) return [];
  return [
    found(
      'CT406',
      { object: policy.id, field: `${field}.ipBlock` },
      {
        message: `The range ${ipBlock.cidr} contains ${listed(reached)}, where the cloud gives out credentials of the node, and port ${METADATA_PORT} is allowed.`,
        fix: `Add ${listed(reached.map(hostCidr))} to except.`,
      },
    ),
  ];
}

function admitsTcp(ports: readonly PolicyPort[] | undefined, wanted: number): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some(({ protocol, port, endPort }) => {
    if (protocol !== 'TCP' || typeof port === 'string') return false;
    return port === undefined || (port <= wanted && wanted <= (endPort ?? port));
  });
}

function ingress(policy: NetworkPolicy, rule: PolicyRule, field: string): Found[] {
  if (admitsEverybody(rule)) return [everybody(policy, rule, field, 'has no peers')];
  return (rule.peers ?? []).flatMap((peer, i) => ingressPeer(policy, rule, peer, `${field}.from[${i}]`));
}

function ingressPeer(policy: NetworkPolicy, rule: PolicyRule, peer: PolicyPeer, field: string): Found[] {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock && isEverything(ipBlock.cidr)) return [everybody(policy, rule, field, `admits ${ipBlock.cidr}`)];
  if (!namespaceSelector || !takesNewNamespaces(namespaceSelector)) return [];
  const labels = podSelector && wordsOf(podSelector);
  if (labels === undefined || labels === '') return [everybody(policy, rule, field, 'admits pods of any namespace')];
  return [
    found(
      'CT404',
      { object: policy.id, field },
      {
        message: `Pods with ${labels} of any namespace are admitted ${onPorts(rule)}, and everybody who may create pods can label them so.`,
        fix: 'Name the namespace of the clients in namespaceSelector, by its label kubernetes.io/metadata.name.',
      },
    ),
  ];
}

function everybody(policy: NetworkPolicy, rule: PolicyRule, field: string, because: string): Found {
  return found(
    'CT405',
    { object: policy.id, field },
    {
      message: `The ingress rule ${because}: everybody is admitted ${onPorts(rule)}.`,
      fix: 'Name the clients by namespace (kubernetes.io/metadata.name) and pod labels.',
    },
  );
}

/** No requirement that a namespace made tomorrow does not meet by itself. */
function takesNewNamespaces({ matchLabels, matchExpressions }: Selector): boolean {
  return (
    Object.keys(matchLabels).length === 0 &&
    matchExpressions.every(
      ({ key, operator }) =>
        operator === 'NotIn' || operator === 'DoesNotExist' || (operator === 'Exists' && key === NAMESPACE_NAME),
    )
  );
}

function wordsOf({ matchLabels, matchExpressions }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values }) =>
    [key, operator, values.join(' or ')].filter((part) => part !== '').join(' '),
  );
  return listed([...labels, ...expressions]);
}

function onPorts({ ports }: PolicyRule): string {
  if (!ports || ports.length === 0) return 'on every port';
  return `on ${listed([...new Set(ports.map(portWords))])}`;
}

function portWords({ protocol, port, endPort }: PolicyPort): string {
  if (port === undefined) return `every ${protocol} port`;
  return `${port}${endPort === undefined ? '' : `–${endPort}`}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}
