import type { ApiServerProps, ClusterProps } from '../cluster-props';
import { ClusterDns } from '../cluster-dns';
import { checkCidr, checkIp, checkPort, isDnsName } from './checks';
import { isIpv6, overlap } from './cidr';
import { invalid } from './errors';
import { foreignNamespaces, foreignServices } from './foreign-object-checks';
import type { ApiServerFacts, ClusterFacts } from './cluster-facts';
import { CLUSTER } from './cluster-keys';
import { givenProps } from './given';
import { USUAL_API_SERVER_PORTS } from './ports';
import { checkMinorVersion, isAtLeast } from './versions';

/** Props from code or file, checked: what builders and plan read. */
export function checkFacts(where: string, props: ClusterProps): ClusterFacts {
  givenProps(where, CLUSTER, props);
  const cidrs = (input: string, values: string[] = []): string[] =>
    values.map((value, i) => checkClusterCidr(where, `${input}[${i}]`, value));
  const podCidrs = cidrs('podCidrs', props.podCidrs);
  const nodeCidrs = cidrs('nodeCidrs', props.nodeCidrs);
  const serviceCidrs = cidrs('serviceCidrs', props.serviceCidrs);
  checkApart(where, { podCidrs, nodeCidrs }, serviceCidrs);
  return {
    name: checkName(where, props.name),
    mesh: props.mesh._facts,
    podCidrs,
    nodeCidrs,
    serviceCidrs,
    apiServer: checkApiServer(where, props.apiServer ?? {}),
    dns: (props.dns ?? ClusterDns.coreDns())._servers,
    ipv6: isIpv6(podCidrs[0] ?? ''),
    namespaces: foreignNamespaces(where, props.namespaces ?? []),
    services: foreignServices(where, props.services ?? []),
    ...(props.cni !== undefined && { cni: props.cni }),
    ...(props.kubernetesVersion !== undefined && { kubernetesVersion: checkKubernetes(where, props) }),
  };
}

function checkClusterCidr(where: string, input: string, value: string): string {
  if (checkCidr(where, input, value).endsWith('/0')) {
    throw invalid(where, {
      input,
      got: value,
      allowed: 'a range of the cluster, not every address',
      fix: 'leave the fact out if the range is unknown',
    });
  }
  return value;
}

/** Pods and nodes are excluded from interception; a Service address among them would bypass the sidecar. */
function checkApart(where: string, excluded: Record<string, string[]>, serviceCidrs: string[]): void {
  for (const [input, ranges] of Object.entries(excluded)) {
    const range = ranges.find((candidate) => serviceCidrs.some((services) => overlap(candidate, services)));
    if (range !== undefined) {
      throw invalid(where, {
        input,
        got: range,
        allowed: `ranges apart from serviceCidrs (${serviceCidrs.join(', ')})`,
        fix: 'declare the exact ranges; a Service address inside would bypass the sidecar and lose mutual TLS',
      });
    }
  }
}

/** Native sidecars are init containers that keep running: Kubernetes 1.29. */
function checkKubernetes(where: string, { kubernetesVersion = '', mesh }: ClusterProps): string {
  const version = checkMinorVersion(where, 'kubernetesVersion', kubernetesVersion);
  const facts = mesh._facts;
  if (facts.mode === 'sidecar' && facts.nativeSidecars && !isAtLeast(version, '1.29')) {
    throw invalid(where, {
      input: 'kubernetesVersion',
      got: kubernetesVersion,
      allowed: '1.29 or later with native sidecars',
      fix: 'leave nativeSidecars out of the mesh',
    });
  }
  return version;
}

function checkName(where: string, name: string | undefined): string {
  if (name !== undefined && !isDnsName(name)) {
    throw invalid(where, {
      input: 'name',
      got: name,
      allowed: 'lower-case letters, digits, hyphens and dots, such as prod-eu-1',
      fix: 'choose such a name, or leave it out',
    });
  }
  return name ?? '';
}

function checkApiServer(where: string, props: ApiServerProps): ApiServerFacts {
  const { serviceIps = [], endpointCidrs = [], port } = props;
  return {
    serviceIps: serviceIps.map((ip, i) => checkIp(where, `apiServer.serviceIps[${i}]`, ip)),
    endpointCidrs: endpointCidrs.map((cidr, i) => checkCidr(where, `apiServer.endpointCidrs[${i}]`, cidr)),
    ports: port === undefined ? USUAL_API_SERVER_PORTS : [checkPort(where, 'apiServer.port', port)],
  };
}
