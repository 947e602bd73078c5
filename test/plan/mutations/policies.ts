import { type Broken, get, type Mutation, ofKind, ofPart, set, text, tree, trees } from './edit';
import { remove } from './certificates';
import type { Tree } from '../support/stacks';

const EVERYWHERE = { ipBlock: { cidr: '0.0.0.0/0' } };

export const POLICIES: readonly Mutation[] = [
  mutation('no policy', 'CT407', (broken) =>
    remove(broken.manifests, (manifest) => manifest === ofPart(broken, 'NetworkPolicy', 'metric-agent')),
  ),
  mutation('no egress to DNS', 'CT401', (broken) => dropRule(broken, 'metric-agent', 'egress', 53)),
  mutation('no egress to the API server', 'CT401', (broken) => dropRule(broken, 'metric-agent', 'egress', 443, 6443)),
  mutation('no egress to the kubelet', 'CT401', (broken) => dropRule(broken, 'metric-agent', 'egress', 10250)),
  mutation(
    'no egress to backends',
    'CT401',
    (broken) => !isAmbient(broken) && dropRule(broken, 'metric-agent', 'egress', 4317, 14317, 9201),
  ),
  mutation(
    'no egress to the outside',
    'CT401',
    (broken) => connectsOutside(broken) && dropRule(broken, 'metric-agent', 'egress', 443),
  ),
  mutation('no egress to istiod', 'CT408', (broken) => dropRule(broken, 'metric-agent', 'egress', 15012)),
  mutation('no egress from Prometheus to the agent', 'CT401', (broken) =>
    dropRule(broken, 'prometheus', 'egress', 8888),
  ),
  mutation('no egress from the manager to Prometheus', 'CT401', (broken) =>
    dropRule(broken, 'telemetry-manager', 'egress', 9090),
  ),
  mutation(
    'no ingress to the agent',
    'CT402',
    (broken) =>
      ofPart(broken, 'StatefulSet', 'prometheus') !== undefined && dropRule(broken, 'metric-agent', 'ingress', 8888),
  ),
  mutation(
    'no ingress to Prometheus',
    'CT402',
    (broken) => hasManager(broken) && dropRule(broken, 'prometheus', 'ingress', 9090),
  ),
  mutation('no ingress to the manager', 'CT402', (broken) => dropRule(broken, 'telemetry-manager', 'ingress', 8080)),
  mutation('the port of the Service instead of its target port', 'CT401', (broken) => {
    const declared = broken.facts.services.some(({ ports }) => ports.some(({ targetPort }) => targetPort === 14317));
    const rule = ruleWith(broken, 'metric-agent', 'egress', 14317);
    return (
      declared &&
      !isAmbient(broken) &&
      !reachesEveryPod(broken) &&
      set(rule, 'ports', [{ port: 4317, protocol: 'TCP' }])
    );
  }),
  mutation('DNS over UDP only', 'CT412', (broken) => {
    const rules = rulesWith(broken, 'metric-agent', 'egress', 53);
    return (
      !reachesEveryPod(broken) &&
      rules.map((rule) => set(rule, 'ports', [{ port: 53, protocol: 'UDP' }])).includes(true)
    );
  }),
  mutation('15008 is closed', 'CT409', closeHbone),
  mutation('egress to everything', 'CT403', (broken) => set(spec(broken, 'metric-agent'), 'egress', [{}])),
  mutation('egress to every address', 'CT403', (broken) =>
    set(ruleWith(broken, 'metric-agent', 'egress', 443), 'to', [EVERYWHERE]),
  ),
  mutation('egress to the metadata service', 'CT406', (broken) => {
    const rule = ruleWith(broken, 'metric-agent', 'egress', 443);
    return (
      set(rule, 'to', [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }]) &&
      set(rule, 'ports', [{ port: 80, protocol: 'TCP' }])
    );
  }),
  mutation('ingress from everybody', 'CT405', (broken) =>
    set(ruleWith(broken, 'metric-agent', 'ingress', 8888), 'from', undefined),
  ),
  mutation('ingress from any namespace', 'CT404', (broken) => {
    const rule = ruleWith(broken, 'metric-agent', 'ingress', 8888);
    return set(trees(rule, 'from')[0], 'namespaceSelector', {});
  }),
];

