import { DEFAULT_ISTIOD_NAMESPACE } from '../../private/istio-names';
import type { MtlsModeName, PeerAuthentication } from '../inventory';
import { type KnownLabels, labelsTruth } from '../pods/selectors';
import { type Truth } from '../pods/truth';
import { once } from '../remembered';
import type { World } from '../world';
import { Scopes } from './scopes';

/** Pods whose mode is asked for; without a namespace they can be in any. */
export interface AuthenticatedPods {
  readonly namespace?: string;
  /** Namespaces that are not meant by "any". */
  readonly exceptNamespaces?: readonly string[];
  readonly known: KnownLabels;
}

const scopes = once(({ inventory }: World) => new Scopes(inventory.peerAuthentications));

const ALL_MODES: readonly MtlsModeName[] = ['STRICT', 'PERMISSIVE', 'DISABLE'];

/**
 * Modes that the mesh may have where nothing narrower decides: one when manifests or facts tell, else all. The other
 * functions take one of them, so that a caller can go through what is possible without mixing it.
 */
export function meshModes(world: World): readonly MtlsModeName[] {
  const scope = scopes(world).ofNamespace(rootNamespace(world));
  // In the root namespace a policy without mode means Istio's default.
  return scope.length === 0 ? ALL_MODES : modesOf(certainly(scope), ({ mode }) => [mode ?? 'PERMISSIVE'], []);
}

/** What auto mTLS takes for the mode of a Service: without policies of single workloads (istio `GetNamespaceMutualTLSMode`). */
export function namespaceModes(
  world: World,
  { namespace, exceptNamespaces = [] }: Omit<AuthenticatedPods, 'known'>,
  meshMode: MtlsModeName,
): readonly MtlsModeName[] {
  if (namespace === undefined) return everyMode(world, exceptNamespaces, meshMode);
  if (namespace === rootNamespace(world)) return [meshMode];
  const scope = certainly(scopes(world).ofNamespace(namespace));
  return modesOf(scope, ({ mode }) => [mode ?? meshMode], [meshMode]);
}

/**
 * Effective modes that a container port may have: workload port, workload, namespace, mesh; the oldest policy of each wins
 * (istio `ComposePeerAuthentication`). Port null: any of the pods' ports.
 */
export function effectiveModes(
  world: World,
  pods: AuthenticatedPods,
  port: number | null,
  meshMode: MtlsModeName,
): readonly MtlsModeName[] {
  const { namespace, known } = pods;
  const inherited = namespaceModes(world, pods, meshMode);
  // Istio ignores policies for single workloads in the root namespace.
  if (namespace === undefined || namespace === rootNamespace(world)) return inherited;
  const policies = scopes(world).candidates(namespace, known);
  const candidates = policies
    .map((policy) => ({ policy, matches: labelsTruth(policy.selector ?? {}, known) }))
    .filter(({ matches }) => matches !== 'no');
  return modesOf(candidates, (policy) => inherited.flatMap((mode) => portModes(policy, port, mode)), inherited);
}

function portModes({ mode, ports }: PeerAuthentication, port: number | null, inherited: MtlsModeName): MtlsModeName[] {
  const ofWorkload = mode ?? inherited;
  if (port === null) return [ofWorkload, ...[...ports.values()].map((ofPort) => ofPort ?? ofWorkload)];
  return [ports.get(port) ?? ofWorkload];
}

export function rootNamespace({ facts: { mesh } }: World): string {
  return mesh?.mode === 'sidecar' ? mesh.istiodNamespace : DEFAULT_ISTIOD_NAMESPACE;
}

interface Candidate {
  readonly policy: PeerAuthentication;
  readonly matches: Truth;
}

function certainly(policies: readonly PeerAuthentication[]): Candidate[] {
  return policies.map((policy) => ({ policy, matches: 'yes' }));
}

/** Modes of the policies that may be the winning one, and what is inherited when none has to be. */
function modesOf(
  candidates: readonly Candidate[],
  modes: (policy: PeerAuthentication) => readonly MtlsModeName[],
  inherited: readonly MtlsModeName[],
): readonly MtlsModeName[] {
  const found: MtlsModeName[] = [];
  for (const group of byAge(candidates)) {
    found.push(...group.flatMap(({ policy }) => modes(policy)));
    if (group.some(({ matches }) => matches === 'yes')) return unique(found);
  }
  return unique([...found, ...inherited]);
}

/**
 * Oldest first. Which of several new manifests will be the oldest nobody knows. A manifest wins over the facts, which say
 * what holds without it.
 */
function byAge(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const manifests = candidates.filter(({ policy }) => policy.origin === 'manifest');
  const dated = manifests.filter(({ policy }) => policy.created !== '').sort(older);
  const fresh = manifests.filter(({ policy }) => policy.created === '');
  const facts = candidates.filter(({ policy }) => policy.origin === 'facts');
  return [...dated.map((candidate) => [candidate]), fresh, facts];
}

function older({ policy: a }: Candidate, { policy: b }: Candidate): number {
  return a.created === b.created ? compare(a.name, b.name) : compare(a.created, b.created);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function everyMode({ inventory }: World, except: readonly string[], meshMode: MtlsModeName): MtlsModeName[] {
  const meant = inventory.peerAuthentications.filter(({ namespace }) => !except.includes(namespace));
  const declared = meant.flatMap(({ mode, ports }) => [mode, ...ports.values()]);
  return unique([meshMode, ...declared.flatMap((mode) => mode ?? [])]);
}

function unique(modes: readonly MtlsModeName[]): MtlsModeName[] {
  return [...new Set(modes)];
}
