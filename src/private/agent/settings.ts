import type { Construct } from 'constructs';
import { Interception } from '../../interception';
import type { MetricAgentProps, SidecarResources } from '../../metric-agent-props';
import { MetricInput } from '../../metric-input';
import { checkCluster, checkImage, checkMember, checkPriorityClass } from '../checks';
import { isIpv6 } from '../cidr';
import { invalid } from '../errors';
import { resolveIdentity } from '../identity';
import { COLLECTOR_IMAGE } from '../images';
import type { ClusterFacts } from '../facts';
import { type InputModel, inputId } from '../input';
import { partName } from '../names';
import { checkAtMost, checkMi, millis, resolveResources } from '../resources';
import type { SidecarResourcesModel } from '../sidecar';
import type { AgentSettings } from './model';

/** Room for tens of thousands of series on a node, with full queues. A CPU limit would delay scrapes. */
const DEFAULT_RESOURCES = { cpuRequest: '100m', memoryRequestMi: 256, memoryLimitMi: 1024 };

/** Checks the props of an agent, except for its backends. */
export function agentSettings(agent: Construct, props: MetricAgentProps): AgentSettings {
  const where = agent.node.path;
  const cluster = checkDualStack(where, checkCluster(where, props.cluster));
  const identity = resolveIdentity(agent, props);
  const name = partName(identity.instance, 'metric-agent');
  return {
    ...identity,
    name,
    leaseName: `${name}-k8s-cluster`,
    cluster,
    inputs: checkInputs(where, props.inputs ?? [MetricInput.runtime()], cluster.mesh.mode),
    interception: checkInterception(where, props),
    image: checkImage(where, props.image ?? COLLECTOR_IMAGE),
    resources: resolveResources(where, props.resources, DEFAULT_RESOURCES),
    priorityClassName: checkPriorityClass(where, props.priorityClassName),
    sidecarResources: props.sidecarResources && checkSidecarResources(where, props.sidecarResources),
  };
}

/** IPv6 of a dual-stack pod is captured as declared only if the sidecar is told. */
function checkDualStack(where: string, cluster: ClusterFacts): ClusterFacts {
  const { mesh, podCidrs } = cluster;
  const families = new Set(podCidrs.map(isIpv6));
  if (mesh.mode === 'sidecar' && !mesh.dualStack && families.size > 1) {
    throw invalid(where, {
      input: 'cluster.podCidrs',
      got: podCidrs,
      allowed: 'one IP family, or a mesh that is declared dual-stack',
      fix: 'declare IstioMesh.sidecar({ dualStack: true }) and set ISTIO_DUAL_STACK in istiod, or name one family',
    });
  }
  return cluster;
}

function checkInputs(where: string, inputs: MetricInput[], mesh: string): InputModel[] {
  const models = inputs.map((input) => input._model);
  const ids = models.map(inputId);
  if (models.length === 0 || new Set(ids).size < ids.length) {
    throw invalid(where, {
      input: 'inputs',
      got: ids,
      allowed: 'one or more inputs: runtime, prometheus and istio at most once each, scrape jobs with distinct names',
      fix: 'merge inputs of the same kind into one, or rename a scrape job',
    });
  }
  if (mesh === 'none' && ids.includes('istio')) {
    throw invalid(where, {
      input: 'inputs',
      got: 'istio',
      allowed: 'the istio input only where there is a mesh',
      fix: 'remove MetricInput.istio(), or declare the mesh in Cluster',
    });
  }
  return models;
}

function checkInterception(where: string, { interception, cluster }: MetricAgentProps): Interception {
  if (interception === Interception.SERVICE_CIDRS && cluster._facts.serviceCidrs.length === 0) {
    throw invalid(where, {
      input: 'interception',
      got: interception,
      allowed: 'SERVICE_CIDRS only where the ranges of Service addresses are known',
      fix: 'declare Cluster serviceCidrs',
    });
  }
  return checkMember(where, 'interception', interception ?? Interception.EVERY_BACKEND, Object.values(Interception));
}

function checkSidecarResources(where: string, given: SidecarResources): SidecarResourcesModel {
  const cpuRequest = given.cpuRequest.amount;
  const cpuLimit = given.cpuLimit.amount;
  const memoryRequest = checkMi(where, 'sidecarResources.memoryRequest', given.memoryRequest);
  const memoryLimit = checkMi(where, 'sidecarResources.memoryLimit', given.memoryLimit);
  checkAtMost(where, 'sidecarResources.cpuRequest', cpuRequest, millis(cpuRequest), millis(cpuLimit));
  checkAtMost(where, 'sidecarResources.memoryRequest', `${memoryRequest}Mi`, memoryRequest, memoryLimit);
  return { cpuRequest, cpuLimit, memoryRequest: `${memoryRequest}Mi`, memoryLimit: `${memoryLimit}Mi` };
}
