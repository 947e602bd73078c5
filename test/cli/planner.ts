import { acknowledge, type Acknowledgement } from '../../src/plan/findings/acknowledge';
import { InputError } from '../../src/plan/input-error';
import type { ManifestDocument } from '../../src/plan/manifests/document';
import type { Plan } from '../../src/plan/result';
import type { PlanFacts } from '../../src/plan/world';

export const calls: { readonly documents: readonly ManifestDocument[]; readonly facts: PlanFacts }[] = [];

/** In place of the planner: the plan stands in the manifests, so that these tests are about the command line only. */
export function planOf(
  documents: readonly ManifestDocument[],
  facts: PlanFacts,
  accepted: readonly Acknowledgement[],
): Plan {
  calls.push({ documents, facts });
  const rows = documents.map(({ where, raw }) => {
    const { rows: found = {} } = raw as { rows?: Partial<Plan> & { readonly wrong?: string } };
    if (found.wrong !== undefined) throw new InputError(where, found.wrong, 'none');
    return found;
  });
  return {
    version: 1,
    workloads: rows.flatMap(({ workloads = [] }) => workloads),
    flows: rows.flatMap(({ flows = [] }) => flows),
    findings: acknowledge(
      rows.flatMap(({ findings = [] }) => findings),
      accepted,
    ),
    notAnalysed: rows.flatMap(({ notAnalysed = [] }) => notAnalysed),
  };
}

export { jsonOf } from '../../src/plan/report/json';
export { markdownOf } from '../../src/plan/report/markdown';
export { mermaidOf } from '../../src/plan/report/mermaid';
export { failures } from '../../src/plan/report/severity';
