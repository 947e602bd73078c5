import { TLS_MODE } from '../../../../private/istio-names';
import { ENVOY_METRICS_PORT, ISTIO_MERGED_METRICS_PORT } from '../../../../private/ports';
import { ANY_SERVICE, type Destination } from '../../../connection';
import { nativeByDefault } from '../../../pods/native-sidecar';
import type { KubernetesSd } from '../discovery/kubernetes-sd';
import { META, sanitized } from '../discovery/meta-labels';
import { addressesOf } from '../discovery/target';
import { type ReadJob, type Scraped, scraped } from '../job';
import { type AssumedPod, assumedTargets } from './pods';
import type { Scope } from './scopes';
import { asksForProxy, PORT_VALUE, type Wish, type Wishes } from './wishes';

/** The wishes that a pod fulfils. */
export type Chosen = ReadonlyMap<string, Wish>;

/** A way in which such pods can be that makes them targets. */
export interface Outcome {
  readonly scope: Scope;
  /** Whether it is the pod itself that is dialled. */
  readonly isPod: boolean;
  /** The port that the pod was given. */
  readonly tried: number;
  readonly chosen: Chosen;
  readonly scraped: Scraped;
}

/** Stands for a namespace that nobody names. */
const OTHER_NAMESPACE = 'any-other-namespace';

/** More combinations of wishes than this are no longer looked through. */
const MAX_COMBINATIONS = 128;
/** Those for all kinds of pods and all ports. */
const MAX_TRIALS = 5_000;

/** Tries what a job asks for on pods of each kind; undefined when it asks for too many things to try. */
export function explore(
  job: ReadJob,
  sd: KubernetesSd,
  wishes: Wishes,
  scopes: readonly Scope[],
  ports: readonly number[],
): Outcome[] | undefined {
  const { facts } = job.reader.world;
  // Where the mesh is known, pods have Istio's mark exactly if they have a sidecar.
  const isSettled = (label: string) => facts.mesh !== undefined && MARKS.includes(label);
  const combinations = combinationsOf([...wishes.options].filter(([label]) => !isSettled(label)));
  if (!combinations || combinations.length * scopes.length * ports.length > MAX_TRIALS) return undefined;
  const nativeSidecar = nativeByDefault(facts);
  const plain = combinations.filter((chosen) => ![...chosen.values()].includes(PORT_VALUE));
  const withPort = combinations.filter((chosen) => !plain.includes(chosen));
  const tryAll = (scope: Scope, port: number, all: readonly Chosen[]) =>
    all.flatMap((chosen) => tried(job, scope, chosen, assumedPod(sd, scope, port, chosen, nativeSidecar)));
  return scopes.flatMap((scope) =>
    ports
      .filter((port) => !SIDECAR_PORTS.includes(port))
      .flatMap((port) => {
        const found = tryAll(scope, port, plain);
        // Whoever need not name the port in a label is the usual case.
        return found.length > 0 ? found : tryAll(scope, port, withPort);
      }),
  );
}

function assumedPod(sd: KubernetesSd, scope: Scope, port: number, chosen: Chosen, nativeSidecar: boolean): AssumedPod {
  const { namespace = OTHER_NAMESPACE, membership, labels } = scope;
  const values = [...chosen]
    // The sidecar brings its container itself.
    .filter(([label, wish]) => !asksForProxy(label, wish))
    .map(([label, wish]) => [label, wish === PORT_VALUE ? String(port) : wish.value] as const);
  return { sd, namespace, membership, port, labels, chosen: new Map(values), nativeSidecar };
}

/** What answers there is the sidecar, which is tried by itself. */
const SIDECAR_PORTS: readonly number[] = [ISTIO_MERGED_METRICS_PORT, ENVOY_METRICS_PORT];

const MARKS = ['label', 'labelpresent'].map((kind) => `${META}pod_${kind}_${sanitized(TLS_MODE)}`);

function tried(job: ReadJob, scope: Scope, chosen: Chosen, assumed: AssumedPod): Outcome[] {
  // Only pods with a sidecar have Istio's container.
  const forProxy = [...chosen].some(([label, wish]) => asksForProxy(label, wish));
  if (scope.membership === 'outside' && forProxy) return [];
  const wanted = destinationOf(scope);
  return assumedTargets(assumed, wanted, addressesOf(job.reader.world.facts)).flatMap((target) => {
    const found = scraped(job, target);
    return found
      ? [{ scope, isPod: found.to === wanted && wanted.kind === 'pods', tried: assumed.port, chosen, scraped: found }]
      : [];
  });
}

function destinationOf({ role, namespace = '', dataPlane }: Scope): Destination {
  if (role === 'service') return { kind: 'service', namespace, name: ANY_SERVICE };
  return { kind: 'pods', pods: { name: '', labels: {}, dataPlane } };
}

function combinationsOf(options: readonly (readonly [string, readonly Wish[]])[]): Chosen[] | undefined {
  let combinations: Chosen[] = [new Map()];
  for (const [label, wishes] of options) {
    if (combinations.length * wishes.length > MAX_COMBINATIONS) return undefined;
    combinations = combinations.flatMap((chosen) =>
      wishes.map((wish) => (wish.value === '' ? chosen : new Map([...chosen, [label, wish]]))),
    );
  }
  return combinations;
}
