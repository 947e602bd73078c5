import type { Workload } from '../inventory';
import type { Unread } from '../unread';
import type { Value } from '../value';
import type { KubernetesObject } from './object';
import { readPodSpec } from './pod';
import { required } from './strict';

/** Where each kind keeps the template of its pods; a Pod is its own. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};
const TEMPLATE: readonly string[] = ['spec', 'template'];

export function readWorkload(object: KubernetesObject, unread: Unread): Workload {
  const { id, kind, namespace, name, root } = object;
  const path = TEMPLATES[kind] ?? TEMPLATE;
  const template = root.at(...path);
  const [own, metadata] = [root.get('metadata'), template.get('metadata')];
  const pod = readPodSpec(template.get('spec'), (field, reason) => {
    unread.report(id, field, reason);
  });
  return {
    ...{ id, kind, namespace, name },
    ownLabels: own.get('labels').textMap(),
    ownAnnotations: own.get('annotations').textMap(),
    labels: metadata.get('labels').textMap(),
    annotations: metadata.get('annotations').textMap(),
    template: path.join('.'),
    pod: kind === 'StatefulSet' ? { ...pod, volumes: [...pod.volumes, ...claimedVolumes(root)] } : pod,
  };
}

/** A StatefulSet gives each pod a volume of every claim template. */
function claimedVolumes(root: Value): Workload['pod']['volumes'] {
  const claims = root.at('spec', 'volumeClaimTemplates').items();
  return claims.map((claim) => ({ name: required(claim.at('metadata', 'name')), type: 'other', sources: [] }));
}
