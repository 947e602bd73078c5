import type { Encryption, Verdict } from '../result';
import { capitalized, listed } from '../words';

/** Why a connection ends as it does, for findings; a connection with several possible ends has several. */
export type Cause =
  | 'accepted'
  /** STRICT: only mutual TLS of the mesh. */
  | 'strict-refuses-plaintext'
  | 'strict-refuses-tls-without-mesh-certificate'
  /** The server's sidecar takes the port for HTTP, and TLS that is not Istio's for a mistake. */
  | 'http-port-refuses-tls'
  /** TLS that was meant for a sidecar, but no sidecar ends it. */
  | 'application-gets-tls'
  /** The server's sidecar ends the outer TLS, and the application gets the inner one. */
  | 'double-tls'
  /** Metrics of sidecars and of istiod are never encrypted. */
  | 'port-is-always-plaintext'
  /** The port is one of the client's own Envoy (istio/istio#31301). */
  | 'own-envoy-answers'
  /** REGISTRY_ONLY. */
  | 'unknown-host-refused'
  | 'service-has-no-such-port'
  | 'service-not-described';

/** What becomes of a connection. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly encryption: Encryption;
  readonly causes: readonly Cause[];
  /** Sentences. */
  readonly why: string;
}

/** What may be unknown, as a question. */
const QUESTIONS = {
  clientPlane: 'whether the client has a sidecar',
  capture: 'whether the sidecar of the client takes it',
  port: 'which port the client dials',
  clientTls: 'whether the client uses TLS',
  unknownHosts: 'whether the mesh refuses unknown hosts',
  headless: 'whether the server is dialled through a headless Service',
  peers: 'whether all pods of the headless Service have a sidecar',
  server: 'who answers',
  serverPlane: 'whether the server has a sidecar',
  hbone: 'whether the sidecar uses HBONE',
  captured: 'whether the sidecar of the server captures the port',
  mode: 'which mutual TLS mode the server has',
  namespaceMode: 'which mutual TLS mode the namespace of the server has',
  protocol: 'whether a Service declares the port as HTTP',
};

type Question = keyof typeof QUESTIONS;
const ALL_QUESTIONS = Object.keys(QUESTIONS) as readonly Question[];

/** Answers that a case assumes, in words that begin with `if` or `with`. */
export type Given = Partial<Record<Question, string>>;

/** One of the ways that a connection can go. */
export interface Case {
  readonly given: Given;
  readonly outcome: Outcome;
}

export function certain(outcome: Outcome): Case {
  return { given: {}, outcome };
}

export function assume(given: Given, cases: readonly Case[]): readonly Case[] {
  const answers = Object.entries(given);
  if (answers.length === 0) return cases;
  return cases.map((one) => ({ given: answers.reduce(answered, one.given), outcome: one.outcome }));
}

/** What a case assumes already, stays. Much faster than to spread both into a third, which happens for each of a million cases. */
function answered(given: Given, [question, answer]: [string, string]): Given {
  return question in given ? given : { ...given, [question]: answer };
}

/** What all cases agree on; where they do not, the result is unknown and the reason says on what it depends. */
export function agree(cases: readonly Case[]): Outcome {
  const outcomes = cases.map(({ outcome }) => outcome);
  const causes = [...new Set(outcomes.flatMap((outcome) => outcome.causes))];
  const verdict = sharedVerdict(outcomes);
  const encryption = shared(outcomes.map((outcome) => outcome.encryption)) ?? 'unknown';
  return { verdict, encryption, causes, why: whyOf(cases) };
}

function sharedVerdict(outcomes: readonly Outcome[]): Verdict {
  const verdicts = outcomes.map(({ verdict }) => verdict);
  // Refused here and broken there does not work anywhere.
  const fails = verdicts.every((verdict) => verdict === 'refused' || verdict === 'broken');
  return shared(verdicts) ?? (fails ? 'broken' : 'unknown');
}

function shared<T>(values: readonly T[]): T | undefined {
  const [first, ...others] = values;
  return others.every((other) => other === first) ? first : undefined;
}

