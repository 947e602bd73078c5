import {
  DATAPLANE_MODE,
  DEFAULT_REVISION,
  IGNORED_NAMESPACES,
  INJECT,
  NAMESPACE_INJECTION,
  REVISION,
} from '../../private/istio-names';
import type { Workload } from '../inventory';
import type { DataPlane } from '../result';
import { fieldOf } from '../value';
import { dataPlaneOf, dataPlaneReason } from '../pods/data-plane';
import { listed, quoted } from '../words';
import type { World } from '../world';
import { type Found, found, onlyIf } from './finding';
import { sidecarAnnotations } from './istio-settings';
import { annotationOf, inPod, labelOf } from './place';

/** Whether pods get the sidecar that they ask for (hazards 13 and 14 of docs/istio.md). */
export function injection(world: World, workload: Workload): Found[] {
  return [
    ...unreadableValue(workload),
    ...annotationInsteadOfLabel(world, workload),
    ...(missingSidecar(world, workload) ?? withoutRevision(world, workload)),
  ];
}

/** The injector reads the label, and the annotation where there is no label. */
function unreadableValue(workload: Workload): Found[] {
  const { labels, annotations } = workload;
  const value = labels[INJECT] ?? annotations[INJECT];
  if (value === undefined || ['true', 'false'].includes(value)) return [];
  const place = labels[INJECT] === undefined ? annotationOf(workload, INJECT) : labelOf(workload, INJECT);
  return [
    found('CT301', place, {
      message: `${INJECT} is ${quoted(value)}, which Istio ignores.`,
      fix: `Write ${/^(y|yes|on|enabled|1)$/i.test(value) ? '"true"' : '"true" or "false"'}, in quotes.`,
    }),
  ];
}

function annotationInsteadOfLabel(world: World, workload: Workload): Found[] {
  const { labels, annotations } = workload;
  const value = annotations[INJECT];
  if (value === undefined || labels[INJECT] !== undefined || isUnseen(world, workload)) return [];
  return [
    found('CT305', annotationOf(workload, INJECT), {
      message: `Injection is set to ${quoted(value)} by the deprecated annotation ${INJECT}.`,
      fix: `Set the label ${INJECT}: ${quoted(value)} on the pod template instead.`,
    }),
  ];
}

/** Without a label of pod or namespace no webhook is called, so that nobody reads the annotation. */
function isUnseen(world: World, workload: Workload): boolean {
  const asked = workload.labels[INJECT] === undefined && workload.annotations[INJECT] === 'true';
  return asked && dataPlaneOf(world, workload) === 'none' && reasonOfNamespace(world, workload) === undefined;
}

/** Undefined: the pod has its sidecar, or does not need one. */
function missingSidecar(world: World, workload: Workload): Found[] | undefined {
  const dataPlane = dataPlaneOf(world, workload);
  const needs = needsOf(workload);
  if (dataPlane === 'sidecar' || (!asksForIt(workload) && needs.length === 0)) return undefined;
  const settings =
    needs.length > 0 ? `The pod is set up for a sidecar (${listed(needs)})` : 'The pod asks for a sidecar';
  if (dataPlane !== 'unknown') return certain(world, workload, dataPlane, settings);
  return asksForIt(workload) ? undefined : undecided(world, workload, settings);
}

function certain(world: World, workload: Workload, dataPlane: DataPlane, settings: string): Found[] {
  const { namespace, labels, pod } = workload;
  const reason = dataPlaneReason(world, workload);
  const message = `${settings} and gets none: ${reason}.`;
  if (pod.hostNetwork) {
    const fix = 'Remove hostNetwork: true, or remove the label and the annotations for the sidecar.';
    return [found('CT115', inPod(workload, 'hostNetwork'), { message, fix })];
  }
  if (IGNORED_NAMESPACES.includes(namespace)) {
    const fix = `Move the workload from ${namespace} to a namespace of its own.`;
    return [found('CT307', { object: workload.id, field: 'metadata.namespace' }, { message, fix })];
  }
  if (labels[INJECT] === 'false' || dataPlane === 'ambient' || world.facts.mesh?.mode === 'none') {
    return withoutEffect(workload, reason);
  }
  const ofNamespace = reasonOfNamespace(world, workload);
  if (ofNamespace !== undefined) {
    const fix = `Remove the label ${NAMESPACE_INJECTION} from namespace ${namespace}, or set it to "enabled".`;
    const place = { object: `Namespace/${namespace}`, field: fieldOf('metadata.labels', NAMESPACE_INJECTION) };
    return [found('CT308', place, { message, fix })];
  }
  const fix = `Set the label ${INJECT}: "true" on the pod template.`;
  const byAnnotation = workload.annotations[INJECT] === 'true';
  return byAnnotation
    ? [found('CT303', annotationOf(workload, INJECT), { message, fix })]
    : [found('CT304', labelOf(workload, INJECT), { message, fix })];
}