export const PEER_AUTHENTICATION: readonly Mutation[] = [
  authentication('STRICT for the self-metrics', 'CT113', (broken) => {
    const ports = tree(ofKind(broken, 'PeerAuthentication')[0], 'spec', 'portLevelMtls') ?? {};
    return Object.keys(ports)
      .map((port) => set(ports, port, { mode: 'STRICT' }))
      .includes(true);
  }),
  authentication('no selector', 'CT410', (broken) =>
    set(tree(ofKind(broken, 'PeerAuthentication')[0], 'spec'), 'selector', undefined),
  ),
  authentication('the port of a Service', 'CT411', (broken) => {
    const service = ofPart(broken, 'Service', 'metric-agent');
    const [port] = trees(service, 'spec', 'ports');
    const [policy] = ofKind(broken, 'PeerAuthentication');
    return set(port, 'port', 80) && set(tree(policy, 'spec'), 'portLevelMtls', { 80: { mode: 'PERMISSIVE' } });
  }),
  authentication('a STRICT namespace and captured self-metrics', 'CT113', strictNamespace),
];

function mutation(name: string, expects: Mutation['expects'], apply: Mutation['apply']): Mutation {
  return { name, place: 'NetworkPolicy', expects, apply };
}

function authentication(name: string, expects: Mutation['expects'], apply: Mutation['apply']): Mutation {
  return { name, place: 'PeerAuthentication', expects, apply };
}

function spec(broken: Broken, part: string): Tree | undefined {
  return tree(ofPart(broken, 'NetworkPolicy', part), 'spec');
}

type Direction = 'egress' | 'ingress';

function rulesWith(broken: Broken, part: string, direction: Direction, ...ports: number[]): Tree[] {
  return trees(spec(broken, part), direction).filter((rule) =>
    trees(rule, 'ports').some(({ port }) => ports.includes(port as number)),
  );
}

function ruleWith(broken: Broken, part: string, direction: Direction, port: number): Tree | undefined {
  return rulesWith(broken, part, direction, port)[0];
}

/** All rules with one of the ports, where no other rule could allow the same. */
function dropRule(broken: Broken, part: string, direction: Direction, ...ports: number[]): boolean {
  const rules = rulesWith(broken, part, direction, ...ports);
  if (part === 'metric-agent' && direction === 'egress' && reachesEveryPod(broken)) return false;
  return rules.map((rule) => remove(trees(spec(broken, part), direction), (other) => other === rule)).includes(true);
}

/** For annotated pods of any namespace. */
function reachesEveryPod(broken: Broken): boolean {
  const peers = trees(spec(broken, 'metric-agent'), 'egress').flatMap((rule) => trees(rule, 'to'));
  return peers.some((peer) => {
    const namespaces = tree(peer, 'namespaceSelector');
    return namespaces !== undefined && get(namespaces, 'matchLabels') === undefined && !isNamed(namespaces);
  });
}

function isNamed(namespaces: Tree): boolean {
  return trees(namespaces, 'matchExpressions').some(({ operator }) => operator === 'In');
}

function isAmbient({ facts }: Broken): boolean {
  return facts.mesh?.mode === 'ambient';
}

function connectsOutside(broken: Broken): boolean {
  return text(ofPart(broken, 'ConfigMap', 'metric-agent'), 'data', 'collector.yaml').includes(
    'https://otlp.vendor.example',
  );
}

function hasManager(broken: Broken): boolean {
  return ofPart(broken, 'Deployment', 'telemetry-manager') !== undefined;
}

/** Between pods of the mesh, which somebody has to have declared. */
function closeHbone(broken: Broken): boolean {
  if (!broken.facts.services.some(({ dataPlane }) => dataPlane === 'ambient')) return false;
  const rules = trees(spec(broken, 'metric-agent'), 'egress');
  return rules.map((rule) => remove(trees(rule, 'ports'), ({ port }) => port === 15008)).includes(true);
}

function strictNamespace(broken: Broken): boolean {
  const [agent] = ofKind(broken, 'DaemonSet');
  const annotations = tree(agent, 'spec', 'template', 'metadata', 'annotations');
  if (!set(annotations, 'traffic.sidecar.istio.io/excludeInboundPorts', undefined)) return false;
  const namespace = get(agent, 'metadata', 'namespace');
  const metadata = { name: 'strict', namespace };
  return (
    broken.manifests.push({
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata,
      spec: { mtls: { mode: 'STRICT' } },
    }) > 0 && text(agent, 'kind') !== ''
  );
}
