import { contains } from '../../private/cidr';
import { isIp } from '../../private/checks';
import type { ProgramConfig } from '../inventory';
import { isMapping } from '../flows/programs/document';
import { UNTOLD } from '../flows/scrape/job';
import { groupsBy } from '../group-by';
import { fieldOf } from '../value';
import type { Judged } from '../verdicts/judged';
import { type Found, found, onlyIf } from './finding';
import { connectionWords, fails, isToBackend, sourceOf, targetWords } from './flow-words';

/** Who encrypts towards backends (hazard 7 of docs/istio.md). */
export function backendEncryption(judged: readonly Judged[]): Found[] {
  return judged.filter(isToBackend).flatMap((one) => [...tlsInMesh(one), ...plaintextOutside(one)]);
}

function tlsInMesh(judged: Judged): Found[] {
  const { connection, flow, capture, serverModes } = judged;
  const intercepted = flow.path === 'sidecar' && capture?.result === 'envoy-outbound' && serverModes.length > 0;
  if (!intercepted || connection.to.kind !== 'service' || connection.tls !== 'app') return [];
  return [
    found(
      'CT212',
      sourceOf(judged),
      {
        message: `${connectionWords(judged)} uses TLS of its own, although the backend is in the mesh and the sidecar would encrypt.`,
        fix: `Write ${connection.application === 'grpc' ? 'insecure: true below tls, or an http:// endpoint' : 'an http:// URL'}, so that the sidecar adds mutual TLS.`,
      },
      [judged],
    ),
  ];
}

function plaintextOutside(judged: Judged): Found[] {
  const { connection } = judged;
  const { to, tls } = connection;
  if (to.kind !== 'external' || tls !== 'none' || isPrivate(to.host)) return [];
  return [
    found(
      'CT213',
      sourceOf(judged),
      {
        message: `${connectionWords(judged)} is plaintext, and ${to.host} is outside the cluster.`,
        fix: `Use TLS: ${connection.application === 'grpc' ? 'remove insecure: true below tls' : `write https://${to.host}`}.`,
      },
      [judged],
    ),
  ];
}

/** Such an address may well be one of the cluster that nobody declared. */
const PRIVATE: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

function isPrivate(host: string): boolean {
  return isIp(host) && contains(PRIVATE, host);
}

const UNVERIFIED: readonly string[] = ['external', 'kubelet', 'pods', 'workload'];

/** Servers whose certificate a program does not look at. */
export function unverifiedServers(program: ProgramConfig, judged: readonly Judged[]): Found[] {
  return skips(program.root.raw, program.root.field).flatMap((field) => {
    const component = field.replace(/\.insecure_skip_verify$/, '').replace(/\.(?:tls|tls_config)$/, '');
    const about = judged.filter(({ connection: { object, field: at, tls, to } }) => {
      const same = object === program.object && (at === component || at.startsWith(`${component}.`));
      return same && tls === 'app' && UNVERIFIED.includes(to.kind);
    });
    const [first] = about;
    if (!first) return [];
    const { kind } = first.connection.to;
    return [
      underCondition(
        about,
        found(
          'CT214',
          { object: program.object, field },
          {
            message: `The certificate of ${targetWords(first.connection.to)} is not verified (insecure_skip_verify): whoever answers in its place ${GAINS[kind] ?? 'is believed'}.`,
            fix: `Remove insecure_skip_verify${kind === 'external' ? '' : `, and set ca_file to the CA of ${kind === 'kubelet' ? 'the cluster' : 'the pods'}`}.`,
          },
          about,
        ),
      ),
    ];
  });
}

const GAINS: Readonly<Record<string, string>> = {
  external: 'gets the data',
  kubelet: 'gets the data and the token of the ServiceAccount',
};

/** What is true of conditional connections only. */
function underCondition(about: readonly Judged[], finding: Found): Found {
  const conditions = about.map(({ connection: { condition } }) => condition);
  return conditions.includes(undefined) ? finding : onlyIf(conditions[0] ?? '', finding);
}

/**
 * Pods that a job scrapes by address and verifies against public authorities, which do not certify such addresses. Of pods that
 * annotations decide about, nobody knows whether there are any: their rows say it.
 */
export function uncertifiedPods(judged: readonly Judged[]): Found[] {
  const about = judged.filter((one) => {
    const { note, condition } = one.connection;
    return note?.includes(UNTOLD) === true && condition === undefined && !fails(one);
  });
  return groupsBy(about, ({ connection: { object, field } }) => `${object} ${field}`).map((same) =>
    found(
      'CT217',
      sourceOf(same[0]),
      {
        message: `${connectionWords(...same)} works only if the certificate names the address of the pod and is of a public authority.`,
        fix: 'Set ca_file below tls_config to the CA of the pods, and server_name unless their certificates name the address.',
      },
      same,
    ),
  );
}

/** Fields of `insecure_skip_verify: true`. */
function skips(raw: unknown, field: string): string[] {
  if (Array.isArray(raw)) return raw.flatMap((item, i) => skips(item, `${field}[${i}]`));
  if (!isMapping(raw)) return [];
  return Object.entries(raw).flatMap(([key, value]) =>
    key === 'insecure_skip_verify' ? (value === true ? [fieldOf(field, key)] : []) : skips(value, fieldOf(field, key)),
  );
}
