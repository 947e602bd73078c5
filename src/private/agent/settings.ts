import type { Construct } from 'constructs';
import { Interception } from '../../interception';
import type { MetricAgentProps, SidecarResources } from '../../metric-agent';
import { MetricInput } from '../../metric-input';
import { checkImage, checkPriorityClass } from '../checks';
import { invalid } from '../errors';
import { resolveIdentity } from '../identity';
import { COLLECTOR_IMAGE } from '../images';
import { type InputModel, inputId } from '../input';
import { resolveResources } from '../resources';
import type { SidecarResourcesModel } from '../sidecar';
import type { AgentSettings } from './model';

/** Room for tens of thousands of series on a node, with full queues. A CPU limit would delay scrapes. */
const DEFAULT_RESOURCES = { cpuRequest: '100m', memoryRequestMi: 256, memoryLimitMi: 1024 };

/** Checks the props of an agent, except for its backends. */
export function agentSettings(agent: Construct, props: MetricAgentProps): AgentSettings {
  const where = agent.node.path;
  return {
    ...resolveIdentity(agent, props),
    cluster: props.cluster._facts,
    inputs: checkInputs(where, props.inputs ?? [MetricInput.runtime()]),
    interception: checkInterception(where, props),
    image: checkImage(where, props.image ?? COLLECTOR_IMAGE),
    resources: resolveResources(where, props.resources, DEFAULT_RESOURCES),
    priorityClassName: checkPriorityClass(where, props.priorityClassName),
    sidecarResources: props.sidecarResources && checkSidecarResources(where, props.sidecarResources),
  };
}

function checkInputs(where: string, inputs: MetricInput[]): InputModel[] {
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
  const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = given;
  if (memoryRequest.toMebibytes() > memoryLimit.toMebibytes()) {
    throw invalid(where, {
      input: 'sidecarResources.memoryRequest',
      got: `${memoryRequest.toMebibytes()}Mi`,
      allowed: `at most the memory limit (${memoryLimit.toMebibytes()}Mi)`,
      fix: 'raise the limit or lower the request',
    });
  }
  return {
    cpuRequest: cpuRequest.amount,
    cpuLimit: cpuLimit.amount,
    memoryRequest: `${memoryRequest.toMebibytes()}Mi`,
    memoryLimit: `${memoryLimit.toMebibytes()}Mi`,
  };
}