/** Hazard 19, and pods that say themselves that they want no sidecar. */
function withoutEffect(workload: Workload, reason: string): Found[] {
  const annotations = sidecarAnnotations(workload);
  const [first] = annotations;
  if (first === undefined) return [];
  return [
    found('CT118', annotationOf(workload, first), {
      message: `${listed(annotations)} ${annotations.length === 1 ? 'has' : 'have'} no effect, because the pod gets no sidecar: ${reason}.`,
      fix: `Remove ${annotations.length === 1 ? 'it' : 'them'}, or ask for a sidecar with the label ${INJECT}: "true" on the pod template.`,
    }),
  ];
}

/** Only the namespace, which nobody described, can still ask for the sidecar. */
function undecided(world: World, workload: Workload, settings: string): Found[] {
  return [
    found('CT321', labelOf(workload, INJECT), {
      message: `${settings}, but nothing that is known asks for one: ${dataPlaneReason(world, workload)}.`,
      fix: `Set the label ${INJECT}: "true" on the pod template, or declare the labels of namespace ${workload.namespace} in the cluster file.`,
    }),
  ];
}

/** Settings that make no sense without a sidecar. */
function needsOf(workload: Workload): string[] {
  return sidecarAnnotations(workload).filter((annotation) => !isHarmless(workload, annotation));
}

/** Empty lists, and what pods of many charts carry in case there is a mesh. */
function isHarmless({ annotations }: Workload, annotation: string): boolean {
  return annotations[annotation] === '' || /(?:exclude(?:In|Out)bound|proxy(?:CPU|Memory))/.test(annotation);
}

function asksForIt({ labels, annotations }: Workload): boolean {
  if (labels[INJECT] === 'false') return false;
  return labels[INJECT] === 'true' || annotations[INJECT] === 'true' || labels[REVISION] !== undefined;
}

function reasonOfNamespace(world: World, { namespace }: Workload): string | undefined {
  const value = world.namespaceLabels(namespace).labels[NAMESPACE_INJECTION];
  return value === 'enabled' ? undefined : value;
}

/** The control plane of a revision answers only those who name it, unless it is the default one as well. */
function withoutRevision(world: World, workload: Workload): Found[] {
  const { mesh } = world.facts;
  const { labels, namespace } = workload;
  const ofNamespace = world.namespaceLabels(namespace);
  if (mesh?.mode !== 'sidecar' || (mesh.revision ?? DEFAULT_REVISION) === DEFAULT_REVISION) return [];
  if (labels[INJECT] !== 'true' || labels[REVISION] !== undefined) return [];
  if ([REVISION, NAMESPACE_INJECTION].some((label) => ofNamespace.labels[label] !== undefined)) return [];
  const finding = found('CT306', labelOf(workload, REVISION), {
    message: `The mesh has revision ${mesh.revision ?? ''}, but the pod does not name it: only a default revision would inject the pod.`,
    fix: `Set the label ${REVISION}: ${mesh.revision ?? ''} on the pod template.`,
  });
  return [ofNamespace.complete ? finding : onlyIf(`namespace ${namespace} does not name it either`, finding)];
}

/** Labels and annotations that Istio looks for on pods only. */
export function onWorkloadInsteadOfPod(workload: Workload): Found[] {
  const { id, template, ownLabels, ownAnnotations, labels, annotations } = workload;
  if (template === '') return [];
  const misplacedLabels = [INJECT, DATAPLANE_MODE].filter((key) => key in ownLabels && !(key in labels));
  const misplaced = [INJECT, ...sidecarAnnotations({ annotations: ownAnnotations })].filter(
    (key) => key in ownAnnotations && !(key in annotations) && !(key in labels),
  );
  return [
    ...misplacedLabels.map((key) => ({ key, section: 'labels', value: ownLabels[key] ?? '' })),
    ...misplaced.map((key) => ({ key, section: 'annotations', value: ownAnnotations[key] ?? '' })),
  ].map(({ key, section, value }) =>
    found(
      'CT302',
      { object: id, field: fieldOf(`metadata.${section}`, key) },
      {
        message: `${key}: ${quoted(value)} stands on the ${workload.kind} itself, where Istio does not look.`,
        fix: `Move it to ${template}.metadata.${key === INJECT ? 'labels' : section}.`,
      },
    ),
  );
}
