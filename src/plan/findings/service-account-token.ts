import { PROXY_CONTAINER } from '../../private/istio-names';
import type { ProgramConfig, Workload } from '../inventory';
import type { Judged } from '../verdicts/judged';
import { type Found, found } from './finding';
import { inPod } from './place';

const NEEDS_TOKEN: readonly string[] = ['kubernetes-api', 'kubelet'];

/** Only claimed of pods in which every container runs a program whose connections are known. */
export function serviceAccountToken(
  workload: Workload,
  programs: readonly ProgramConfig[],
  judged: readonly Judged[],
): Found[] {
  const known = programs.map(({ container }) => container.name);
  const others = workload.pod.containers.filter(({ name }) => name !== PROXY_CONTAINER && !known.includes(name));
  const uses = judged.some(({ connection: { to } }) => NEEDS_TOKEN.includes(to.kind));
  if (workload.pod.automountsToken !== true || others.length > 0 || uses) return [];
  return [
    found('CT610', inPod(workload, 'automountServiceAccountToken'), {
      message: `The pods of ${workload.id} mount the token of ServiceAccount ${workload.pod.serviceAccount}, but no connection needs it.`,
      fix: 'Set automountServiceAccountToken: false.',
    }),
  ];
}
