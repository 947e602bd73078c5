import { MtlsMode } from '../../../src';
import {
  type Broken,
  agent,
  editProxyConfig,
  get,
  intercepted,
  type Mutation,
  ofKind,
  podLabels,
  podSpec,
  set,
  text,
  tree,
} from './edit';

const INJECT = 'sidecar.istio.io/inject';
const OUT = 'traffic.sidecar.istio.io/includeOutboundPorts';
const RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const EXCLUDED_RANGES = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const EXCLUDED_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';
const IN = 'traffic.sidecar.istio.io/includeInboundPorts';
const EXCLUDED_IN = 'traffic.sidecar.istio.io/excludeInboundPorts';

export const POD: readonly Mutation[] = [
  mutation(
    'the inject label is missing, and the namespace is known',
    'CT304',
    (broken) => isKnown(broken) && dropLabel(broken),
  ),
  mutation(
    'the inject label is missing, and the namespace is not known',
    'CT321',
    (broken) => !isKnown(broken) && dropLabel(broken),
  ),
  mutation(
    'the inject label is "yes"',
    'CT301',
    (broken) => withSidecar(broken) && set(podLabels(agent(broken)), INJECT, 'yes'),
  ),
  mutation(
    'the inject label stands on the DaemonSet',
    'CT302',
    (broken) => dropLabel(broken) && set(tree(agent(broken), 'metadata', 'labels'), INJECT, 'true'),
  ),
  mutation('the revision is missing', 'CT306', (broken) => set(podLabels(agent(broken)), 'istio.io/rev', undefined)),
  mutation(
    'the network of the node',
    'CT115',
    (broken) => withSidecar(broken) && set(podSpec(agent(broken)), 'hostNetwork', true),
  ),
  mutation(
    "the sidecar's user",
    'CT114',
    (broken) => withSidecar(broken) && set(tree(podSpec(agent(broken)), 'securityContext'), 'runAsUser', 1337),
  ),
  mutation(
    'every taint is tolerated with istio-cni',
    'CT316',
    (broken) => hasCni(broken) && set(podSpec(agent(broken)), 'tolerations', [{ operator: 'Exists' }]),
  ),
  mutation(
    'Pod Security refuses istio-init',
    'CT317',
    (broken) => !hasCni(broken) && withSidecar(broken) && enforceRestricted(broken),
  ),

  annotation('includeOutboundIPRanges is missing', 'CT104', (all) => hasPorts(all) && set(all, RANGES, undefined)),
  annotation('includeOutboundIPRanges is "*"', 'CT104', (all) => hasPorts(all) && set(all, RANGES, '*')),
  annotation('a port with a leading zero', 'CT101', (all) => hasPorts(all) && set(all, OUT, `${text(all, OUT)},09999`)),
  annotation('the name of a port', 'CT101', (all) => hasPorts(all) && set(all, OUT, `${text(all, OUT)},http`)),
  annotation('a port of the sidecar', 'CT101', (all) => hasPorts(all) && set(all, OUT, `${text(all, OUT)},15090`)),
  annotation(
    'a port both included and excluded',
    'CT103',
    (all) => hasPorts(all) && set(all, EXCLUDED_PORTS, text(all, OUT).split(',')[0]),
  ),
  annotation('a range without mask', 'CT102', (all) => set(all, EXCLUDED_RANGES, '10.96.0.1')),
  annotation('443 is added, and the API server is not excluded', 'CT106', (all) => addPort443(all)),
  annotation('interception is off', 'CT119', (all) => set(all, 'sidecar.istio.io/interceptionMode', 'NONE')),
  annotation('nothing inbound is included', 'CT111', (all) => EXCLUDED_IN in all && set(all, IN, '')),
  annotation(
    'inbound ports are included and excluded',
    'CT110',
    (all) => EXCLUDED_IN in all && set(all, IN, text(all, EXCLUDED_IN)),
  ),
  annotation(
    'scrape annotations without merge-metrics',
    'CT314',
    (all) => set(all, 'prometheus.istio.io/merge-metrics', undefined) && set(all, 'prometheus.io/scrape', 'true'),
  ),
  annotation(
    'memory of the sidecar without the other resources',
    'CT312',
    (all) => set(all, 'sidecar.istio.io/proxyMemory', '64Mi') && !set(all, 'sidecar.istio.io/proxyCPULimit', undefined),
  ),
  annotation('one of four resources is missing', 'CT312', (all) =>
    set(all, 'sidecar.istio.io/proxyCPULimit', undefined),
  ),

  mutation('the ports of backends are missing', 'CT109', dropBackendPort),
  mutation('a target port instead of the Service port', 'CT108', targetPortInstead),
  mutation('the ranges of Services are excluded', 'CT107', excludeServices),
  mutation(
    'self-metrics are captured under STRICT',
    'CT113',
    (broken) => isStrict(broken) && set(intercepted(broken), EXCLUDED_IN, undefined),
  ),
  mutation('a setting of the sidecar is misspelt', 'CT310', (broken) =>
    editProxyConfig(broken, (config) => set(config, 'holdApplicationUntilProxyStart', true)),
  ),
  mutation('a value of proxyMetadata is no string', 'CT309', (broken) =>
    editProxyConfig(broken, (config) =>
      set(config, 'proxyMetadata', { ...tree(config, 'proxyMetadata'), ISTIO_DUAL_STACK: true }),
    ),
  ),
];

