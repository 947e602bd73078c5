import {
  DEFAULT_REVISION,
  IGNORED_NAMESPACES,
  INJECT,
  INJECTION_TEMPLATES,
  NAMESPACE_INJECTION,
  REVISION,
  REWRITE_PROBES,
  SIDECAR_STATUS,
} from '../../private/istio-names';
import type { Workload } from '../inventory';
import { parseBool } from '../parse-bool';
import type { World } from '../world';

/** Whether Istio's injector gives a pod a sidecar, and because of what. */
export interface Injection {
  readonly injected: 'yes' | 'no' | 'unknown';
  readonly why: string;
}

/** As istio `pkg/kube/inject/inject.go`: what rules injection out, whether a webhook is called, what the injector decides. */
export function injectionOf(world: World, workload: Workload): Injection {
  const { namespace, annotations, pod } = workload;
  if (pod.hostNetwork) return no('the pod uses the network of its node, which Istio never injects');
  if (IGNORED_NAMESPACES.includes(namespace)) return no(`Istio never injects in namespace ${namespace}`);
  if (annotations[SIDECAR_STATUS] !== undefined) return yes('the manifest already contains the sidecar');
  const called = webhook(world, workload);
  return called.injected === 'yes' ? injector(workload, called.why) : called;
}

/** The API server calls the webhook by labels of namespace and pod alone; annotations do not count here. */
function webhook(world: World, { namespace, labels }: Workload): Injection {
  if (labels[INJECT] === 'false') return no(`pod label ${INJECT} is "false"`);
  const ofNamespace = world.namespaceLabels(namespace);
  if (!ofNamespace.complete) return webhookOfUndescribed(world, namespace, labels);
  const legacy = ofNamespace.labels[NAMESPACE_INJECTION];
  if (legacy !== undefined) {
    const why = `namespace ${namespace} has the label ${NAMESPACE_INJECTION}=${legacy}`;
    return legacy === 'enabled' ? calledFor(world, DEFAULT_REVISION, why) : no(`${why}, so that no webhook is called`);
  }
  const revision = ofNamespace.labels[REVISION];
  if (revision !== undefined) {
    return calledFor(world, revision, `namespace ${namespace} has the label ${REVISION}=${revision}`);
  }
  return webhookByPod(world, labels) ?? no(`neither namespace ${namespace} nor the pod has a label that asks for it`);
}

/** With `istio-injection: disabled` the namespace would win even over the pod; nobody writes the label then. */
function webhookOfUndescribed(world: World, namespace: string, labels: Workload['labels']): Injection {
  const unknown = `whether namespace ${namespace} is labelled for injection is not known`;
  const asked = labels[INJECT] === 'true' ? webhookByPod(world, labels) : undefined;
  return asked ?? { injected: 'unknown', why: unknown };
}

function webhookByPod(world: World, labels: Workload['labels']): Injection | undefined {
  const revision = labels[REVISION];
  if (revision !== undefined) return calledFor(world, revision, `the pod has the label ${REVISION}=${revision}`);
  if (labels[INJECT] === 'true') return calledFor(world, DEFAULT_REVISION, `pod label ${INJECT} is "true"`);
  return undefined;
}

/** Only the declared revision is known to exist; without declared facts nobody would name one that does not. */
function calledFor({ facts: { mesh } }: World, revision: string, why: string): Injection {
  const declared = mesh?.mode === 'sidecar' ? (mesh.revision ?? DEFAULT_REVISION) : revision;
  if (revision === declared) return yes(mesh === undefined ? `${why}, if the cluster has a mesh that injects it` : why);
  const serving = revision === DEFAULT_REVISION ? 'the default revision' : `revision ${revision}`;
  return {
    injected: 'unknown',
    why: `${why}, but the facts about the cluster declare revision ${declared}; whether a control plane also serves ${serving} is not known`,
  };
}

function injector({ labels, annotations }: Workload, why: string): Injection {
  // The label replaces the annotation, even if its value is nonsense.
  const asked = labels[INJECT] ?? annotations[INJECT] ?? '';
  if (asked === 'false') return no(`pod annotation ${INJECT} is "false"`);
  const templates = annotations[INJECTION_TEMPLATES]?.split(',').map((template) => template.trim());
  if (templates && !templates.includes('sidecar')) {
    return { injected: 'unknown', why: `the pod asks for another template than a sidecar (${INJECTION_TEMPLATES})` };
  }
  return yes(['', 'true'].includes(asked) ? why : `${why}; Istio ignores the value "${asked}" of ${INJECT}`);
}

/** Whether the injector leaves the probes of a pod as they are (istio `pkg/kube/inject/app_probe.go`). */
export function keepsProbes({ annotations }: Workload): boolean {
  return parseBool(annotations[REWRITE_PROBES]) === false;
}

function yes(why: string): Injection {
  return { injected: 'yes', why };
}

function no(why: string): Injection {
  return { injected: 'no', why };
}
