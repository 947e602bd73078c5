import fc from 'fast-check';
import { commandLine } from './commands';
import { changedManifests, damagedManifests, someManifests, twoManifests } from './manifests';
import { brokenAcknowledgements, brokenCluster, CLUSTERS } from './settings';

/** One run of the command: what lies in its folder, what it is asked, and what comes in. */
export interface Input {
  readonly argv: readonly string[];
  readonly files: Readonly<Record<string, Buffer>>;
  readonly stdin: Buffer;
}

const NOTHING = Buffer.alloc(0);
const CLUSTER = 'cluster.yaml';
const planFormat = fc.constantFrom('markdown', 'markdown', 'json', 'mermaid').map((format) => ['--format', format]);
const diffFormat = fc.constantFrom('markdown', 'markdown', 'json').map((format) => ['--format', format]);

interface Facts {
  readonly files: Record<string, Buffer>;
  readonly options: readonly string[];
}

const facts: fc.Arbitrary<Facts> = fc.constantFrom(
  { files: {}, options: [] },
  ...CLUSTERS.map((text) => ({ files: { [CLUSTER]: Buffer.from(text) }, options: ['--cluster', CLUSTER] })),
);

function planOf(manifests: fc.Arbitrary<Buffer>): fc.Arbitrary<Input> {
  return fc.tuple(manifests, facts, planFormat, fc.boolean()).map(([bytes, { files, options }, format, piped]) => ({
    argv: ['plan', piped ? '-' : 'manifests.yaml', ...format, ...options],
    files: piped ? files : { ...files, 'manifests.yaml': bytes },
    stdin: piped ? bytes : NOTHING,
  }));
}

function planWith(option: string, file: string, content: fc.Arbitrary<Buffer>): fc.Arbitrary<Input> {
  return fc.tuple(someManifests, content, planFormat).map(([manifests, bytes, format]) => ({
    argv: ['plan', 'manifests.yaml', ...format, option, file],
    files: { 'manifests.yaml': manifests, [file]: bytes },
    stdin: NOTHING,
  }));
}

/** What is thrown at the command, by the part of its input that is wrong. */
export const INPUTS = {
  bytes: planOf(damagedManifests),
  structure: planOf(changedManifests),
  cluster: planWith('--cluster', CLUSTER, brokenCluster),
  acknowledgements: planWith('--acknowledge', 'accepted.yaml', brokenAcknowledgements),
  diff: fc.tuple(twoManifests, facts, diffFormat).map(([[before, after], { files, options }, format]) => ({
    argv: ['diff', 'old.yaml', 'new.yaml', ...format, ...options],
    files: { ...files, 'old.yaml': before, 'new.yaml': after },
    stdin: NOTHING,
  })),
  arguments: commandLine.map((argv) => ({ argv, files: {}, stdin: Buffer.from('{apiVersion: v1, kind: List}') })),
} satisfies Record<string, fc.Arbitrary<Input>>;

export type Part = keyof typeof INPUTS;