function mutation(name: string, expects: Mutation['expects'], apply: Mutation['apply']): Mutation {
  return { name, place: 'pod', expects, apply };
}

function annotation(
  name: string,
  expects: Mutation['expects'],
  edit: (all: Record<string, unknown>) => boolean,
): Mutation {
  return mutation(name, expects, (broken) => {
    const all = intercepted(broken);
    return all !== undefined && edit(all);
  });
}

function withSidecar(broken: Broken): boolean {
  return intercepted(broken) !== undefined;
}

function hasPorts(all: Record<string, unknown>): boolean {
  return text(all, OUT) !== '';
}

function isKnown(broken: Broken): boolean {
  const namespace = get(agent(broken), 'metadata', 'namespace');
  const rendered = ofKind(broken, 'Namespace').some((manifest) => get(manifest, 'metadata', 'name') === namespace);
  return rendered || broken.facts.namespaces.some(({ name }) => name === namespace);
}

function dropLabel(broken: Broken): boolean {
  set(podLabels(agent(broken)), 'istio.io/rev', undefined);
  return withSidecar(broken) && set(podLabels(agent(broken)), INJECT, undefined);
}

function hasCni({ facts: { mesh } }: Broken): boolean {
  return mesh?.mode === 'sidecar' && mesh.istioCni;
}

function isStrict({ facts: { mesh } }: Broken): boolean {
  return mesh?.mode === 'sidecar' && mesh.mtls === MtlsMode.STRICT;
}

function enforceRestricted(broken: Broken): boolean {
  const labels = tree(ofKind(broken, 'Namespace')[0], 'metadata', 'labels');
  return set(labels, 'pod-security.kubernetes.io/enforce', 'restricted');
}

function addPort443(all: Record<string, unknown>): boolean {
  const listed = text(all, OUT).split(',').includes('443');
  if (!hasPorts(all) || (!set(all, EXCLUDED_RANGES, undefined) && listed)) return false;
  return set(all, OUT, `${text(all, OUT).replace(/\b443,|,443\b/, '')},443`);
}

/** Ports of backends of which somebody declared that they are in the mesh. */
function meshServices({ facts }: Broken) {
  return facts.services.filter(({ dataPlane }) => dataPlane === 'sidecar').flatMap(({ ports }) => ports);
}

function dropBackendPort(broken: Broken): boolean {
  const all = intercepted(broken);
  const ports = text(all, OUT).split(',');
  const dropped = meshServices(broken).map(({ port }) => String(port));
  const rest = ports.filter((port) => !dropped.includes(port));
  return rest.length < ports.length && set(all, OUT, rest.join(','));
}

function targetPortInstead(broken: Broken): boolean {
  const all = intercepted(broken);
  const other = meshServices(broken).find(
    ({ port, targetPort }) => port !== targetPort && text(all, OUT).split(',').includes(String(port)),
  );
  return other !== undefined && set(all, OUT, String(other.targetPort));
}

function excludeServices(broken: Broken): boolean {
  const { serviceCidrs } = broken.facts;
  const all = intercepted(broken);
  if (serviceCidrs.length === 0 || meshServices(broken).length === 0 || !all || !hasPorts(all)) return false;
  return set(all, EXCLUDED_RANGES, serviceCidrs.join(','));
}
