import type { Construct } from 'constructs';
import { Interception } from '../../interception';
import type { MetricAgentOptions, MetricAgentProps, SidecarResources } from '../../metric-agent-props';
import { MetricInput } from '../../metric-input';
import { PipelineBackend } from '../../pipeline-backend';
import { checkImage, checkPriorityClass } from '../checks';
import { isIpv6 } from '../cidr';
import { clusterKind } from '../cluster-kind';
import { invalid } from '../errors';
import { cpu, givenProps, instanceOf, type Keys, listOf, memberOf, objectOf, required, text } from '../given';
import { resolveIdentity } from '../identity';
import { COLLECTOR_IMAGE } from '../images';
import type { ClusterFacts } from '../cluster-facts';
import { type InputModel, inputId } from '../input';
import { partName } from '../names';
import { checkAtMost, checkMi, MEMORY, millis, resolveResources, RESOURCES } from '../resources';
import type { SidecarResourcesModel } from '../sidecar';
import type { AgentSettings } from './model';

/** Room for tens of thousands of series on a node, with full queues. A CPU limit would delay scrapes. */
const DEFAULT_RESOURCES = { cpuRequest: '100m', memoryRequestMi: 256, memoryLimitMi: 1024 };

const SIDECAR_RESOURCES: Keys<SidecarResources> = {
  cpuRequest: required(cpu),
  cpuLimit: required(cpu),
  memoryRequest: required(MEMORY),
  memoryLimit: required(MEMORY),
};

export const AGENT_OPTIONS: Keys<MetricAgentOptions> = {
  interception: memberOf('Interception', Interception),
  image: text,
  resources: objectOf(RESOURCES),
  priorityClassName: text,
  sidecarResources: objectOf(SIDECAR_RESOURCES),
};

export const backendKind = instanceOf(
  PipelineBackend,
  [
    'PipelineBackend.otlpGrpc(chart, id, {...})',
    'PipelineBackend.otlpHttp(chart, id, {...})',
    'PipelineBackend.prometheusRemoteWrite(chart, id, {...})',
  ],
  'pass what one of these calls returns',
);

export const inputsKind = listOf(
  instanceOf(
    MetricInput,
    ['MetricInput.runtime()', 'MetricInput.prometheus()', 'MetricInput.istio()', 'MetricInput.scrapeJob({...})'],
    'pass what one of these calls returns',
  ),
);

const AGENT: Keys<MetricAgentProps> = {
  ...AGENT_OPTIONS,
  cluster: clusterKind,
  backends: required(listOf(backendKind)),
  inputs: inputsKind,
  namespace: text,
  instance: text,
};

/** Checks the props of an agent, except for what its backends say. */
export function agentSettings(agent: Construct, given: MetricAgentProps): AgentSettings {
  const where = agent.node.path;
  const props = givenProps(where, AGENT, given);
  const cluster = checkDualStack(where, props.cluster._facts);
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
  return interception ?? Interception.EVERY_BACKEND;
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
