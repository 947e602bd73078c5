import type { Workload } from '../inventory';
import { fieldOf } from '../value';
import type { Place } from './finding';

/** Where an annotation of the pods stands in the object that makes them. */
export function annotationOf(workload: Workload, annotation: string): Place {
  return inTemplate(workload, 'annotations', annotation);
}

export function labelOf(workload: Workload, label: string): Place {
  return inTemplate(workload, 'labels', label);
}

/** `hostNetwork`, `volumes[0]`: a path below the pod's `spec`. */
export function inPod({ id, template }: Workload, path: string): Place {
  return { object: id, field: template === '' ? `spec.${path}` : `${template}.spec.${path}` };
}

function inTemplate({ id, template }: Workload, section: 'annotations' | 'labels', key: string): Place {
  const metadata = template === '' ? 'metadata' : `${template}.metadata`;
  return { object: id, field: fieldOf(`${metadata}.${section}`, key) };
}