function whyOf(cases: readonly Case[]): string {
  const whys = casesBy(cases, ({ outcome }) => outcome.why);
  if (whys.length === 1) return cases[0]!.outcome.why;
  const results = casesBy(cases, resultWords);
  if (results.length === 1) {
    return `${capitalized(results[0]!.key)} in any case, although it is not known ${questionWords(whys)}.`;
  }
  return dependency(results);
}

/** Cases that are alike in something, and the questions whose answers set them apart from all others. */
interface CaseGroup {
  readonly key: string;
  readonly cases: readonly Case[];
  readonly questions: readonly Question[];
}

function casesBy(cases: readonly Case[], keyOf: (one: Case) => string): readonly CaseGroup[] {
  return [...new Set(cases.map(keyOf))].map((key) => {
    const alike = cases.filter((one) => keyOf(one) === key);
    const others = cases.filter((one) => keyOf(one) !== key);
    return { key, cases: alike, questions: decisive(alike, others) };
  });
}

function decisive(alike: readonly Case[], others: readonly Case[]): readonly Question[] {
  const asked = ALL_QUESTIONS.filter((question) => alike.some(({ given }) => given[question] !== undefined));
  return asked.reduceRight<readonly Question[]>((kept, question) => {
    const fewer = kept.filter((other) => other !== question);
    return alike.every((one) => others.every((other) => excludeEachOther(one, other, fewer))) ? fewer : kept;
  }, asked);
}

/** Whether both answer one of the questions, and differently. */
function excludeEachOther({ given: a }: Case, { given: b }: Case, questions: readonly Question[]): boolean {
  return questions.some(
    (question) => a[question] !== undefined && b[question] !== undefined && a[question] !== b[question],
  );
}

/** More than these and nobody reads them. */
const SHOWN_CONDITIONS = 3;

/** `It is not known which mode the server has: with mode STRICT it is refused, otherwise it works unencrypted.` */
function dependency(groups: readonly CaseGroup[]): string {
  const results = groups
    .map(({ key, cases, questions }) => ({ key, conditions: conditionsOf(cases, questions) }))
    .sort((a, b) => a.conditions.length - b.conditions.length);
  const last = results.length - 1;
  const shown = results.map(({ key, conditions }, i) => ({
    key,
    conditions: i === last && conditions.length > 1 ? ['otherwise'] : conditions,
  }));
  const unknown = `It is not known ${questionWords(groups)}`;
  if (shown.flatMap(({ conditions }) => conditions).length > SHOWN_CONDITIONS) {
    return `${unknown}: ${listed(
      results.map(({ key }) => key),
      'or',
    )}.`;
  }
  return `${unknown}: ${shown.map(({ key, conditions }) => `${conditions.join(' or ')} ${key}`).join(', ')}.`;
}

function conditionsOf(cases: readonly Case[], questions: readonly Question[]): readonly string[] {
  const conditions = cases.map(({ given }) => questions.flatMap((question) => given[question] ?? []).join(' and '));
  return [...new Set(conditions)];
}

const VERDICTS: Record<Verdict, string> = {
  works: 'it works',
  refused: 'it is refused',
  broken: 'it does not work',
  unknown: 'it is unknown what happens',
};
const ENCRYPTIONS: Record<Encryption, string> = {
  none: 'unencrypted',
  'app-tls': 'with the TLS of the application',
  'mesh-mtls': 'with mutual TLS of the mesh',
  'istio-cert': 'with the Istio certificate',
  unknown: 'with unknown encryption',
};

function resultWords({ outcome: { verdict, encryption } }: Case): string {
  return verdict === 'works' ? `${VERDICTS.works} ${ENCRYPTIONS[encryption]}` : VERDICTS[verdict];
}

function questionWords(groups: readonly CaseGroup[]): string {
  const open = ALL_QUESTIONS.filter((question) => groups.some(({ questions }) => questions.includes(question)));
  return listed(open.map((question) => QUESTIONS[question]));
}
