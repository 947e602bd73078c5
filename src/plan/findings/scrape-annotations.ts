import { MERGE_METRICS } from '../../private/istio-names';
import { ISTIO_RESERVED_PORTS } from '../../private/ports';
import { isAtLeast } from '../../private/versions';
import { SCRAPE, SCRAPE_PORT } from '../flows/scrape/discovery/istio';
import type { Workload } from '../inventory';
import { parseBool } from '../parse-bool';
import { quoted } from '../words';
import type { World } from '../world';
import { type Found, found } from './finding';
import { annotationOf } from './place';

/** What Istio makes of scrape annotations of a collector or Prometheus with a sidecar (hazard 17 of docs/istio.md). */
export function scrapeAnnotations(world: World, workload: Workload): Found[] {
  const { annotations } = workload;
  const port = annotations[SCRAPE_PORT];
  const merged = parseBool(annotations[MERGE_METRICS]) !== false && parseBool(annotations[SCRAPE]) !== false;
  if (!merged || (annotations[SCRAPE] !== 'true' && port === undefined)) return [];
  const named = port === undefined ? SCRAPE : SCRAPE_PORT;
  if (isReserved(port) && isAtLeast(istioVersion(world), '1.31')) {
    return [
      found('CT315', annotationOf(workload, SCRAPE_PORT), {
        message: `${SCRAPE_PORT} is ${quoted(port ?? '')}, a port of the sidecar: Istio ${istioVersion(world) ?? ''} denies the pod.`,
        fix: 'Write the port on which the program serves its own metrics, such as "8888".',
      }),
    ];
  }
  return [
    found('CT314', annotationOf(workload, named), {
      message: `${named} is ${quoted(annotations[named] ?? '')}, but Istio announces 15020 for this pod: a scraper reads the merged metrics of the sidecar.`,
      fix: `Set the annotation ${MERGE_METRICS}: "false" on the pod template.`,
    }),
  ];
}

function isReserved(port: string | undefined): boolean {
  return port !== undefined && ISTIO_RESERVED_PORTS.includes(Number(port));
}

function istioVersion({ facts: { mesh } }: World): string | undefined {
  return mesh?.mode === 'sidecar' ? mesh.istioVersion : undefined;
}
