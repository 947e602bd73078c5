import type { Workload } from '../inventory';
import { listed, quoted } from '../words';
import { type Found, found } from './finding';
import { PROXY_RESOURCES } from './istio-settings';
import { annotationOf } from './place';

/** Hazard 16 of docs/istio.md, of a pod with a sidecar. */
export function proxyResources(workload: Workload): Found[] {
  const { annotations } = workload;
  const set = PROXY_RESOURCES.filter((annotation) => annotations[annotation] !== undefined);
  const [first] = set;
  const missing = PROXY_RESOURCES.filter((annotation) => !set.includes(annotation));
  const wrong = set.filter((annotation) => !QUANTITY.test(annotations[annotation] ?? ''));
  return [
    ...wrong.map((annotation) =>
      found('CT313', annotationOf(workload, annotation), {
        message: `${annotation} is ${quoted(annotations[annotation] ?? '')}, which is no quantity.`,
        fix: `Write a quantity such as ${annotation.includes('CPU') ? '"50m"' : '"64Mi"'}.`,
      }),
    ),
    ...(first !== undefined && missing.length > 0
      ? [
          found('CT312', annotationOf(workload, first), {
            message: `${listed(set)} ${set.length === 1 ? 'is' : 'are'} set without ${listed(missing)}: Istio drops its defaults for those.`,
            fix: `Set ${listed(missing)} too, or none of the four.`,
          }),
        ]
      : []),
  ];
}

/** As Kubernetes parses it (apimachinery `resource.ParseQuantity`). */
const QUANTITY = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
