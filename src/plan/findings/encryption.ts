import { contains } from '../../private/cidr';
import { isIp } from '../../private/checks';
import type { ProgramConfig } from '../inventory';
import { isMapping } from '../flows/programs/document';
import { fieldOf } from '../value';
import type { Judged } from '../verdicts/judged';
import { type Found, found, onlyIf } from './finding';
import { connectionWords, fails, isToBackend, sourceOf, targetWords } from './flow-words';

/** Who encrypts towards backends (hazard 7 of facts/istio.md §10). */
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

/** Pods that a job scrapes by address and verifies against public authorities, which do not certify such addresses. */
export function uncertifiedPods(program: ProgramConfig, judged: readonly Judged[]): Found[] {
  return jobsWithoutTrust(program.root.raw, program.root.field).flatMap((field) => {
    const about = judged.filter(({ connection: { object, field: at, tls, to, purpose } }) => {
      const same = object === program.object && at === field && purpose === 'scrape';
      return same && tls === 'app' && (to.kind === 'pods' || to.kind === 'workload');
    });
    const working = about.filter((one) => !fails(one));
    const [first] = working;
    if (!first) return [];
    const text = {
      message: `${connectionWords(first)} works only if the certificate names the address of the pod and is of a public authority.`,
      fix: 'Set ca_file below tls_config to the CA of the pods, and server_name unless their certificates name the address.',
    };
    return [underCondition(working, found('CT217', { object: program.object, field }, text, working))];
  });
}

const TRUST: readonly string[] = ['ca', 'ca_file', 'ca_ref', 'server_name'];

/** Fields of scrape jobs that say neither whom to trust nor what the target is called. */
function jobsWithoutTrust(raw: unknown, field: string): string[] {
  if (Array.isArray(raw)) return raw.flatMap((item, i) => jobsWithoutTrust(item, `${field}[${i}]`));
  if (!isMapping(raw)) return [];
  return Object.entries(raw).flatMap(([key, value]) => {
    const at = fieldOf(field, key);
    if (key !== 'scrape_configs' || !Array.isArray(value)) return jobsWithoutTrust(value, at);
    return value.flatMap((job, i) => (isMapping(job) && !trusts(job.tls_config) ? [`${at}[${i}]`] : []));
  });
}

function trusts(tls: unknown): boolean {
  return isMapping(tls) && (tls.insecure_skip_verify === true || TRUST.some((key) => tls[key] !== undefined));
}

/** Fields of `insecure_skip_verify: true`. */
function skips(raw: unknown, field: string): string[] {
  if (Array.isArray(raw)) return raw.flatMap((item, i) => skips(item, `${field}[${i}]`));
  if (!isMapping(raw)) return [];
  return Object.entries(raw).flatMap(([key, value]) =>
    key === 'insecure_skip_verify' ? (value === true ? [fieldOf(field, key)] : []) : skips(value, fieldOf(field, key)),
  );
}
